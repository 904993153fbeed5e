"""The second act: search, import, and prices that change at Amazon and then on the site."""

from typing import Any

from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true

EXISTING = [f"B0DEMO{number:04d}" for number in range(20)]
MISSING = ["B0NONE0001", "B0NONE0002", "B0NONE0003"]
REPEATED = [EXISTING[0], f"https://www.amazon.com/dp/{EXISTING[1]}?ref=nosim"]


class Selling(DemoStep):
    """From a search to exactly the changed prices."""

    def play(self) -> None:
        """All steps in order."""
        self.cursor = ""
        self.search()
        self.look_up()
        self.family()
        self.categories()
        self.import_list()
        self.first_reading()
        self.prices_change()
        self.sync()
        self.changes()
        self.remove()

    def search(self) -> None:
        """The editor searches."""
        self.console.step("The editor searches", "GET /v1/search?keywords=coffee grinder")
        found = self.expect(200, "GET", "/search", keywords="coffee grinder")
        expect_true(bool(found["items"]), "the search found nothing")
        self.console.said(f"200: {found['total']} hits, page {found['page']} of {found['pages']}")
        self.console.products(found["items"][:3])

    def look_up(self) -> None:
        """An address as keywords is one product."""
        address = f"https://www.amazon.com/dp/{EXISTING[0]}"
        self.console.step(
            "The editor pastes a product's address", f"GET /v1/search?keywords={address}"
        )
        found = self.expect(200, "GET", "/search", keywords=address)
        expect_true(
            [item["asin"] for item in found["items"]] == EXISTING[:1], "another product came"
        )
        self.console.products(found["items"])

    def family(self) -> None:
        """The variations of a product that has some."""
        self.console.step("The editor asks for its variations", "GET /v1/variations/{asin}")
        for asin in EXISTING:
            family = self.expect(200, "GET", f"/variations/{asin}")
            if family["items"]:
                break
        expect_true(bool(family["items"]), "no product has variations")
        (dimension,) = family["dimensions"]
        self.console.said(f"200: {asin}, {dimension['label']}: {', '.join(dimension['values'])}")
        self.console.products(family["items"][:2])

    def categories(self) -> None:
        """A category among its neighbours."""
        self.console.step("The editor looks at a category", "GET /v1/browse_nodes?ids=283155,1")
        found = self.expect(200, "GET", "/browse_nodes", ids="283155,1")
        (node,) = found["browse_nodes"]
        below = ", ".join(child["name"] for child in node["children"])
        self.console.said(f"200: {node['name']}, with {below or 'nothing'} below it")
        self.console.said(f"not found: {', '.join(found['not_found'])}")

    def import_list(self) -> None:
        """25 entries, of which 3 do not exist and 2 are repeated."""
        self.console.step("25 products at once: 3 do not exist, 2 are repeated", "POST /v1/import")
        self.amazon.send("DELETE", "calls")
        wanted = [*EXISTING, *MISSING, *REPEATED]
        status_url = self.expect(202, "POST", "/import", {"items": wanted})["status_url"]
        self.console.said(f"202: a job, {status_url}")
        done = self.watch(
            lambda: self.expect(200, "GET", status_url),
            lambda job: (job["done"], job["total"], f"{job['failed']} failed"),
            lambda job: job["status"] in ("done", "failed"),
        )
        counts = (done["status"], done["done"], done["failed"])
        expect_true(counts == ("done", 25, 3), f"the job ended as {counts}")
        asked = self.amazon.count_calls("GetItems")
        expect_true(asked == 3, f"{asked} GetItems calls instead of 3")  # noqa: PLR2004 - 23 ASINs in tens
        missing = next(r for r in done["results"] if r["status"] == "not_found")
        self.console.said(f"done in {asked} calls to Amazon; {missing['problem']['detail']}")

    def first_reading(self) -> None:
        """The site reads the feed for the first time."""
        self.console.step("The site reads the change feed", "GET /v1/changes")
        added, self.cursor = self._read_changes()
        kinds = {change["kind"] for change in added}
        expect_true(
            len(added) == len(EXISTING) and kinds == {"added"}, f"{len(added)} entries, {kinds}"
        )
        self.before = {change["asin"]: change["product"] for change in added}
        self.console.said(f"200: {len(added)} products, all added; the cursor remembers the place")

    def prices_change(self) -> None:
        """Amazon changes prices and sells one product out."""
        self.console.step("Amazon changes four prices and sells out of one product", "")
        priced = [asin for asin in EXISTING if self.before[asin]["price_status"] == "current"]
        expect_true(len(priced) > 4, "too few products have a price")  # noqa: PLR2004 - five are changed
        self.changed = priced[:4]
        self.sold_out = priced[4]
        for asin, percent in zip(self.changed, (-15, 8, -40, 3), strict=True):
            self.amazon.send(
                "POST", "prices", {"asin": asin, "marketplace": "US", "percent": percent}
            )
        self.amazon.send("POST", "stock", {"asin": self.sold_out, "available": False})
        self.console.said(
            f"{', '.join(self.changed)} and {self.sold_out}; the site knows nothing yet"
        )

    def sync(self) -> None:
        """EventBridge calls the planner, the worker refreshes."""
        self.console.step(
            "Refresh now, then the schedule fires", "POST /v1/sync, PriceSyncFunction"
        )
        self.amazon.send("DELETE", "calls")
        asked_at = self.expect(202, "POST", "/sync")["last_run_at"]
        self.scheduler.trigger()
        self.watch(
            lambda: self.amazon.count_calls("GetItems"),
            lambda calls: (min(calls, 2), 2, "calls to Amazon"),
            lambda calls: calls >= 2 and self._refreshed(asked_at),  # noqa: PLR2004 - two shelves
        )
        asked = self.amazon.count_calls("GetItems")
        expect_true(asked == 2, f"{asked} GetItems calls for 20 products instead of 2")  # noqa: PLR2004
        self.console.said("20 products refreshed in 2 calls to Amazon")

    def changes(self) -> None:
        """The site reads exactly the changes, each once."""
        self.console.step("The site reads what changed since", "GET /v1/changes?cursor=…")
        changed, self.cursor = self._read_changes()
        seen = sorted(change["asin"] for change in changed)
        expect_true(seen == sorted([*self.changed, self.sold_out]), f"the feed shows {seen}")
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
        self.console.table(("ASIN", "change", "before", "after", "availability"), rows)
        again, self.cursor = self._read_changes()
        expect_true(again == [], "the same changes came twice")
        self.console.said("Asked again: nothing new.")

    def remove(self) -> None:
        """A product is taken out."""
        self.console.step("The editor removes a product", f"DELETE /v1/products/{EXISTING[5]}")
        self.expect(204, "DELETE", f"/products/{EXISTING[5]}")
        changed, self.cursor = self._read_changes()
        kinds = [(change["asin"], change["kind"]) for change in changed]
        expect_true(kinds == [(EXISTING[5], "removed")], f"the feed shows {kinds}")
        self.console.said("204, and the feed says: removed")

    def _refreshed(self, before: str) -> bool:
        checked: dict[str, str] = self.expect(200, "GET", "/changes", cursor=self.cursor)[
            "checked_at"
        ]
        return min(checked.values()) > before

    def _read_changes(self) -> tuple[list[Any], str]:
        page = self.expect(
            200, "GET", "/changes", **({"cursor": self.cursor} if self.cursor else {})
        )
        expect_true(not page["has_more"], "more changes than one page")
        return page["changes"], page["next_cursor"]


def _price(product: dict[str, Any]) -> str:
    return str(product["price"]["display"] if "price" in product else product["price_status"])
