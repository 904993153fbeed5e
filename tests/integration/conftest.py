"""Every function runs with the permissions of its role, and no secret is where none belongs."""

import logging
import secrets
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from amzlinkr import telemetry
from amzlinkr.security import api_keys
from infra.local.fake_amazon import tokens
from tests.conftest import CREDENTIAL, SECRET_KEY
from tests.iam.enforcer import Guard, as_function
from tests.limits import SIGNING_KEY
from tests.secret_canaries import Canaries, TeeStream, LogRecorder, LeakDetector

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KNOWN = Canaries([SECRET_KEY, CREDENTIAL[1].removeprefix("amzn1.oa2-cs.v1."), SIGNING_KEY])
OURS = ("amzlinkr.", "functions.")
"""Whose random texts are secrets: a sign-up's token, an invite."""
NOT_OURS = ("moto", "werkzeug", "responses")
"""Loggers of what stands in for AWS."""


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """On duty from the first test to the last."""
    guard = Guard()
    with pytest.MonkeyPatch.context() as patch, guard.on_duty():
        for folder in sorted((ROOT / "functions").glob("*/app.py")):
            name = folder.parent.name
            module = import_module(f"functions.{name}.app")
            handler = as_function(name, module.handler, guard)
            patch.setattr(module, "handler", handler)
            if hasattr(module, "app"):
                patch.setattr(module.app, "handler", handler)
        yield guard


@pytest.fixture(autouse=True)
def _nothing_is_refused(guard: Guard) -> Iterator[None]:
    """A test in which a function lacked a permission fails, whatever it made of that."""
    before = len(guard.refused)
    yield
    assert guard.refused[before:] == []


@pytest.fixture(autouse=True)
def watch(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> Iterator[LeakDetector]:
    """No secret gets into a log of any logger at DEBUG, onto the console, into a table, a queue or
    an answer."""
    listener = LogRecorder()
    _notes_what_is_made(monkeypatch)
    for name in NOT_OURS:
        logging.getLogger(name).setLevel(logging.WARNING)
    root, ours = logging.getLogger(), telemetry.log
    for handler in ours.handlers:
        if isinstance(handler, logging.StreamHandler):
            # It holds the stream that was there when it was made.
            monkeypatch.setattr(handler, "stream", TeeStream(handler.stream, guard.printed))
    level = root.level
    for handler in root.handlers:  # pytest would keep gigabytes of them for its report
        handler.setLevel(logging.INFO)
    root.setLevel(logging.DEBUG)
    root.addHandler(listener)
    ours.addHandler(listener)
    watch = LeakDetector(KNOWN, listener.lines, guard.stored, guard.answered, guard.printed)
    watch.clear()
    yield watch
    root.setLevel(level)
    root.removeHandler(listener)
    ours.handlers.remove(listener)
    assert watch.find_leak() is None


def _notes_what_is_made(patch: pytest.MonkeyPatch) -> None:
    """API keys, Amazon's access tokens, and what a sign-up or an invite is proven with."""
    KNOWN.created.clear()
    make, grant, random_text = api_keys.new_api_key, tokens._random_text, secrets.token_urlsafe

    def new_api_key(mode: str = "live") -> api_keys.ApiKey:
        key = make(mode)
        KNOWN.created.append(key.text.reveal().removeprefix(f"amzl_{mode}_").removeprefix(key.kid))
        return key

    def new_token(version: str) -> str:
        text = grant(version)
        KNOWN.created.append(text.removeprefix("Atc|").removeprefix(tokens._JWT_HEAD))
        return text

    def token_urlsafe(nbytes: int | None = None) -> str:
        text = random_text(nbytes)
        if sys._getframe(1).f_globals["__name__"].startswith(OURS):
            KNOWN.created.append(text)
        return text

    patch.setattr(api_keys, "new_api_key", new_api_key)
    patch.setattr(tokens, "_random_text", new_token)
    patch.setattr(secrets, "token_urlsafe", token_urlsafe)
