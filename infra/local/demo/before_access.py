"""Part 5 of the demo: a marketplace without API access, filled as soon as Amazon grants it."""

from typing import Any

from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import NOT_ELIGIBLE_CREDENTIAL

FRENCH_CREDENTIALS = {
    "api": "creators",
    "credential_id": NOT_ELIGIBLE_CREDENTIAL[0],
    "credential_secret": NOT_ELIGIBLE_CREDENTIAL[1],
    "credential_version": NOT_ELIGIBLE_CREDENTIAL[2],
    "partner_tag": "demo-21",
    "marketplace": "FR",
}
FRENCH_ITEMS = ["B0DEMO0201", "B0DEMO0202", "https://www.amazon.fr/dp/B0DEMO0203?ref=nosim"]
FRENCH_ASINS = ["B0DEMO0201", "B0DEMO0202", "B0DEMO0203"]
LIST_PATH = "/lists/coffee-grinders"
LIST_SIZE = 5


class BeforeAccess(DemoStep):
    """Links without API access; products and a list that arrive with it."""

    def run(self) -> None:
        """Run all steps in order."""
        self.connect_with_a_tag()
        self.search_without_access()
        self.import_waiting_products()
        self.define_a_list()
        self.enter_credentials_without_access()
        self.receive_access()

    def connect_with_a_tag(self) -> None:
        """Connect France with a partner tag alone."""
        self.console.print_step("Connect France with a partner tag alone", "PUT /v1/connections/FR")
        shown = self.expect(201, "PUT", "/connections/FR", {"partner_tag": "demo-21"})
        expect_true(shown["state"] == "link_only", f"the connection is {shown['state']}")
        self.console.print_info(f"201: FR {shown['state']}, tag {shown['partner_tag']}")

    def search_without_access(self) -> None:
        """Search, which needs credentials."""
        self.console.print_step(
            "Search in France, which a partner tag alone does not permit",
            "GET /v1/search?marketplace=FR",
        )
        response = self.service.call("GET", "/search", keywords="café", marketplace="FR")
        self.expect_problem(response, 424, "amazon_no_credentials")

    def import_waiting_products(self) -> None:
        """Import three products, which wait and have links that earn a commission."""
        self.console.print_step("Import three products before API access", "POST /v1/import")
        self.cursor = self._read_changes("")[1]
        self.amazon.send("DELETE", "calls")
        body = {"items": FRENCH_ITEMS, "marketplace": "FR"}
        results = self.expect(200, "POST", "/import", body)["results"]
        statuses = {result["status"] for result in results}
        expect_true(statuses == {"waiting"}, f"the import ended with {statuses}")
        expect_true(self.amazon.calls() == [], "the service called Amazon")
        self.console.print_info(
            "200: imported without a call to Amazon. Until access comes, each product is a link "
            "with the tag:"
        )
        for result in results:
            self.console.print_info(f"{result['asin']}  waiting  {result['product']['url']}")
        changes, self.cursor = self._read_changes(self.cursor)
        kinds = [change["kind"] for change in changes]
        expect_true(kinds == ["waiting"] * len(FRENCH_ITEMS), f"the change feed has {kinds}")

    def define_a_list(self) -> None:
        """Define a list, which is empty until the account has access."""
        self.console.print_step(
            "Define a list: a search that the price sync repeats", f"PUT /v1{LIST_PATH}"
        )
        body = {"keywords": "coffee grinder", "marketplace": "FR", "size": LIST_SIZE}
        shown = self.expect(201, "PUT", LIST_PATH, body)
        expect_true(shown["items"] == [], f"the list has {len(shown['items'])} products")
        self.console.print_info(
            f"201: the list {shown['name']} has up to {shown['size']} products for the search "
            f"“{shown['query']['keywords']}”. It is empty until Amazon grants access."
        )

    def enter_credentials_without_access(self) -> None:
        """Enter credentials of an account that is not eligible yet; the products keep waiting."""
        self.console.print_step(
            "Enter correct credentials before Amazon grants access", "POST /v1/validate"
        )
        result = self.expect(200, "POST", "/validate", FRENCH_CREDENTIALS)
        expect_true(result["status"] == "not_eligible", f"the status is {result['status']}")
        self.console.print_info("200: the credentials are stored, but Amazon refuses their calls:")
        self.console.print_info(result["message"])
        counts = self.expect(200, "GET", "/sync")["products"]
        expect_true(counts["waiting"] == len(FRENCH_ITEMS), f"products: {counts}")
        self.console.print_info(f"{counts['waiting']} products and the list wait for access.")

    def receive_access(self) -> None:
        """Make the account eligible; one run of the price sync fills products and list."""
        self.console.print_step(
            "Amazon grants access: save the same credentials again, run the price sync",
            "POST /v1/validate, PriceSyncFunction",
        )
        self.amazon.send("PUT", f"accounts/{NOT_ELIGIBLE_CREDENTIAL[0]}", {"state": "ok"})
        result = self.expect(200, "POST", "/validate", FRENCH_CREDENTIALS)
        expect_true(result["status"] == "valid", f"the status is {result['status']}")
        self.scheduler.trigger()
        newest: dict[str, dict[str, Any]] = {}

        def read() -> dict[str, dict[str, Any]]:
            changes, self.cursor = self._read_changes(self.cursor)
            newest.update({change.get("asin", "list"): change for change in changes})
            return newest

        expected = {*FRENCH_ASINS, "list"}
        self.poll(
            read,
            lambda found: (_count_filled(found), len(expected), "products and lists filled"),
            lambda found: _count_filled(found) == len(expected),
        )
        kinds = {newest[asin]["kind"] for asin in FRENCH_ASINS}
        expect_true(kinds == {"added"}, f"the products came as {kinds}")
        self.console.print_success("The three products that waited have their content:")
        self.console.print_products([newest[asin]["product"] for asin in FRENCH_ASINS])
        shown = newest["list"]["list"]
        items = shown["items"]
        self.console.print_success(
            f"The list {shown['name']} has {len(items)} products. The first three:"
        )
        self.console.print_products(items[:3])

    def _read_changes(self, cursor: str) -> tuple[list[dict[str, Any]], str]:
        """Return all changes after a cursor, and the cursor after them."""
        changes: list[dict[str, Any]] = []
        has_more = True
        while has_more:
            page = self.expect(200, "GET", "/changes", cursor=cursor)
            changes += page["changes"]
            cursor, has_more = page["next_cursor"], page["has_more"]
        return changes, cursor


def _count_filled(newest: dict[str, dict[str, Any]]) -> int:
    """Count the entries that have products."""
    return sum(
        bool(change.get("list", {}).get("items")) or change["kind"] == "added"
        for change in newest.values()
    )
