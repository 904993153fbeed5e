"""The stored form of credentials."""

import msgspec
import pytest

from amzlinkr.domain.credentials import Credentials, creators_credentials
from amzlinkr.security import stored_credentials
from amzlinkr.security.stored_credentials import credentials_from_json, json_from_credentials
from tests.conftest import CREDENTIAL, TAG
from tests.unit.amazon.accounts import SECRET_KEY, credentials


@pytest.mark.parametrize("stored", [credentials(), creators_credentials(*CREDENTIAL, TAG, "DE")])
def test_credentials_are_read_as_they_were_written(stored: Credentials) -> None:
    assert credentials_from_json(json_from_credentials(stored)) == stored


def test_stored_form_is_redacted() -> None:
    stored = msgspec.json.decode(
        json_from_credentials(credentials()), type=stored_credentials._StoredPaapiCredentials
    )

    assert stored.secret_key == SECRET_KEY
    assert f"{stored!r} {stored}" == "_StoredPaapiCredentials(***) _StoredPaapiCredentials(***)"
