"""Part 2 of the demo: search, import, and price changes that the change feed reports."""

from typing import Any

from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true

EXISTING = [f"B0DEMO{number:04d}" for number in range(20)]
MISSING = ["B0NONE0001", "B0NONE0002", "B0NONE0003"]
REPEATED = [EXISTING[0], f"https://www.amazon.com/dp/{EXISTING[1]}?ref=nosim"]
IMPORT_CALLS = 3  # 23 different ASINs, ten per GetItems call
SYNC_CALLS = 2  # 20 products on two shelves
PRICE_CHANGES_PERCENT = (-15, 8, -40, 3)


class Products(DemoStep):
    """Search, import, and a price sync that reports exactly the changed products."""

    def run(self) -> None:
        """Run all steps in order."""
        self.cursor = ""
        self.search()
        self.search_by_url()
        self.list_variations()
        self.list_browse_nodes()
        self.import_products()
        self.read_initial_changes()
        self.change_prices()
        self.sync()
        self.read_changes()
        self.remove_product()

    def search(self) -> None:
        """Search by keywords."""
        self.console.print_step("Search by keywords", "GET /v1/search?keywords=coffee grinder")
        found = self.expect(200, "GET", "/search", keywords="coffee grinder")
        expect_true(bool(found["items"]), "the search found nothing")
        self.console.print_info(
            f"200: {found['total']} results, page {found['page']} of {found['pages']}"
        )
        self.console.print_products(found["items"][:3])

    def search_by_url(self) -> None:
        """Search with a product's URL as keywords, which finds that product only."""
        url = f"https://www.amazon.com/dp/{EXISTING[0]}"
        self.console.print_step("Search by the URL of a product", f"GET /v1/search?keywords={url}")
        found = self.expect(200, "GET", "/search", keywords=url)
        asins = [item["asin"] for item in found["items"]]
        expect_true(asins == EXISTING[:1], f"the search found {asins}")
        self.console.print_products(found["items"])

    def list_variations(self) -> None:
        """List the variations of the first product that has some."""
        self.console.print_step("List the variations of a product", "GET /v1/variations/{asin}")
        for asin in EXISTING:
            page = self.expect(200, "GET", f"/variations/{asin}")
            if page["items"]:
                break
        expect_true(bool(page["items"]), "no product has variations")
        (dimension,) = page["dimensions"]
        self.console.print_info(
            f"200: {asin}, {dimension['label']}: {', '.join(dimension['values'])}"
        )
        self.console.print_products(page["items"][:2])

    def list_browse_nodes(self) -> None:
        """Look up a known and an unknown browse node."""
        self.console.print_step("Look up two browse nodes", "GET /v1/browse_nodes?ids=283155,1")
        found = self.expect(200, "GET", "/browse_nodes", ids="283155,1")
        (node,) = found["browse_nodes"]
        children = ", ".join(child["name"] for child in node["children"])
        self.console.print_info(f"200: {node['name']} (subcategories: {children or 'none'})")
        self.console.print_info(f"Not found: {', '.join(found['not_found'])}")

    def import_products(self) -> None:
        """Import 25 entries, of which three do not exist and two are repeated."""
        self.console.print_step(
            "Import 25 entries as a job: 20 products, 2 of them again, 3 unknown ASINs",
            "POST /v1/import",
        )
        self.amazon.send("DELETE", "calls")
        body = {"items": [*EXISTING, *MISSING, *REPEATED]}
        status_url = self.expect(202, "POST", "/import", body)["status_url"]
        self.console.print_info(f"202: import job at {status_url}")
        job = self.poll(
            lambda: self.expect(200, "GET", status_url),
            lambda job: (job["done"], job["total"], f"entries, {job['failed']} failed"),
            lambda job: job["status"] in ("done", "failed"),
        )
        counts = (job["status"], job["done"], job["failed"])
        expect_true(counts == ("done", 25, 3), f"the import job ended with {counts}")
        calls = self.amazon.count_calls("GetItems")
        expect_true(calls == IMPORT_CALLS, f"{calls} GetItems calls instead of {IMPORT_CALLS}")
        self.console.print_info(
            f"{len(EXISTING)} products imported; the {len(REPEATED)} repeated entries name two of "
            f"them. {calls} calls to Amazon, each for up to 10 of {len(EXISTING) + len(MISSING)} "
            "different ASINs."
        )
        self.console.print_info("The entries that failed, each with its own problem:")
        for result in job["results"]:
            if result["status"] == "not_found":
                self.console.print_info(f"{result['input']}  {result['problem']['detail']}")

    def read_initial_changes(self) -> None:
        """Read the change feed from the beginning."""
        self.console.print_step("Read the change feed from the beginning", "GET /v1/changes")
        changes, self.cursor = self._fetch_changes()
        kinds = {change["kind"] for change in changes}
        is_expected = len(changes) == len(EXISTING) and kinds == {"added"}
        expect_true(is_expected, f"{len(changes)} changes of kinds {kinds}")
        self.before = {change["asin"]: change["product"] for change in changes}
        self.console.print_info(f"200: {len(changes)} changes of kind added, and a cursor")

    def change_prices(self) -> None:
        """Change four prices at the fake Amazon and sell out one product."""
        self.console.print_step("Change 4 prices and sell out 1 product at Amazon", "fake Amazon")
        priced = [asin for asin in EXISTING if self.before[asin]["price_status"] == "current"]
        count = len(PRICE_CHANGES_PERCENT)
        expect_true(len(priced) > count, f"only {len(priced)} products have a price")
        self.changed = priced[:count]
        self.sold_out = priced[count]
        for asin, percent in zip(self.changed, PRICE_CHANGES_PERCENT, strict=True):
            change = {"asin": asin, "marketplace": "US", "percent": percent}
            self.amazon.send("POST", "prices", change)
        self.amazon.send("POST", "stock", {"asin": self.sold_out, "available": False})
        self.console.print_info(
            f"New prices: {', '.join(self.changed)}. Sold out: {self.sold_out}."
        )

    def sync(self) -> None:
        """Request a sync and run the price sync once."""
        self.console.print_step(
            "Request a sync and run the price sync", "POST /v1/sync, PriceSyncFunction"
        )
        self.amazon.send("DELETE", "calls")
        last_run_at = self.expect(202, "POST", "/sync")["last_run_at"]
        self.scheduler.trigger()
        self.poll(
            lambda: self.amazon.count_calls("GetItems"),
            lambda calls: (min(calls, SYNC_CALLS), SYNC_CALLS, "calls to Amazon"),
            lambda calls: calls >= SYNC_CALLS and self._is_refreshed(last_run_at),
        )
        calls = self.amazon.count_calls("GetItems")
        expect_true(calls == SYNC_CALLS, f"{calls} GetItems calls instead of {SYNC_CALLS}")
        self.console.print_info(f"{len(EXISTING)} products refreshed with {calls} calls to Amazon.")

    def read_changes(self) -> None:
        """Read the changes after the cursor: each changed product once, and then none."""
        self.console.print_step("Read the changes after the cursor", "GET /v1/changes?cursor=…")
        changes, self.cursor = self._fetch_changes()
        asins = sorted(change["asin"] for change in changes)
        expected = sorted([*self.changed, self.sold_out])
        expect_true(asins == expected, f"the change feed contains {asins}")
        rows: Table = [
            (
                change["asin"],
                change["kind"],
                _price(self.before[change["asin"]]),
                _price(change["product"]),
                change["product"]["availability"],
            )
            for change in changes
        ]
        self.console.print_table(("ASIN", "change", "before", "after", "availability"), rows)
        repeated, self.cursor = self._fetch_changes()
        expect_true(repeated == [], f"the feed repeated {len(repeated)} changes")
        self.console.print_info("A second request with the new cursor returns no changes.")

    def remove_product(self) -> None:
        """Remove a product and read its removal from the change feed."""
        self.console.print_step("Remove a product", f"DELETE /v1/products/{EXISTING[5]}")
        self.expect(204, "DELETE", f"/products/{EXISTING[5]}")
        changes, self.cursor = self._fetch_changes()
        kinds = [(change["asin"], change["kind"]) for change in changes]
        expect_true(kinds == [(EXISTING[5], "removed")], f"the change feed contains {kinds}")
        self.console.print_info("204: removed; the change feed contains a change of kind removed.")

    def _is_refreshed(self, since: str) -> bool:
        page = self.expect(200, "GET", "/changes", cursor=self.cursor)
        checked_at: dict[str, str] = page["checked_at"]
        return min(checked_at.values()) > since

    def _fetch_changes(self) -> tuple[list[Any], str]:
        query = {"cursor": self.cursor} if self.cursor else {}
        page = self.expect(200, "GET", "/changes", **query)
        expect_true(not page["has_more"], "the change feed has more than one page")
        return page["changes"], page["next_cursor"]


def _price(product: dict[str, Any]) -> str:
    return str(product["price"]["display"] if "price" in product else product["price_status"])
