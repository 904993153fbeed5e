"""Every redaction holds a secret back: without it, what watches all tests finds the secret."""

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
from tests.calls import Site
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.secret_canaries import Watch
from tests.unit.wire import Wire, answer

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Scene:
    """A site with its dependencies, before any keys of Amazon."""

    deps: Dependencies
    clock: Clock
    site: Site


def keys_are_saved(scene: Scene) -> None:
    assert scene.site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200


def credentials_are_logged(_scene: Scene) -> None:
    credentials = creators_credentials(*CREDENTIAL, TAG, "US")
    logging.getLogger("anyone").debug("connecting with %s", credentials)


def our_own_fault(scene: Scene) -> None:
    """A defect that carries the secret in its text, as a library's exception might."""

    def fails(*_: object) -> None:
        raise RuntimeError(f"cannot use {SECRET_KEY}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene.deps.amazon_accounts, "store_credentials", fails)
        assert scene.site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 500


def secret_in_the_wrong_field(scene: Scene) -> None:
    wrong = {"api": SECRET_KEY, "access_key": ACCESS_KEY}
    assert scene.site.post("/v1/validate", wrong).status == 422


def secret_in_a_field_of_few_words(scene: Scene) -> None:
    assert scene.site.post("/v1/keys", {"mode": SECRET_KEY}).status == 422


def amazon_repeats_the_secret(scene: Scene) -> None:
    said = {"Errors": [{"Code": "InvalidParameterValue", "Message": f"{SECRET_KEY} is no value"}]}
    keys_are_saved(scene)
    with Wire([answer(400, said)]) as wire:
        elsewhere = Dependencies(replace(scene.deps.config, amazon_url=wire.url), scene.clock)
        told = replace(scene.site, deps=elsewhere).get("/v1/search", keywords="tea")
    assert 400 <= told.status < 600


def key_is_made(scene: Scene) -> None:
    assert scene.site.post("/v1/keys", {}).status == 201


def token_is_shared(scene: Scene) -> None:
    assert scene.site.connect_creators(CREDENTIAL, TAG).status == 200
    assert scene.site.get("/v1/search", keywords="tea").status == 200


def loud_libraries(_patch: Patch) -> None:
    logging.getLogger("botocore").setLevel(logging.DEBUG)


def repr_shows(patch: Patch) -> None:
    patch.setattr(Secret, "__repr__", lambda secret: secret.reveal())


def faults_with_their_text(patch: Patch) -> None:
    def log_fault(error: BaseException) -> None:
        telemetry.log.error("fault", exc_info=error)

    patch.setattr(telemetry, "log_fault", log_fault)


def values_are_repeated(patch: Patch) -> None:
    def invalid(error: msgspec.ValidationError, where: str) -> InvalidRequest:
        return InvalidRequest(where, str(error))

    patch.setattr(request, "invalid_request_from", invalid)


def amazons_words_as_they_are(patch: Patch) -> None:
    patch.setattr(errors, "_KEY", re.compile("(?!)"))


def keys_in_the_clear(patch: Patch) -> None:
    patch.setattr(api_keys, "digest_of", lambda text: text)


def tokens_in_the_clear(patch: Patch) -> None:
    patch.setattr(TokenCipher, "encrypt", lambda _box, text: text)


REDACTIONS: list[tuple[Callable[[Patch], None], Callable[[Scene], None]]] = [
    (loud_libraries, keys_are_saved),
    (repr_shows, credentials_are_logged),
    (faults_with_their_text, our_own_fault),
    (values_are_repeated, secret_in_the_wrong_field),
    (values_are_repeated, secret_in_a_field_of_few_words),
    (amazons_words_as_they_are, amazon_repeats_the_secret),
    (keys_in_the_clear, key_is_made),
    (tokens_in_the_clear, token_is_shared),
]


@pytest.fixture
def scene(deps: Dependencies, clock: Clock) -> Scene:
    return Scene(deps, clock, Site.new(deps))


@pytest.mark.parametrize(
    ("removed", "happens"),
    [pytest.param(*row, id=f"{row[0].__name__}-{row[1].__name__}") for row in REDACTIONS],
)
def test_without_a_redaction_the_secret_is_seen(
    scene: Scene,
    watch: Watch,
    monkeypatch: Patch,
    removed: Callable[[Patch], None],
    happens: Callable[[Scene], None],
) -> None:
    removed(monkeypatch)
    try:
        happens(scene)
    finally:
        logging.getLogger("botocore").setLevel(logging.WARNING)
    seen = watch.leak()
    watch.forget()
    assert seen


@pytest.mark.parametrize("happens", [row[1] for row in REDACTIONS], ids=lambda row: row.__name__)
def test_with_it_nothing_is_seen(
    scene: Scene, watch: Watch, happens: Callable[[Scene], None]
) -> None:
    happens(scene)
    assert watch.leak() is None
