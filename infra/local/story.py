"""The story of one site, step by step. A step that does not hold stops it with a sentence."""

import time
from collections.abc import Callable
from typing import Any

from infra.local.client import Amazon, Reply, Scheduler, Service
from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY
from infra.local.stage import Stage, Table
from infra.local.wordpress import WordPress

PATIENCE = 40
EXISTING = [f"B0DEMO{number:04d}" for number in range(20)]
MISSING = ["B0NONE0001", "B0NONE0002", "B0NONE0003"]
REPEATED = [EXISTING[0], f"https://www.amazon.com/dp/{EXISTING[1]}?ref=nosim"]
KEYS = {
    "api": "paapi5",
    "access_key": DEMO_ACCESS_KEY,
    "secret_key": DEMO_SECRET_KEY,
    "partner_tag": "demo-20",
    "marketplace": "US",
}


class Broken(Exception):
    """A step did not hold."""


def holds(condition: bool, sentence: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise Broken(sentence)


class Story:
    """One site from sign-up to a changed price."""

    def __init__(
        self, service: Service, amazon: Amazon, scheduler: Scheduler, stage: Stage
    ) -> None:
        self.service = service
        self.amazon = amazon
        self.scheduler = scheduler
        self.stage = stage
        self.cursor = ""

    def play(self) -> None:
        """All steps in order."""
        for step in (
            self.sign_up,
            self.marketplaces,
            self.stranger,
            self.short_key,
            self.wrong_secret,
            self.wrong_tag,
            self.wrong_clock,
            self.right_keys,
            self.search,
            self.look_up,
            self.import_list,
            self.first_reading,
            self.prices_change,
            self.sync,
            self.changes,
            self.remove,
        ):
            step()

    def sign_up(self) -> None:
        """A site proves itself and gets its key."""
        with WordPress() as site:
            self.stage.step("A WordPress site signs up", "POST /v1/signup")
            asked = {"site_url": site.url, "email": "owner@example.com"}
            started = self._expect(202, "POST", "/signup", asked)
            site.shows(started["challenge"])
            self.stage.said(f"202: show the token at {started['challenge']['path'][:36]}…")
            self.stage.step(
                "The service fetches the token from the site", "POST /v1/signup/…/verify"
            )
            done = self._expect(201, "POST", f"/signup/{started['signup_id']}/verify")
        self.service.api_key = done["api_key"]
        self.stage.said(
            f"201: {done['site_id']}, api key {done['api_key'][:18]}… (shown this once)"
        )

    def marketplaces(self) -> None:
        """The settings form asks for the locales."""
        self.stage.step("The settings form asks for the locales", "GET /v1/marketplaces")
        shops = self._expect(200, "GET", "/marketplaces")["marketplaces"]
        holds(len(shops) == 22, f"expected 22 marketplaces, got {len(shops)}")  # noqa: PLR2004
        self.stage.said(f"200: {len(shops)} locales, {shops[0]['name']} … {shops[-1]['name']}")

    def stranger(self) -> None:
        """Without a key there is nothing."""
        self.stage.step("Somebody without a key tries to search", "GET /v1/search")
        key, self.service.api_key = self.service.api_key, ""
        answer = self.service.call("GET", "/search", keywords="tea")
        self.service.api_key = key
        self._refused(answer, 401, "api_key_missing")

    def short_key(self) -> None:
        """A key that was not copied whole."""
        self.stage.step("The owner copies only part of the secret key", "POST /v1/validate")
        self._refused(self._validate(secret_key=DEMO_SECRET_KEY[:-1]), 422, "invalid_request")
        holds(self.amazon.calls("SearchItems") == 0, "Amazon was asked about a malformed key")
        self.stage.said("Amazon was not asked.")

    def wrong_secret(self) -> None:
        """A secret key with one wrong letter."""
        self.stage.step("The owner mistypes one letter of the secret key", "POST /v1/validate")
        wrong = "X" + DEMO_SECRET_KEY[1:]
        self._refused(self._validate(secret_key=wrong), 422, "amazon_keys_rejected")

    def wrong_tag(self) -> None:
        """The tag of another marketplace."""
        self.stage.step("The owner takes the tag of another marketplace", "POST /v1/validate")
        answer = self._validate(partner_tag="demo-21")
        self._refused(answer, 422, "amazon_partner_tag_rejected")

    def wrong_clock(self) -> None:
        """Amazon insists that the request is too old."""
        self.stage.step("Amazon insists that our clock is wrong", "POST /v1/validate")
        self.amazon.tell("POST", "faults", {"kind": "expired", "times": 2})
        self._refused(self._validate(), 503, "amazon_clock_skew")

    def right_keys(self) -> None:
        """The right keys, with spaces around; and a clock that is 20 minutes off."""
        self.stage.step("The right keys, pasted with spaces around them", "POST /v1/validate")
        self.amazon.tell("PUT", "clock", {"offset_seconds": 1200})
        done = self._validate(access_key=f"  {DEMO_ACCESS_KEY} ")
        self.amazon.tell("PUT", "clock", {"offset_seconds": 0})
        holds(done.status == 200 and done.json["status"] == "valid", f"not valid: {done.json}")  # noqa: PLR2004
        self.stage.green(f"200: {done.json['message']}")
        self.stage.said("Amazon's clock was 20 minutes ahead: signed again with it, unnoticed.")

    def search(self) -> None:
        """The editor searches."""
        self.stage.step("The editor searches", "GET /v1/search?keywords=coffee grinder")
        found = self._expect(200, "GET", "/search", keywords="coffee grinder")
        holds(bool(found["items"]), "the search found nothing")
        self.stage.said(f"200: {found['total']} hits, page {found['page']} of {found['pages']}")
        self.stage.products(found["items"][:3])

    def look_up(self) -> None:
        """An address as keywords is one product."""
        address = f"https://www.amazon.com/dp/{EXISTING[0]}"
        self.stage.step(
            "The editor pastes a product's address", f"GET /v1/search?keywords={address}"
        )
        found = self._expect(200, "GET", "/search", keywords=address)
        holds([item["asin"] for item in found["items"]] == EXISTING[:1], "another product came")
        self.stage.products(found["items"])

    def import_list(self) -> None:
        """25 entries, of which 3 do not exist and 2 are repeated."""
        self.stage.step("25 products at once: 3 do not exist, 2 are repeated", "POST /v1/import")
        self.amazon.tell("DELETE", "calls")
        wanted = [*EXISTING, *MISSING, *REPEATED]
        status_url = self._expect(202, "POST", "/import", {"items": wanted})["status_url"]
        self.stage.said(f"202: a job, {status_url}")
        done = self._watch(
            lambda: self._expect(200, "GET", status_url),
            lambda job: (job["done"], job["total"], f"{job['failed']} failed"),
            lambda job: job["status"] in ("done", "failed"),
        )
        counts = (done["status"], done["done"], done["failed"])
        holds(counts == ("done", 25, 3), f"the job ended as {counts}")
        asked = self.amazon.calls("GetItems")
        holds(asked == 3, f"{asked} GetItems calls instead of 3")  # noqa: PLR2004 - 23 ASINs in tens
        missing = next(r for r in done["results"] if r["status"] == "not_found")
        self.stage.said(f"done in {asked} calls to Amazon; {missing['problem']['detail']}")

    def first_reading(self) -> None:
        """The site reads the feed for the first time."""
        self.stage.step("The site reads the change feed", "GET /v1/changes")
        added, self.cursor = self._read_changes()
        kinds = {change["kind"] for change in added}
        holds(len(added) == len(EXISTING) and kinds == {"added"}, f"{len(added)} entries, {kinds}")
        self.before = {change["asin"]: change["product"] for change in added}
        self.stage.said(f"200: {len(added)} products, all added; the cursor remembers the place")

    def prices_change(self) -> None:
        """Amazon changes prices and sells one product out."""
        self.stage.step("Amazon changes four prices and sells out of one product", "")
        priced = [asin for asin in EXISTING if self.before[asin]["price_status"] == "current"]
        holds(len(priced) > 4, "too few products have a price")  # noqa: PLR2004 - five are changed
        self.changed = priced[:4]
        self.sold_out = priced[4]
        for asin, percent in zip(self.changed, (-15, 8, -40, 3), strict=True):
            self.amazon.tell(
                "POST", "prices", {"asin": asin, "marketplace": "US", "percent": percent}
            )
        self.amazon.tell("POST", "stock", {"asin": self.sold_out, "available": False})
        self.stage.said(
            f"{', '.join(self.changed)} and {self.sold_out}; the site knows nothing yet"
        )

    def sync(self) -> None:
        """EventBridge calls the planner, the worker refreshes."""
        self.stage.step("Refresh now, then the schedule fires", "POST /v1/sync, PriceSyncFunction")
        self.amazon.tell("DELETE", "calls")
        asked_at = self._expect(202, "POST", "/sync")["last_run_at"]
        self.scheduler.fire()
        self._watch(
            lambda: self.amazon.calls("GetItems"),
            lambda calls: (min(calls, 2), 2, "calls to Amazon"),
            lambda calls: calls >= 2 and self._refreshed(asked_at),  # noqa: PLR2004 - two shelves
        )
        asked = self.amazon.calls("GetItems")
        holds(asked == 2, f"{asked} GetItems calls for 20 products instead of 2")  # noqa: PLR2004
        self.stage.said("20 products refreshed in 2 calls to Amazon")

    def changes(self) -> None:
        """The site reads exactly the changes, each once."""
        self.stage.step("The site reads what changed since", "GET /v1/changes?cursor=…")
        changed, self.cursor = self._read_changes()
        seen = sorted(change["asin"] for change in changed)
        holds(seen == sorted([*self.changed, self.sold_out]), f"the feed shows {seen}")
        rows: Table = [
            (
                change["asin"],
                change["kind"],
                _price(self.before[change["asin"]]),
                _price(change["product"]),
                change["product"]["availability"],
            )
            for change in changed
        ]
        self.stage.table(("ASIN", "change", "before", "after", "availability"), rows)
        again, self.cursor = self._read_changes()
        holds(again == [], "the same changes came twice")
        self.stage.said("Asked again: nothing new.")

    def remove(self) -> None:
        """A product is taken out."""
        self.stage.step("The editor removes a product", f"DELETE /v1/products/{EXISTING[5]}")
        self._expect(204, "DELETE", f"/products/{EXISTING[5]}")
        changed, self.cursor = self._read_changes()
        kinds = [(change["asin"], change["kind"]) for change in changed]
        holds(kinds == [(EXISTING[5], "removed")], f"the feed shows {kinds}")
        self.stage.said("204, and the feed says: removed")

    def _refreshed(self, before: str) -> bool:
        status = self._expect(200, "GET", "/sync")
        oldest: str = min(
            self._expect(200, "GET", "/changes", cursor=self.cursor)["checked_at"].values()
        )
        return bool(status["next_run_at"]) and oldest > before

    def _validate(self, **changed: str) -> Reply:
        return self.service.call("POST", "/validate", KEYS | changed)

    def _expect(
        self, status: int, method: str, path: str, body: object = None, **query: str
    ) -> Any:
        answer = self.service.call(method, path, body, **query)
        holds(answer.status == status, f"{method} {path}: {answer.status} {answer.json}")
        return answer.json

    def _refused(self, answer: Reply, status: int, code: str) -> None:
        found = (answer.status, (answer.json or {}).get("code"))
        holds(found == (status, code), f"expected {status} {code}, got {found}")
        self.stage.refused(status, answer.json)

    def _read_changes(self) -> tuple[list[Any], str]:
        page = self._expect(
            200, "GET", "/changes", **({"cursor": self.cursor} if self.cursor else {})
        )
        holds(not page["has_more"], "more changes than one page")
        return page["changes"], page["next_cursor"]

    def _watch(
        self,
        look: Callable[[], Any],
        progress: Callable[[Any], tuple[int, int, str]],
        is_done: Callable[[Any], bool],
    ) -> Any:
        """Look until it is done, with a live progress line."""
        ends = time.monotonic() + PATIENCE
        with self.stage.progress() as show:
            while True:
                seen = look()
                show(*progress(seen))
                if is_done(seen):
                    return seen
                holds(time.monotonic() < ends, f"not done after {PATIENCE} s: {seen}")
                time.sleep(0.2)


def _price(product: dict[str, Any]) -> str:
    return product["price"]["display"] if "price" in product else product["price_status"]
