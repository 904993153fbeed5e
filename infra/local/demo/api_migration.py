"""The fourth act: a second marketplace with PA-API keys, which Amazon retires."""

from typing import Any

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY

BOOKS = ["B0DEMO0101", "B0DEMO0102"]
OLD_KEYS = {
    "api": "paapi5",
    "access_key": DEMO_ACCESS_KEY,
    "secret_key": DEMO_SECRET_KEY,
    "partner_tag": "demo-21",
    "marketplace": "DE",
}


class Moving(DemoStep):
    """From PA-API to the Creators API without losing anything."""

    def play(self) -> None:
        """All steps in order."""
        self.old_keys()
        self.retired()
        self.new_keys()
        self.go_on()

    def old_keys(self) -> None:
        """PA-API keys of an account in Germany; Amazon's clock is 20 minutes ahead."""
        self.console.step("A second marketplace, with PA-API keys", "POST /v1/validate")
        self.amazon.send("PUT", f"accounts/{DEMO_ACCESS_KEY}", {"owner": "in Germany"})
        self.amazon.send("PUT", "clock", {"offset_seconds": 1200})
        done = self.expect(200, "POST", "/validate", OLD_KEYS)
        expect_true(done["status"] == "valid", f"not valid: {done}")
        self.amazon.send("PUT", "clock", {"offset_seconds": 0})
        self.console.green(f"200: {done['message']}")
        self.console.said("Amazon's clock was 20 minutes ahead: signed again with it, unnoticed.")
        wish = {"items": BOOKS, "marketplace": "DE"}
        results = self.expect(200, "POST", "/import", wish)["results"]
        self.console.products([result["product"] for result in results])
        self.before = self._products()
        self.cursor = self._cursor()

    def retired(self) -> None:
        """Amazon's answer since May 2026."""
        self.console.step("Amazon retires PA-API for this account", "GET /v1/search?marketplace=DE")
        self.amazon.send("PUT", f"accounts/{DEMO_ACCESS_KEY}", {"state": "retired"})
        answer = self.service.call("GET", "/search", keywords="tee", marketplace="DE")
        self.refused(answer, 424, "amazon_paapi_retired")
        expect_true(self._connection()["state"] == "retired", "the connection is not retired")

    def new_keys(self) -> None:
        """The owner does as told."""
        self.console.step("The owner enters Creators keys for Germany", "POST /v1/validate")
        new = CREATORS_CREDENTIALS | {"partner_tag": "demo-21", "marketplace": "DE"}
        done = self.expect(200, "POST", "/validate", new)
        self.console.green(f"200: {done['message']}")
        expect_true(self._connection()["api"] == "creators", "the old keys are still there")

    def go_on(self) -> None:
        """Same products, same feed, fresh prices."""
        self.console.step("The sync goes on with the new keys", "GET /v1/changes?cursor=…")
        seen = self._checked_at()
        self.expect(202, "POST", "/sync")
        self.scheduler.trigger()
        self.watch(
            self._checked_at,
            lambda checked: (int(checked > seen), 1, "refreshed"),
            lambda checked: checked > seen,
        )
        news = self.expect(200, "GET", "/changes", cursor=self.cursor)["changes"]
        expect_true(news == [], f"the move looks like changes: {news}")
        expect_true(self._products() == self.before, "the products are not the same")
        self.console.said(
            f"{len(BOOKS)} products refreshed; the same as before, nothing to announce"
        )

    def _connection(self) -> Any:
        shown = self.expect(200, "GET", "/connections")["connections"]
        return next(one for one in shown if one["marketplace"] == "DE")

    def _products(self) -> list[Any]:
        listed = self.expect(200, "GET", "/products", marketplace="DE")["products"]
        return [[one["asin"], one["title"], one["url"], one.get("price")] for one in listed]

    def _cursor(self) -> str:
        cursor: str = ""
        while True:
            page = self.expect(200, "GET", "/changes", cursor=cursor)
            cursor = str(page["next_cursor"])
            if not page["has_more"]:
                return cursor

    def _checked_at(self) -> str:
        return str(self.expect(200, "GET", "/changes")["checked_at"]["DE"])
