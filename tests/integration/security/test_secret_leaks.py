"""One long scenario at log level DEBUG: secrets appear only where they must be stored."""

import io
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from amzlinkr import telemetry
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from infra.local.stack.wordpress import WordPress
from tests import calls, site_client
from tests.calls import Reply, authorize_key, event_of, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

WRONG_SECRET = "wrong" * 8
ASINS = [f"B0TEST{n:04d}" for n in range(11)]
Call = Callable[[str, dict[str, Any]], Reply]


def run_scenario(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, call: Call
) -> tuple[str, dict[str, Any], list[Any]]:
    """Sign up, enter credentials, search, import, and sync, each with failures.

    Return the API key, the response of the sign-up, and the queued messages. `call` sends an event
    and gets the name of the secret that the response may contain.
    """
    with WordPress() as wordpress:
        body = {"site_url": wordpress.url, "email": "owner@example.com"}
        started = call("token", event_of("POST", "/v1/signup", body)).json
        proof = {"signup_secret": started["signup_secret"]}
        path = f"/v1/signup/{started['signup_id']}/verify"
        call("", event_of("POST", path, {"signup_secret": proof["signup_secret"] + "x"}))
        call("", event_of("POST", path, {"signup_secret": [proof["signup_secret"]]}))
        call("", event_of("POST", path, proof))
        wordpress.serve_challenge(started["challenge"])
        verified = call("key", event_of("POST", path, proof)).json
    site = Site(deps, verified["site_id"], verified["api_key"])
    assert authorize_key(deps, site.api_key)
    site.connect(ACCESS_KEY, WRONG_SECRET, TAG)
    site.connect(ACCESS_KEY, SECRET_KEY, "other-20")
    site.connect(ACCESS_KEY, SECRET_KEY[:-1], TAG)
    site.connect(SECRET_KEY, ACCESS_KEY, TAG)
    site.post("/v1/validate", {"api": "paapi5", "access_key": [SECRET_KEY], "x": SECRET_KEY})
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    kinds: tuple[FaultKind, ...] = ("500", "garbage", "html", "truncated", "429")
    for kind in kinds:
        amazon.control.add_fault(Fault(kind))
        site.get("/v1/search", keywords="tea")
        clock.advance(minutes=1)
    migrate_to_creators(site, clock, amazon)
    site.post("/v1/import", {"items": ASINS[:2]})
    site.post("/v1/import", {"items": ASINS}, {"Idempotency-Key": "k"})
    queued = aws_spy.peek_messages(deps.config.import_queue_url)
    run_imports(deps)
    amazon.control.set_price(PriceBody(ASINS[0], "US", amount=1))
    site.post("/v1/sync")
    run_sync(deps)
    for path in ("/v1/site", "/v1/connections", "/v1/sync", "/v1/products", "/v1/changes"):
        assert site.get(path).status == 200
    return site.api_key, started, queued


def migrate_to_creators(site: Site, clock: FakeClock, amazon: FakeAmazon) -> None:
    """Enter Creators API credentials, wrong and right ones, with failures of tokens and calls."""
    wrong = (CREDENTIAL[0], WRONG_SECRET, CREDENTIAL[2])
    site.connect_creators(wrong, TAG)
    site.connect_creators(CREDENTIAL, "other-20")
    site.connect_creators(CREDENTIAL, TAG, credential_version="2.1")
    site.connect(CREDENTIAL[1], CREDENTIAL[1], TAG)
    site.post("/v1/validate", {"api": "creators", "credential_secret": [CREDENTIAL[1]]})
    clock.advance(minutes=1)
    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    token_faults: tuple[FaultKind, ...] = ("500", "garbage", "html", "truncated", "429")
    for kind in token_faults:
        amazon.control.clear_tokens()
        clock.advance(hours=1)
        amazon.control.add_fault(Fault(kind, operation="Token"))
        site.get("/v1/search", keywords="tea")
        clock.advance(minutes=1)
    rejected_tokens: tuple[FaultKind, ...] = ("token_expired", "invalid_token")
    for kind in rejected_tokens:
        clock.advance(minutes=20)
        amazon.control.add_fault(Fault(kind, times=2))
        site.get("/v1/search", keywords="tea")
        site.get("/v1/diagnostics")
    clock.advance(minutes=20)
    assert site.get("/v1/search", keywords="tea").status == 200


def own_handlers() -> list[Any]:
    """Return the service's log handlers that write to a stream."""
    return [handler for handler in telemetry.log.handlers if hasattr(handler, "stream")]


@dataclass
class Setup:
    """The fixtures of the scenario."""

    deps: Dependencies
    clock: FakeClock
    amazon: FakeAmazon
    monkeypatch: pytest.MonkeyPatch


@pytest.fixture
def setup(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> Setup:
    return Setup(deps, clock, amazon, monkeypatch)


def test_secrets_are_stored_in_the_vault_only(
    setup: Setup, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    deps, aws, monkeypatch = setup.deps, setup.deps.config, setup.monkeypatch
    caplog.set_level(logging.DEBUG)
    written = io.StringIO()
    for handler in own_handlers():
        # The handler keeps the stream of its creation, which pytest does not capture.
        monkeypatch.setattr(handler, "stream", written)
    sent: list[tuple[str, Reply]] = []
    real = calls.send

    def send(of: Dependencies, event: dict[str, Any], seconds: float = 10) -> Reply:
        sent.append(("", real(of, event, seconds)))
        return sent[-1][1]

    def call(allowed_secret: str, event: dict[str, Any]) -> Reply:
        sent.append((allowed_secret, real(deps, event, 15)))
        return sent[-1][1]

    monkeypatch.setattr(site_client, "send", send)
    api_key, started, queued = run_scenario(deps, setup.clock, setup.amazon, call)
    token, signup_secret = started["challenge"]["token"], started["signup_secret"]
    out, err = capfd.readouterr()
    logged = [json.dumps(vars(record), default=repr) for record in caplog.records]
    stored = {key: item for rows in aws_spy.tables(aws).values() for key, item in rows.items()}
    sign_ups = [str(stored.pop(key)) for key in list(stored) if key.startswith("signup#")]
    searched = {
        "console": out + err + written.getvalue(),
        "log": "\n".join([*logged, caplog.text]),
        "queue": str(queued),
        "tables": str(stored),
        "repr": repr(vars(deps)) + repr(deps.sites.get(_site_id(stored))),
        **{f"response {n}": str(reply) for n, (allowed, reply) in enumerate(sent) if not allowed},
    }
    assert '"level":"INFO"' in written.getvalue()
    assert '"CredentialsStored"' in out
    assert len(sent) > 20
    assert len(queued) == 1
    for place, text in searched.items():
        for name, secret in {
            "secret key": SECRET_KEY, "wrong secret": WRONG_SECRET, "access key": ACCESS_KEY,
            "credential secret": CREDENTIAL[1], "start of an access token": "Atc|",
            "api key": api_key, "api key's random part": api_key[18:61], "token": token,
            "signup secret": signup_secret,
        }.items():  # fmt: skip
            assert secret not in text, f"{name} in {place}"
    assert token in sign_ups[0]
    assert api_key not in str(sign_ups)
    assert signup_secret not in str(sign_ups)
    exempt = {allowed: reply.text for allowed, reply in sent if allowed}
    assert (api_key in exempt["key"], token in exempt["key"]) == (True, False)
    assert (api_key in exempt["token"], token in exempt["token"]) == (False, True)
    (secret_value,) = aws_spy.secrets().values()
    assert json.loads(secret_value)["credential_secret"] == CREDENTIAL[1]
    assert any(key.startswith("token#") for key in stored), "the encrypted access token is shared"


def _site_id(stored: dict[str, Any]) -> str:
    return next(key.split()[0] for key in stored if key.startswith("site_"))
