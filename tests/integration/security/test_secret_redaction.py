"""Redaction of secrets: with each redaction nothing leaks, and its removal is detected."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec
import pytest

from amzlinkr import telemetry
from amzlinkr.amazon import errors
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Secret, creators_credentials
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http import request
from amzlinkr.security import api_keys
from amzlinkr.security.token_cipher import TokenCipher
from amzlinkr.wiring import Dependencies
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.secret_canaries import LeakDetector
from tests.site_client import Site
from tests.unit.wire import Wire, reply

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Setup:
    """A site without Amazon credentials, and its dependencies."""

    deps: Dependencies
    clock: Clock
    site: Site


def save_credentials(setup: Setup) -> None:
    assert setup.site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200


def log_credentials(_setup: Setup) -> None:
    credentials = creators_credentials(*CREDENTIAL, TAG, "US")
    logging.getLogger("library").debug("connecting with %s", credentials)


def raise_with_secret(setup: Setup) -> None:
    """Raise an unexpected exception with the secret in its text, as a library might."""

    def fail(*_: object) -> None:
        raise RuntimeError(f"cannot use {SECRET_KEY}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setup.deps.amazon_accounts, "store_credentials", fail)
        assert setup.site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 500


def send_secret_in_wrong_field(setup: Setup) -> None:
    wrong = {"api": SECRET_KEY, "access_key": ACCESS_KEY}
    assert setup.site.post("/v1/validate", wrong).status == 422


def send_secret_in_enum_field(setup: Setup) -> None:
    assert setup.site.post("/v1/keys", {"mode": SECRET_KEY}).status == 422


def receive_secret_from_amazon(setup: Setup) -> None:
    body = {"Errors": [{"Code": "InvalidParameterValue", "Message": f"{SECRET_KEY} is invalid"}]}
    save_credentials(setup)
    with Wire([reply(400, body)]) as wire:
        redirected = Dependencies(replace(setup.deps.config, amazon_url=wire.url), setup.clock)
        search = replace(setup.site, deps=redirected).get("/v1/search", keywords="tea")
    assert 400 <= search.status < 600


def create_api_key(setup: Setup) -> None:
    assert setup.site.post("/v1/keys", {}).status == 201


def share_token(setup: Setup) -> None:
    assert setup.site.connect_creators(CREDENTIAL, TAG).status == 200
    assert setup.site.get("/v1/search", keywords="tea").status == 200


def enable_library_debug_logs(_patch: Patch) -> None:
    logging.getLogger("botocore").setLevel(logging.DEBUG)


def show_secret_in_repr(patch: Patch) -> None:
    patch.setattr(Secret, "__repr__", lambda secret: secret.reveal())


def log_exception_text(patch: Patch) -> None:
    def log_fault(error: BaseException) -> None:
        telemetry.log.error("fault", exc_info=error)

    patch.setattr(telemetry, "log_fault", log_fault)


def quote_invalid_values(patch: Patch) -> None:
    def invalid(error: msgspec.ValidationError, where: str, _schema: object) -> InvalidRequest:
        return InvalidRequest(where, str(error))

    patch.setattr(request, "invalid_request_from", invalid)


def keep_amazon_message(patch: Patch) -> None:
    patch.setattr(errors, "_KEY", re.compile("(?!)"))


def store_api_key_unhashed(patch: Patch) -> None:
    patch.setattr(api_keys, "digest_of", lambda text: text)


def store_token_unencrypted(patch: Patch) -> None:
    patch.setattr(TokenCipher, "encrypt", lambda _cipher, text: text)


REDACTIONS: list[tuple[Callable[[Patch], None], Callable[[Setup], None]]] = [
    (enable_library_debug_logs, save_credentials),
    (show_secret_in_repr, log_credentials),
    (log_exception_text, raise_with_secret),
    (quote_invalid_values, send_secret_in_wrong_field),
    (quote_invalid_values, send_secret_in_enum_field),
    (keep_amazon_message, receive_secret_from_amazon),
    (store_api_key_unhashed, create_api_key),
    (store_token_unencrypted, share_token),
]


@pytest.fixture
def setup(deps: Dependencies, clock: Clock) -> Setup:
    return Setup(deps, clock, Site.sign_up(deps))


@pytest.mark.parametrize(
    ("remove_redaction", "action"),
    [pytest.param(*row, id=f"{row[0].__name__}-{row[1].__name__}") for row in REDACTIONS],
)
def test_secret_is_detected_without_its_redaction(
    setup: Setup,
    leak_detector: LeakDetector,
    monkeypatch: Patch,
    remove_redaction: Callable[[Patch], None],
    action: Callable[[Setup], None],
) -> None:
    remove_redaction(monkeypatch)
    try:
        action(setup)
    finally:
        logging.getLogger("botocore").setLevel(logging.WARNING)
    leak = leak_detector.find_leak()
    leak_detector.clear()  # the fixture would fail the test otherwise
    assert leak is not None


@pytest.mark.parametrize("action", [row[1] for row in REDACTIONS], ids=lambda row: row.__name__)
def test_redaction_hides_the_secret(
    setup: Setup, leak_detector: LeakDetector, action: Callable[[Setup], None]
) -> None:
    action(setup)
    assert leak_detector.find_leak() is None
