"""Part 6 of the demo: replace the API key, use the sandbox, export, and delete the site."""

import json

from infra.counted_nouns import counted
from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL, DEMO_SECRET_KEY

# The service checks the formats of the keys in the sandbox too.
SANDBOX_CREDENTIALS = {
    "api": "paapi5",
    "access_key": "AKIAMADEUPMADEUPMADE",
    "secret_key": "madeup" * 6 + "made",
    "partner_tag": "made-up-20",
    "marketplace": "US",
}
# The sandbox simulates the error that the search keyword names.
ERROR_KEYWORD = "amazon_throttled"
# ASINs for which the sandbox simulates a hidden price, no offer, and a product that is not found.
SANDBOX_ASINS = {"B0TESTHIDE", "B0TESTNONE", "B0TESTGONE"}


class Offboarding(DemoStep):
    """API key rotation, sandbox, usage, export, and deletion of the site."""

    def run(self) -> None:
        """Run all steps in order."""
        self.replace_api_key()
        self.use_sandbox()
        self.show_usage()
        self.export_data()
        self.delete_site()

    def replace_api_key(self) -> None:
        """Create a new API key and revoke the old one, which stops working immediately."""
        self.console.print_step(
            "Create a new API key and revoke the old one", "POST /v1/keys, DELETE /v1/keys/…"
        )
        old = self.service.api_key
        (entry,) = self.expect(200, "GET", "/keys")["keys"]
        self.service.api_key = self.expect(201, "POST", "/keys", {"overlap_hours": 1})["api_key"]
        self.expect(204, "DELETE", f"/keys/{entry['kid']}")
        new, self.service.api_key = self.service.api_key, old
        self.console.print_info("The old key is rejected:")
        self.expect_problem(self.service.call("GET", "/site"), 401, "api_key_rejected")
        self.service.api_key = new

    def use_sandbox(self) -> None:
        """Use a sandbox key: simulated errors and products, and no calls to Amazon."""
        self.console.print_step("Simulate errors with a sandbox key", "amzl_test_…")
        live = self.service.api_key
        self.service.api_key = self.expect(201, "POST", "/keys", {"mode": "test"})["api_key"]
        self.expect(200, "POST", "/validate", SANDBOX_CREDENTIALS)
        response = self.service.call("GET", "/search", keywords=ERROR_KEYWORD)
        self.expect_problem(response, 503, "amazon_throttled")
        results = self.expect(200, "POST", "/import", {"items": sorted(SANDBOX_ASINS)})["results"]
        rows: Table = [
            (result["asin"], result["status"], result.get("product", {}).get("price_status", ""))
            for result in results
        ]
        self.console.print_table(("ASIN", "import", "price status"), rows)
        self.service.api_key = live
        expect_true(not self._has_sandbox_calls(), "the sandbox sent a call to Amazon")
        self.console.print_info("No call was sent to Amazon.")

    def _has_sandbox_calls(self) -> bool:
        """Return True if Amazon received a call for the sandbox.

        The price sync still runs with the live credentials, so the log is not empty.
        """
        return any(
            call["access_key"] == SANDBOX_CREDENTIALS["access_key"]
            or call["keywords"] == ERROR_KEYWORD
            or not SANDBOX_ASINS.isdisjoint(call["item_ids"])
            for call in self.amazon.calls()
        )

    def show_usage(self) -> None:
        """Show usage and limits."""
        self.console.print_step("Show usage and limits", "GET /v1/usage")
        usage = self.expect(200, "GET", "/usage")
        rows: Table = [
            (name, str(usage[name]["used"]), str(usage[name]["limit"]))
            for name in ("calls", "validations", "jobs", "products")
        ]
        self.console.print_table(("limit", "used", "maximum"), rows)

    def export_data(self) -> None:
        """Export the site's data."""
        self.console.print_step("Export the site's data", "GET /v1/export")
        page = self.expect(200, "GET", "/export")
        secrets = (DEMO_CREDENTIAL[1], DEMO_SECRET_KEY, self.service.api_key)
        text = json.dumps(page)
        expect_true(not any(s in text for s in secrets), "the export contains a secret")
        parts = {"products": "product", "lists": "list", "connections": "connection"}
        counts = [counted(len(page[part]), noun) for part, noun in parts.items()]
        self.console.print_info(
            f"200: the settings of the site, {', '.join(counts)}, and "
            f"{counted(len(page['keys']), 'API key')}."
        )
        self.console.print_info(
            "Credentials and API keys are described without their secrets (checked)."
        )

    def delete_site(self) -> None:
        """Delete the site: first without the required confirmation, then with it."""
        self.console.print_step("Delete the site", "DELETE /v1/site")
        response = self.service.call("DELETE", "/site")
        self.expect_problem(response, 422, "invalid_request")
        host = self.expect(200, "GET", "/site")["site_url"].partition("://")[2]
        self.expect(202, "DELETE", "/site", confirm=host)
        self.console.print_info("202 with confirmation; the API key is rejected from now on:")
        self.expect_problem(self.service.call("GET", "/site"), 401, "api_key_rejected")
        self.console.print_success("The site is deleted. Its rows are purged in the background.")
