"""A whole story at log level DEBUG: what must stay secret is nowhere but where it belongs."""

import io
import json
import logging
from dataclasses import dataclass
from typing import Any

import pytest

from amzlinkr import telemetry
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorize
from infra.local.fake_amazon.control import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from infra.local.stack.wordpress import WordPress
from tests import calls
from tests.calls import Reply, Site, event_of, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy

WRONG_SECRET = "wrong" * 8
ASINS = [f"B0TEST{n:04d}" for n in range(11)]


def story(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, answer_of: Any
) -> tuple[str, str, list[Any]]:
    """Sign up, enter keys (wrong, then right), search, import, sync, all with stumbles."""
    with WordPress() as wordpress:
        wish = {"site_url": wordpress.url, "email": "owner@example.com"}
        started = answer_of("token", event_of("POST", "/v1/signup", wish)).json
        path = f"/v1/signup/{started['signup_id']}/verify"
        answer_of("", event_of("POST", path))
        wordpress.shows(started["challenge"])
        done = answer_of("key", event_of("POST", path)).json
    site = Site(deps, done["site_id"], done["api_key"])
    authorize.handler(
        {"headers": {"Authorization": f"Bearer {site.api_key}"}, "methodArn": ""}, None
    )
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
    moved(site, clock, amazon)
    site.post("/v1/import", {"items": ASINS[:2]})
    site.post("/v1/import", {"items": ASINS}, {"Idempotency-Key": "k"})
    queued = aws_spy.peek_messages(deps.config.import_queue_url)
    run_imports(deps)
    amazon.control.set_price(PriceBody(ASINS[0], "US", amount=1))
    site.post("/v1/sync")
    run_sync(deps)
    for path in ("/v1/site", "/v1/connections", "/v1/sync", "/v1/products", "/v1/changes"):
        assert site.get(path).status == 200
    return site.api_key, started["challenge"]["token"], queued


def moved(site: Site, clock: FakeClock, amazon: FakeAmazon) -> None:
    """Creators keys in the place of the first ones: wrong, then right, and all their stumbles."""
    wrong = (CREDENTIAL[0], WRONG_SECRET, CREDENTIAL[2])
    site.connect_creators(wrong, TAG)
    site.connect_creators(CREDENTIAL, "other-20")
    site.connect_creators(CREDENTIAL, TAG, credential_version="2.1")
    site.connect(CREDENTIAL[1], CREDENTIAL[1], TAG)
    site.post("/v1/validate", {"api": "creators", "credential_secret": [CREDENTIAL[1]]})
    clock.advance(minutes=1)
    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    tokens: tuple[FaultKind, ...] = ("500", "garbage", "html", "truncated", "429")
    for kind in tokens:
        amazon.control.forget_tokens()
        clock.advance(hours=1)
        amazon.control.add_fault(Fault(kind, operation="Token"))
        site.get("/v1/search", keywords="tea")
        clock.advance(minutes=1)
    refused: tuple[FaultKind, ...] = ("token_expired", "invalid_token")
    for kind in refused:
        clock.advance(minutes=20)
        amazon.control.add_fault(Fault(kind, times=2))
        site.get("/v1/search", keywords="tea")
        site.get("/v1/diagnostics")
    clock.advance(minutes=20)
    assert site.get("/v1/search", keywords="tea").status == 200


def own_handlers() -> list[Any]:
    """The service's log handlers that write to a stream."""
    return [handler for handler in telemetry.log.handlers if hasattr(handler, "stream")]


@dataclass
class Scene:
    """What is watched."""

    deps: Dependencies
    clock: FakeClock
    amazon: FakeAmazon
    monkeypatch: pytest.MonkeyPatch


@pytest.fixture
def scene(
    deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    monkeypatch.setattr(authorize, "dependencies", lambda: deps)
    return Scene(deps, clock, amazon, monkeypatch)


def test_secrets_are_stored_in_the_vault_only(
    scene: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    deps, aws, monkeypatch = scene.deps, scene.deps.config, scene.monkeypatch
    caplog.set_level(logging.DEBUG)
    written = io.StringIO()
    for handler in own_handlers():
        # It holds the stream that was there when it was made, not the one pytest captures.
        monkeypatch.setattr(handler, "stream", written)
    sent: list[tuple[str, Reply]] = []
    real = calls.send

    def send(of: Dependencies, event: dict[str, Any], seconds: float = 10) -> Reply:
        sent.append(("", real(of, event, seconds)))
        return sent[-1][1]

    def answer_of(may_hold: str, event: dict[str, Any]) -> Reply:
        sent.append((may_hold, real(deps, event, 15)))
        return sent[-1][1]

    monkeypatch.setattr(calls, "send", send)
    api_key, token, queued = story(deps, scene.clock, scene.amazon, answer_of)
    out, err = capfd.readouterr()
    logged = [json.dumps(vars(record), default=repr) for record in caplog.records]
    stored = {key: item for rows in aws_spy.tables(aws).values() for key, item in rows.items()}
    sign_ups = [str(stored.pop(key)) for key in list(stored) if key.startswith("signup#")]
    everywhere = {
        "console": out + err + written.getvalue(),
        "log": "\n".join([*logged, caplog.text]),
        "queue": str(queued),
        "tables": str(stored),
        "repr": repr(vars(deps)) + repr(deps.sites.get(_site_id(stored))),
        **{f"answer {n}": str(reply) for n, (may, reply) in enumerate(sent) if not may},
    }
    assert '"level":"INFO"' in written.getvalue()
    assert '"CredentialsStored"' in out
    assert len(sent) > 20
    assert len(queued) == 2
    for place, text in everywhere.items():
        for name, secret in {
            "secret key": SECRET_KEY, "wrong secret": WRONG_SECRET, "access key": ACCESS_KEY,
            "credential secret": CREDENTIAL[1], "start of an access token": "Atc|",
            "api key": api_key, "api key's random part": api_key[18:61], "token": token,
        }.items():  # fmt: skip
            assert secret not in text, f"{name} in {place}"
    assert token in sign_ups[0]
    assert api_key not in str(sign_ups)
    told = {may: reply.text for may, reply in sent if may}
    assert (api_key in told["key"], token in told["key"]) == (True, False)
    assert (api_key in told["token"], token in told["token"]) == (False, True)
    (sealed,) = aws_spy.secrets().values()
    assert json.loads(sealed)["credential_secret"] == CREDENTIAL[1]
    assert any(key.startswith("token#") for key in stored), "a token was shared, encrypted"


def _site_id(stored: dict[str, Any]) -> str:
    return next(key.split()[0] for key in stored if key.startswith("site_"))
