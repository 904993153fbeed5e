"""Fixtures that enforce every function's role, and search all output for secrets."""

import logging
import secrets
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from amzlinkr import telemetry
from amzlinkr.config import KMS, SECRETS_MANAGER
from amzlinkr.security import api_keys
from infra.local.fake_amazon import tokens
from tests.conftest import CREDENTIAL, SECRET_KEY
from tests.iam.enforcer import PolicyEnforcer, as_function
from tests.limits import SIGNING_KEY
from tests.secret_canaries import Canaries, LeakDetector, LogRecorder, TeeStream

HERE = Path(__file__).parent
ON_MOTO = {
    "test_api_keys", "test_import_worker", "test_price_sync", "test_secret_leaks",
    "test_secret_redaction", "test_site_lifecycle", "test_validate",
}  # fmt: skip
"""Modules that together use every table, queue, and secret. The others run on the in-memory AWS,
because their set-up alone makes dozens of AWS calls; with `--on-moto` they run on moto too."""
ROOT = HERE.parents[1]
CANARIES = Canaries([SECRET_KEY, CREDENTIAL[1].removeprefix("amzn1.oa2-cs.v1."), SIGNING_KEY])
OWN_PACKAGES = ("amzlinkr.", "functions.")
"""Packages that create random secrets: the token of a sign-up, an invite."""
SIMULATOR_LOGGERS = ("moto", "werkzeug", "responses")
"""Loggers of the libraries that simulate AWS; they see every request and are not deployed."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run on the in-memory AWS; the tests of the fake Amazon use no AWS."""
    for item in items:
        if HERE not in item.path.parents or item.path.parent.name == "fake_amazon":
            continue
        if item.path.stem not in ON_MOTO:
            item.add_marker(pytest.mark.memory_aws)


@pytest.fixture(scope="session")
def guard() -> Iterator[PolicyEnforcer]:
    """Enforce the roles of all functions for the whole session."""
    guard = PolicyEnforcer()
    for name in SIMULATOR_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    with pytest.MonkeyPatch.context() as patch, guard.enforce():
        for folder in sorted((ROOT / "functions").glob("*/app.py")):
            name = folder.parent.name
            module = import_module(f"functions.{name}.app")
            handler = as_function(name, module.handler, guard)
            patch.setattr(module, "handler", handler)
            if hasattr(module, "app"):
                patch.setattr(module.app, "handler", handler)
        yield guard


@pytest.fixture(autouse=True)
def _check_permissions(request: pytest.FixtureRequest, guard: PolicyEnforcer) -> Iterator[None]:
    """Fail a test in which a function lacked a permission, even if the function handled that."""
    guard.store = KMS if request.node.get_closest_marker("kms_store") else SECRETS_MANAGER
    before = len(guard.denied)
    yield
    assert guard.denied[before:] == []


@pytest.fixture(autouse=True)
def leak_detector(guard: PolicyEnforcer, monkeypatch: pytest.MonkeyPatch) -> Iterator[LeakDetector]:
    """Fail a test in which a secret was logged at DEBUG, printed, stored, queued, or returned."""
    recorder = LogRecorder()
    _record_created_secrets(monkeypatch)
    root, service = logging.getLogger(), telemetry.log
    for handler in service.handlers:
        if isinstance(handler, logging.StreamHandler):
            # The handler keeps the stream of its creation, which capsys does not replace.
            monkeypatch.setattr(handler, "stream", TeeStream(handler.stream, guard.printed))
    level = root.level
    service.setLevel(logging.DEBUG)
    for handler in root.handlers:  # pytest would keep gigabytes of DEBUG lines for its report
        handler.setLevel(logging.INFO)
    root.setLevel(logging.DEBUG)
    root.addHandler(recorder)
    service.addHandler(recorder)
    detector = LeakDetector(CANARIES, recorder.lines, guard.stored, guard.responses, guard.printed)
    detector.clear()
    yield detector
    root.setLevel(level)
    service.setLevel(logging.INFO)
    root.removeHandler(recorder)
    service.handlers.remove(recorder)
    assert detector.find_leak() is None


def _record_created_secrets(patch: pytest.MonkeyPatch) -> None:
    """Add API keys, Amazon's access tokens, sign-up tokens, and invites to the known secrets."""
    CANARIES.created.clear()
    new_api_key, random_text = api_keys.new_api_key, tokens._random_text
    token_urlsafe = secrets.token_urlsafe

    def record_api_key(mode: str = "live") -> api_keys.ApiKey:
        key = new_api_key(mode)
        # Prefix and kid are public.
        text = key.text.reveal().removeprefix(f"amzl_{mode}_").removeprefix(key.kid)
        CANARIES.created.append(text)
        return key

    def record_access_token(version: str) -> str:
        text = random_text(version)
        CANARIES.created.append(text.removeprefix("Atc|").removeprefix(tokens._JWT_HEAD))
        return text

    def record_random_token(nbytes: int | None = None) -> str:
        text = token_urlsafe(nbytes)
        if sys._getframe(1).f_globals["__name__"].startswith(OWN_PACKAGES):
            CANARIES.created.append(text)
        return text

    patch.setattr(api_keys, "new_api_key", record_api_key)
    patch.setattr(tokens, "_random_text", record_access_token)
    patch.setattr(secrets, "token_urlsafe", record_random_token)
