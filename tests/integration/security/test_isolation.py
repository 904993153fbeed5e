"""Fifty sites in one process: no request of one carries anything of another's."""

import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from amzlinkr.amazon.creators.auth import Tokens
from amzlinkr.config import Config
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.sites import Site
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.errors import Refusal
from infra.local.fake_amazon.signature import Arrived, verify
from tests.clock import START
from tests.unit.amazon.accounts import UnlimitedRateLimiter

SITES, THREADS = 50, 4
SHOPS = ["US", "DE", "JP"]


class Recorder:
    """An Amazon that believes everybody, and notes whose each part of a request is."""

    def __init__(self) -> None:
        self.calls = 0
        self.mixed: list[str] = []
        self.secrets: dict[str, str] = {}
        self._lock = threading.Lock()

    def token(self, body: bytes) -> Any:
        """A token with its owner's name in it."""
        return {"access_token": f"token-of-{json.loads(body)['client_id']}", "expires_in": 3600}

    def note(self, request: Arrived) -> None:
        """Compare the owner of each part; the keywords say whose call it is."""
        body = json.loads(request.body)
        owner = body.get("keywords") or body["Keywords"]
        number, shop = owner.split("-")
        parts = {"tag": (body.get("partnerTag") or body["PartnerTag"]).rpartition("-")[0]}
        domain = MARKETPLACES[shop].domain
        if request.path.startswith("/paapi5/"):
            region = MARKETPLACES[shop].paapi5_region
            try:
                signer = verify(request, region, self.secrets.get, NOW)
                parts["signature"] = signer.removeprefix("AKIA").lstrip("0")
            except Refusal:
                parts["signature"] = "nobody"
            parts["marketplace"] = number if body["Marketplace"] == domain else "another"
            parts["host"] = number if request.header("host").endswith(shop_tld(shop)) else "another"
        else:
            parts["token"] = request.header("authorization").rpartition(".site")[2]
            parts["marketplace"] = (
                number if request.header("x-marketplace") == domain else "another"
            )
        with self._lock:
            self.calls += 1
            self.mixed += [f"{name} of {whose} in a call of {owner}"
                           for name, whose in parts.items() if whose != number]  # fmt: skip


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def shop_tld(shop: str) -> str:
    return f"amazon.{MARKETPLACES[shop].tld}"


@contextmanager
def listening(recorder: Recorder) -> Iterator[str]:
    """The recorder behind a port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): [value] for name, value in self.headers.items()}
            answer: Any = {}
            if self.path == "/auth/o2/token":
                answer = recorder.token(body)
            else:
                recorder.note(Arrived("POST", self.path, "", headers, body))
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keys_of(number: int, shop: str, recorder: Recorder) -> Credentials:
    """Every second site has PA-API keys; all of them name their site."""
    tag = f"{number}-{MARKETPLACES[shop].tag_suffix}"
    if number % 2:
        name = f"AKIA{number:016d}"
        recorder.secrets[name] = f"{number:040d}"
        return paapi_credentials(name, recorder.secrets[name], tag, shop)
    return creators_credentials(
        f"amzn1.application-oa2-client.site{number}", f"secret{number}", "3.1", tag, shop
    )


def sites(deps: Dependencies, recorder: Recorder) -> list[Site]:
    """Sites with sealed keys for one or two marketplaces."""
    made = []
    for number in range(1, SITES + 1):
        connections = {}
        for shop in SHOPS[number % 3 :][: 1 + number % 2] or SHOPS[:1]:
            keys = keys_of(number, shop, recorder)
            sealed = deps.amazon_accounts.store_credentials(f"site_{number}", keys, None)
            connections[shop] = Connection(
                shop, keys.api, keys.partner_tag, "…", *sealed, f"q{number}", START
            )
        name = f"site_{number}"
        first = next(iter(connections))
        made.append(Site(name, name, f"https://{name}", "a@b.cd", START, first, connections))
    return made


def calls(deps: Dependencies, recorder: Recorder, count: int) -> None:
    """That many calls of all sites in a random order, from several threads."""
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    everybody = sites(deps, recorder)
    deps.rate_limiters.rate_limiter = lambda *_: UnlimitedRateLimiter()  # type: ignore[method-assign,assignment] # no limits here
    deps.sites.record_result = lambda *_: None  # type: ignore[method-assign] # and no states
    deps.amazon_accounts._shared_tokens = lambda *_: None  # type: ignore[method-assign] # each process has its own

    def call(turn: tuple[Site, str]) -> None:
        site, shop = turn
        catalog = deps.amazon_accounts.catalog(site, shop, Priority.INTERACTIVE)
        number = site.site_id.removeprefix("site_")
        catalog.search(Search(f"{number}-{shop}"), Deadline.after(deps.clock, 10))

    turns = [(site, rng.choice(list(site.connections))) for site in rng.choices(everybody, k=count)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(call, turns))
    assert recorder.calls == count


@pytest.fixture
def recorded(aws: Config, clock: Any) -> Iterator[tuple[Dependencies, Recorder]]:
    recorder = Recorder()
    with listening(recorder) as url:
        yield Dependencies(replace(aws, amazon_url=url), clock), recorder


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.prove)])
def test_no_call_carries_anothers_token_tag_or_signature(
    recorded: tuple[Dependencies, Recorder], count: int
) -> None:
    deps, recorder = recorded
    calls(deps, recorder, count)
    assert recorder.mixed == []


class ByLaneOnly(dict[Any, Any]):
    """A cache of catalogues that forgets whose they are."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[2], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[2], value)


def test_a_shared_client_would_be_noticed(recorded: tuple[Dependencies, Recorder]) -> None:
    deps, recorder = recorded
    deps.amazon_accounts._catalogs = ByLaneOnly()
    calls(deps, recorder, 60)
    assert {mix.split()[0] for mix in recorder.mixed} >= {"tag", "marketplace"}


def test_a_shared_token_would_be_noticed(
    recorded: tuple[Dependencies, Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    deps, recorder = recorded
    real, first = Tokens.get, []

    def get(self: Tokens, *given: Any, **named: Any) -> Any:
        first.append(real(self, *given, **named))
        return first[0]

    monkeypatch.setattr(Tokens, "get", get)
    calls(deps, recorder, 60)
    assert {mix.split()[0] for mix in recorder.mixed} == {"token"}
