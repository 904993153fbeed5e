"""The life of a site's products as a documented client follows it, on the running stack.

A proxy between both fails on purpose, and makes the pages of the feed small.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.stack import Stack
from tests.feed_clients.clients import FeedClient, client_of
from tests.feed_clients.scripted_service import NO_RESPONSE, Response, ScriptedService, problem

ASINS = [f"B0FEED{number:04}" for number in range(5)]
CHANGING, REMOVED, VANISHING = ASINS[:3]
UNCHANGED_TIMES = ("observed_at", "fresh_until")
"""Fields of which a newer value causes no entry of the feed."""
FORWARD = Response(-1)
PAGE_SIZE = 2
MAX_SECONDS = 60
Shown = dict[str, dict[str, Any]]


class FeedProxy(ScriptedService):
    """A proxy of the API with small pages; `pages` has responses in place of those of the feed."""

    def __init__(self, service: ServiceClient) -> None:
        super().__init__()
        self._service = service

    def respond(self, path: str) -> Response:
        """Return a planned response, or that of the service."""
        self.requests.append(path)
        is_feed = path.startswith("/v1/changes")
        planned = self.pages.pop(0) if is_feed and self.pages else FORWARD
        if planned is not FORWARD:
            return planned
        found = self._service.call("GET", f"{path}&limit={PAGE_SIZE}" if is_feed else path)
        return Response(found.status, found.json)


@contextmanager
def followed_site(
    stack: Stack, service: ServiceClient, suffix: str, folder: Path
) -> Iterator["FollowedSite"]:
    """Connect a new site, and follow its feed through a proxy with the client of a language."""
    assert service.call("POST", "/validate", CREATORS_CREDENTIALS).status == 200
    control = FakeAmazonControl(stack.amazon_url)
    scheduler = Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"])
    with FeedProxy(service) as proxy:
        client = FeedClient(client_of(suffix), folder / "store.json", proxy.url)
        try:
            yield FollowedSite(service, control, scheduler, proxy, client)
        finally:
            control.send("POST", "gone", {"asin": VANISHING, "gone": False})
            control.send("POST", "prices", {"asin": CHANGING, "marketplace": "US", "reset": True})


class FollowedSite:
    """A site, its products at Amazon, and a client of its feed."""

    def __init__(
        self,
        service: ServiceClient,
        control: FakeAmazonControl,
        scheduler: Scheduler,
        proxy: FeedProxy,
        client: FeedClient,
    ) -> None:
        self._service, self._control, self._scheduler = service, control, scheduler
        self._proxy, self._client = proxy, client

    def live(self) -> None:
        """Import, change, remove, and lose products; after each step the client has the same."""
        self._import()
        self._follow_interrupted()
        self._change_a_price()
        self._remove()
        self._lose()
        self._wait_when_asked()
        self._start_again()

    def _import(self) -> None:
        definition = {"keywords": "coffee grinder", "size": 3}
        assert self._service.call("PUT", "/lists/grinders", definition).status == 201
        imported = self._service.call("POST", "/import", {"items": ASINS}).json["results"]
        assert {one["status"] for one in imported} == {"imported"}

    def _follow_interrupted(self) -> None:
        self._proxy.pages = [FORWARD, NO_RESPONSE]
        assert 0 < len(self._client.run().shown) <= PAGE_SIZE
        self._sync_until(lambda shown: len(shown.get("grinders", {}).get("items", [])) == 3)
        assert set(self._current()) == {*ASINS, "grinders"}

    def _change_a_price(self) -> None:
        self._control.send("POST", "prices", {"asin": CHANGING, "marketplace": "US", "amount": 777})
        self._sync_until(lambda shown: shown[CHANGING].get("price", {}).get("amount") == 777)

    def _remove(self) -> None:
        assert self._service.call("DELETE", f"/products/{REMOVED}").status == 204
        assert REMOVED not in self._follow()

    def _lose(self) -> None:
        lost = {"asin": VANISHING, "code": "InvalidParameterValue"}
        self._control.send("POST", "gone", lost)
        self._sync_until(lambda shown: shown[VANISHING]["price_status"] == "missing")

    def _wait_when_asked(self) -> None:
        before = self._client.run().records
        for status in (429, 503):
            self._proxy.pages = [problem(status, Retry_After="2")]
            assert f"Act on {status}." in self._client.run().messages
            sent = len(self._proxy.requests)
            assert self._client.run().records == before
            assert len(self._proxy.requests) == sent
            time.sleep(2.1)
        assert self._follow()

    def _start_again(self) -> None:
        sent = len(self._proxy.cursors())
        self._proxy.pages = [problem(410), FORWARD, NO_RESPONSE]
        self._client.run()
        self._follow()
        cursors = self._proxy.cursors()[sent:]
        assert (cursors.count(""), cursors[1]) == (1, "")

    def _sync_until(self, is_done: Callable[[Shown], bool]) -> None:
        """Run the price sync until the client shows a change; then it shows everything."""
        assert self._service.call("POST", "/sync").status == 202
        self._scheduler.trigger()
        end = time.monotonic() + MAX_SECONDS
        while not is_done(self._client.run().shown):
            assert time.monotonic() < end, self._client.run().shown
            time.sleep(0.5)
        self._follow()

    def _follow(self) -> Shown:
        """Run the client, and check that it shows what the service has."""
        run = self._client.run()
        assert run.messages == ""
        shown = {name: _without_times(record) for name, record in run.shown.items()}
        assert shown == self._current()
        return shown

    def _current(self) -> Shown:
        products = self._service.call("GET", "/products").json["products"]
        lists = self._service.call("GET", "/lists").json["lists"]
        found = {record["asin"]: record for record in products}
        found |= {record["name"]: record for record in lists}
        return {name: _without_times(record) for name, record in found.items()}


def _without_times(record: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in record.items() if name not in UNCHANGED_TIMES}
    if "items" in kept:
        kept["items"] = [_without_times(item) for item in kept["items"]]
    return kept
