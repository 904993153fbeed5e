"""Part 4 of the demo: PA-API keys for a second marketplace, replaced after Amazon retires them."""

from typing import Any

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY

BOOK_ASINS = ["B0DEMO0101", "B0DEMO0102"]
PAAPI_CREDENTIALS = {
    "api": "paapi5",
    "access_key": DEMO_ACCESS_KEY,
    "secret_key": DEMO_SECRET_KEY,
    "partner_tag": "demo-21",
    "marketplace": "DE",
}
CLOCK_OFFSET_SECONDS = 1200


class ApiMigration(DemoStep):
    """A move from PA-API to the Creators API that keeps products and change feed."""

    def run(self) -> None:
        """Run all steps in order."""
        self.connect_paapi()
        self.retire_paapi()
        self.connect_creators_api()
        self.sync_with_new_credentials()

    def connect_paapi(self) -> None:
        """Connect Germany with PA-API keys while Amazon's clock is 20 minutes ahead."""
        self.console.print_step(
            "Connect a second marketplace with PA-API keys", "POST /v1/validate"
        )
        self.amazon.send("PUT", f"accounts/{DEMO_ACCESS_KEY}", {"owner": "in Germany"})
        self.amazon.send("PUT", "clock", {"offset_seconds": CLOCK_OFFSET_SECONDS})
        result = self.expect(200, "POST", "/validate", PAAPI_CREDENTIALS)
        expect_true(result["status"] == "valid", f"the keys are not valid: {result}")
        self.amazon.send("PUT", "clock", {"offset_seconds": 0})
        self.console.print_success(f"200: {result['message']}")
        self.console.print_info(
            "Amazon's clock was 20 minutes ahead; the service signed again with it."
        )
        body = {"items": BOOK_ASINS, "marketplace": "DE"}
        results = self.expect(200, "POST", "/import", body)["results"]
        self.console.print_products([result["product"] for result in results])
        self.before = self._products()
        self.cursor = self._last_cursor()

    def retire_paapi(self) -> None:
        """Retire PA-API for the account and search."""
        self.console.print_step(
            "Search after Amazon retired PA-API", "GET /v1/search?marketplace=DE"
        )
        self.amazon.send("PUT", f"accounts/{DEMO_ACCESS_KEY}", {"state": "retired"})
        response = self.service.call("GET", "/search", keywords="tee", marketplace="DE")
        self.expect_problem(response, 424, "amazon_paapi_retired")
        expect_true(self._connection()["state"] == "retired", "the connection is not retired")

    def connect_creators_api(self) -> None:
        """Connect Germany with Creators API credentials."""
        self.console.print_step(
            "Connect Germany with Creators API credentials", "POST /v1/validate"
        )
        body = CREATORS_CREDENTIALS | {"partner_tag": "demo-21", "marketplace": "DE"}
        result = self.expect(200, "POST", "/validate", body)
        self.console.print_success(f"200: {result['message']}")
        expect_true(self._connection()["api"] == "creators", "the connection still uses PA-API")

    def sync_with_new_credentials(self) -> None:
        """Refresh the products; neither they nor the change feed differ from before."""
        self.console.print_step("Run the price sync with the new credentials", "PriceSyncFunction")
        last_checked_at = self._checked_at()
        self.expect(202, "POST", "/sync")
        self.scheduler.trigger()
        self.poll(
            self._checked_at,
            lambda checked_at: (int(checked_at > last_checked_at), 1, "marketplaces refreshed"),
            lambda checked_at: checked_at > last_checked_at,
        )
        changes = self.expect(200, "GET", "/changes", cursor=self.cursor)["changes"]
        expect_true(changes == [], f"the migration caused changes: {changes}")
        expect_true(self._products() == self.before, "the products differ from before")
        self.console.print_info(
            f"{len(BOOK_ASINS)} products refreshed and unchanged; the change feed is empty."
        )

    def _connection(self) -> Any:
        connections = self.expect(200, "GET", "/connections")["connections"]
        return next(entry for entry in connections if entry["marketplace"] == "DE")

    def _products(self) -> list[Any]:
        products = self.expect(200, "GET", "/products", marketplace="DE")["products"]
        return [[p["asin"], p["title"], p["url"], p.get("price")] for p in products]

    def _last_cursor(self) -> str:
        cursor: str = ""
        while True:
            page = self.expect(200, "GET", "/changes", cursor=cursor)
            cursor = str(page["next_cursor"])
            if not page["has_more"]:
                return cursor

    def _checked_at(self) -> str:
        return str(self.expect(200, "GET", "/changes")["checked_at"]["DE"])
