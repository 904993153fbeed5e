"""The last act: another key, the sandbox, and a site that leaves with everything."""

from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true

MADE_UP = {
    "api": "paapi5",
    "access_key": "AKIAMADEUPMADEUPMADE",
    "secret_key": "madeup" * 6 + "made",
    "partner_tag": "made-up-20",
    "marketplace": "US",
}
ERROR_ON_DEMAND = "amazon_throttled"
SANDBOX_ITEMS = {"B0TESTHIDE", "B0TESTNONE", "B0TESTGONE"}


class Leaving(DemoStep):
    """Keys come and go; then the site does."""

    def play(self) -> None:
        """All steps in order."""
        self.roll()
        self.sandbox()
        self.usage()
        self.export()
        self.leave()

    def roll(self) -> None:
        """A new key; the old one ends at once."""
        self.console.step(
            "The owner suspects the key has leaked", "POST /v1/keys, DELETE /v1/keys/…"
        )
        old = self.service.api_key
        (held,) = self.expect(200, "GET", "/keys")["keys"]
        self.service.api_key = self.expect(201, "POST", "/keys", {"overlap_hours": 1})["api_key"]
        self.expect(204, "DELETE", f"/keys/{held['kid']}")
        new, self.service.api_key = self.service.api_key, old
        self.refused(self.service.call("GET", "/site"), 403, "api_key_rejected")
        self.service.api_key = new

    def sandbox(self) -> None:
        """A test key: each error on demand, nothing asked of Amazon."""
        self.console.step("The plugin's author tries errors out with a test key", "amzl_test_…")
        live = self.service.api_key
        self.service.api_key = self.expect(201, "POST", "/keys", {"mode": "test"})["api_key"]
        self.expect(200, "POST", "/validate", MADE_UP)
        answer = self.service.call("GET", "/search", keywords=ERROR_ON_DEMAND)
        self.refused(answer, 503, "amazon_throttled")
        results = self.expect(200, "POST", "/import", {"items": sorted(SANDBOX_ITEMS)})["results"]
        rows: Table = [
            (one["asin"], one["status"], one.get("product", {}).get("price_status", ""))
            for one in results
        ]
        self.console.table(("ASIN", "import", "price"), rows)
        self.service.api_key = live
        expect_true(not self._amazon_was_asked_for_it(), "the sandbox asked Amazon")
        self.console.said("Amazon was not asked.")

    def _amazon_was_asked_for_it(self) -> bool:
        """Whether a call was the sandbox's: the price sync goes on beside it with the live key."""
        return any(
            call["access_key"] == MADE_UP["access_key"]
            or call["keywords"] == ERROR_ON_DEMAND
            or not SANDBOX_ITEMS.isdisjoint(call["item_ids"])
            for call in self.amazon.send("GET", "calls")["calls"]
        )

    def usage(self) -> None:
        """What was used."""
        self.console.step("How much was used?", "GET /v1/usage")
        used = self.expect(200, "GET", "/usage")
        rows: Table = [
            (name, str(used[name]["used"]), str(used[name]["limit"]))
            for name in ("calls", "validations", "jobs", "products")
        ]
        self.console.table(("", "used", "of"), rows)

    def export(self) -> None:
        """Everything there is."""
        self.console.step("The owner takes everything out", "GET /v1/export")
        page = self.expect(200, "GET", "/export")
        self.console.said(f"{len(page['products'])} products, {len(page['keys'])} key, no secret")

    def leave(self) -> None:
        """A confirmation, and then nothing is left."""
        self.console.step("The owner leaves", "DELETE /v1/site")
        refused = self.service.call("DELETE", "/site")
        self.refused(refused, 422, "invalid_request")
        host = self.expect(200, "GET", "/site")["site_url"].partition("://")[2]
        self.expect(202, "DELETE", "/site", confirm=host)
        self.refused(self.service.call("GET", "/site"), 403, "api_key_rejected")
        self.console.green("The key is nobody's any more. A worker erases the rows.")
