"""Amazon credentials as JSON, the form in which both secret stores hold them."""

from __future__ import annotations

import msgspec

from amzlinkr.domain.credentials import (
    CreatorsCredentials,
    Credentials,
    PaapiCredentials,
    Secret,
)
from amzlinkr.domain.marketplaces import MARKETPLACES


class _StoredCredentials(msgspec.Struct, tag_field="api"):
    partner_tag: str
    marketplace: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


class _StoredPaapiCredentials(_StoredCredentials, tag="paapi5"):
    access_key: str
    secret_key: str


class _StoredCreatorsCredentials(_StoredCredentials, tag="creators"):
    credential_id: str
    credential_secret: str
    credential_version: str


# Created here and not by threads: see `net/json_decoding.py`.
_DECODER = msgspec.json.Decoder(_StoredPaapiCredentials | _StoredCreatorsCredentials)


def json_from_credentials(credentials: Credentials) -> str:
    """Return credentials as JSON, with their secret in the clear."""
    return msgspec.json.encode(_to_stored(credentials)).decode()


def credentials_from_json(content: str) -> Credentials:
    """Return the credentials that `json_from_credentials` wrote."""
    stored = _DECODER.decode(content)
    marketplace = MARKETPLACES[stored.marketplace]
    if isinstance(stored, _StoredPaapiCredentials):
        secret = Secret(stored.secret_key)
        return PaapiCredentials(stored.access_key, secret, stored.partner_tag, marketplace)
    return CreatorsCredentials(
        stored.credential_id,
        Secret(stored.credential_secret),
        stored.credential_version,
        stored.partner_tag,
        marketplace,
    )


def _to_stored(credentials: Credentials) -> _StoredCredentials:
    tag, marketplace_code = credentials.partner_tag, credentials.marketplace.code
    if isinstance(credentials, PaapiCredentials):
        return _StoredPaapiCredentials(
            tag, marketplace_code, credentials.access_key, credentials.secret_key.reveal()
        )
    secret = credentials.credential_secret.reveal()
    return _StoredCreatorsCredentials(
        tag, marketplace_code, credentials.credential_id, secret, credentials.version
    )
