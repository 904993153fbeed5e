"""Isolation of fifty sites in one process: no request to Amazon mixes data of two sites."""

import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from amzlinkr.amazon.creators.auth import TokenSource
from amzlinkr.config import Config
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Credentials, creators_credentials, paapi_credentials
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.sites import Site
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.errors import PaapiError
from infra.local.fake_amazon.exchange import HttpRequest
from infra.local.fake_amazon.signature import verify_signature
from tests.clock import START
from tests.unit.amazon.accounts import UnlimitedRateLimiter

SITES, THREADS = 50, 4
MARKETPLACE_CODES = ["US", "DE", "JP"]


class Recorder:
    """An Amazon without access control that records the owner of each part of a request."""

    def __init__(self) -> None:
        self.calls = 0
        self.mixed: list[str] = []
        self.secrets: dict[str, str] = {}
        self._lock = threading.Lock()

    def token(self, body: bytes) -> Any:
        """Return a token that contains the client ID."""
        return {"access_token": f"token-of-{json.loads(body)['client_id']}", "expires_in": 3600}

    def record(self, request: HttpRequest) -> None:
        """Compare the owner of each part with the keywords, which name the calling site."""
        body = json.loads(request.body)
        owner = body.get("keywords") or body["Keywords"]
        number, marketplace_code = owner.split("-")
        parts = {"tag": (body.get("partnerTag") or body["PartnerTag"]).rpartition("-")[0]}
        marketplace = MARKETPLACES[marketplace_code]
        if request.path.startswith("/paapi5/"):
            try:
                signer = verify_signature(
                    request, marketplace.paapi5_region, self.secrets.get, START
                )
                parts["signature"] = signer.removeprefix("AKIA").lstrip("0")
            except PaapiError:
                parts["signature"] = "unknown"
            parts["marketplace"] = (
                number if body["Marketplace"] == marketplace.domain else "another"
            )
            is_own_host = request.header("host").endswith(f"amazon.{marketplace.tld}")
            parts["host"] = number if is_own_host else "another"
        else:
            parts["token"] = request.header("authorization").rpartition(".site")[2]
            is_own_marketplace = request.header("x-marketplace") == marketplace.domain
            parts["marketplace"] = number if is_own_marketplace else "another"
        with self._lock:
            self.calls += 1
            self.mixed += [
                f"{name} of {part_owner} in a call of {owner}"
                for name, part_owner in parts.items()
                if part_owner != number
            ]


@contextmanager
def serve(recorder: Recorder) -> Iterator[str]:
    """Serve the recorder on a loopback port, and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): [value] for name, value in self.headers.items()}
            response: Any = {"SearchResult": {"Items": []}, "searchResult": {"items": []}}
            if self.path == "/auth/o2/token":
                response = recorder.token(body)
            else:
                recorder.record(HttpRequest("POST", self.path, "", headers, body))
            content = json.dumps(response).encode()
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


def credentials_for(number: int, marketplace_code: str, recorder: Recorder) -> Credentials:
    """Return credentials that contain the site's number: PA-API for odd numbers, else Creators."""
    tag = f"{number}-{MARKETPLACES[marketplace_code].tag_suffix}"
    if number % 2:
        name = f"AKIA{number:016d}"
        recorder.secrets[name] = f"{number:040d}"
        return paapi_credentials(name, recorder.secrets[name], tag, marketplace_code)
    return creators_credentials(
        f"amzn1.application-oa2-client.site{number}",
        f"secret{number}",
        "3.1",
        tag,
        marketplace_code,
    )


def create_sites(deps: Dependencies, recorder: Recorder) -> list[Site]:
    """Return sites with stored credentials for one or two marketplaces."""
    created = []
    for number in range(1, SITES + 1):
        connections = {}
        for code in MARKETPLACE_CODES[number % 3 :][: 1 + number % 2] or MARKETPLACE_CODES[:1]:
            credentials = credentials_for(number, code, recorder)
            secret = deps.amazon_accounts.store_credentials(f"site_{number}", credentials, None)
            connections[code] = Connection(
                code, credentials.api, credentials.partner_tag, "…", *secret, f"q{number}", START
            )
        name = f"site_{number}"
        first = next(iter(connections))
        created.append(Site(name, name, f"https://{name}", "a@b.cd", START, first, connections))
    return created


def call_from_all_sites(deps: Dependencies, recorder: Recorder, count: int) -> None:
    """Send `count` calls of random sites from several threads."""
    rng = random.Random(1)  # noqa: S311 - reproducible, not secret
    sites = create_sites(deps, recorder)
    deps.rate_limiters.rate_limiter = lambda *_: UnlimitedRateLimiter()  # type: ignore[method-assign,assignment] # without limits
    deps.sites.record_result = lambda *_: None  # type: ignore[method-assign] # nor connection states
    deps.amazon_accounts._shared_tokens = lambda *_: None  # type: ignore[method-assign] # nor the shared token cache

    def call(turn: tuple[Site, str]) -> None:
        site, code = turn
        catalog = deps.amazon_accounts.catalog(site, code, Priority.INTERACTIVE)
        number = site.site_id.removeprefix("site_")
        catalog.search(Search(f"{number}-{code}"), Deadline.after(deps.clock, 10))

    turns = [(site, rng.choice(list(site.connections))) for site in rng.choices(sites, k=count)]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(call, turns))
    # A call that times out on a busy machine is made again.
    assert recorder.calls >= count


@pytest.fixture
def recorded(aws: Config, clock: Any) -> Iterator[tuple[Dependencies, Recorder]]:
    recorder = Recorder()
    with serve(recorder) as url:
        yield Dependencies(replace(aws, amazon_url=url), clock), recorder


@pytest.mark.parametrize("count", [1_500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_call_contains_data_of_another_site(
    recorded: tuple[Dependencies, Recorder], count: int
) -> None:
    deps, recorder = recorded
    call_from_all_sites(deps, recorder, count)
    assert recorder.mixed == []


class ByPriorityOnly(dict[Any, Any]):
    """A cache of catalogs with keys that ignore site and marketplace."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[3], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[3], value)


def test_shared_client_is_detected(recorded: tuple[Dependencies, Recorder]) -> None:
    deps, recorder = recorded
    deps.amazon_accounts._catalogs = ByPriorityOnly()
    call_from_all_sites(deps, recorder, 60)
    assert {mix.split()[0] for mix in recorder.mixed} >= {"tag", "marketplace"}


def test_shared_token_is_detected(
    recorded: tuple[Dependencies, Recorder], monkeypatch: pytest.MonkeyPatch
) -> None:
    deps, recorder = recorded
    real, first = TokenSource.get, []

    def get(self: TokenSource, *given: Any, **named: Any) -> Any:
        first.append(real(self, *given, **named))
        return first[0]

    monkeypatch.setattr(TokenSource, "get", get)
    call_from_all_sites(deps, recorder, 60)
    assert {mix.split()[0] for mix in recorder.mixed} == {"token"}
