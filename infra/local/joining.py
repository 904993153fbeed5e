"""The first act: a site signs up and connects its Amazon account, with all the usual mistakes."""

from infra.local.act import Act, holds
from infra.local.client import Reply
from infra.local.fake_amazon.accounts import DEMO_ACCESS_KEY, DEMO_SECRET_KEY
from infra.local.wordpress import WordPress

KEYS = {
    "api": "paapi5",
    "access_key": DEMO_ACCESS_KEY,
    "secret_key": DEMO_SECRET_KEY,
    "partner_tag": "demo-20",
    "marketplace": "US",
}


class Joining(Act):
    """From nothing to the green message."""

    def play(self) -> None:
        """All steps in order."""
        self.sign_up()
        self.marketplaces()
        self.stranger()
        self.short_key()
        self.wrong_secret()
        self.wrong_tag()
        self.wrong_clock()
        self.right_keys()

    def sign_up(self) -> None:
        """A site proves itself and gets its key."""
        with WordPress() as site:
            self.stage.step("A WordPress site signs up", "POST /v1/signup")
            asked = {"site_url": site.url, "email": "owner@example.com"}
            started = self.expect(202, "POST", "/signup", asked)
            site.shows(started["challenge"])
            self.stage.said(f"202: show the token at {started['challenge']['path'][:36]}…")
            self.stage.step(
                "The service fetches the token from the site", "POST /v1/signup/…/verify"
            )
            done = self.expect(201, "POST", f"/signup/{started['signup_id']}/verify")
        self.service.api_key = done["api_key"]
        self.stage.said(
            f"201: {done['site_id']}, api key {done['api_key'][:18]}… (shown this once)"
        )

    def marketplaces(self) -> None:
        """The settings form asks for the locales."""
        self.stage.step("The settings form asks for the locales", "GET /v1/marketplaces")
        shops = self.expect(200, "GET", "/marketplaces")["marketplaces"]
        holds(len(shops) == 22, f"expected 22 marketplaces, got {len(shops)}")  # noqa: PLR2004
        self.stage.said(f"200: {len(shops)} locales, {shops[0]['name']} … {shops[-1]['name']}")

    def stranger(self) -> None:
        """Without a key there is nothing."""
        self.stage.step("Somebody without a key tries to search", "GET /v1/search")
        key, self.service.api_key = self.service.api_key, ""
        answer = self.service.call("GET", "/search", keywords="tea")
        self.service.api_key = key
        self.refused(answer, 401, "api_key_missing")

    def short_key(self) -> None:
        """A key that was not copied whole."""
        self.stage.step("The owner copies only part of the secret key", "POST /v1/validate")
        self.refused(self._validate(secret_key=DEMO_SECRET_KEY[:-1]), 422, "invalid_request")
        holds(self.amazon.calls("SearchItems") == 0, "Amazon was asked about a malformed key")
        self.stage.said("Amazon was not asked.")

    def wrong_secret(self) -> None:
        """A secret key with one wrong letter."""
        self.stage.step("The owner mistypes one letter of the secret key", "POST /v1/validate")
        wrong = "X" + DEMO_SECRET_KEY[1:]
        self.refused(self._validate(secret_key=wrong), 422, "amazon_keys_rejected")

    def wrong_tag(self) -> None:
        """The tag of another marketplace."""
        self.stage.step("The owner takes the tag of another marketplace", "POST /v1/validate")
        answer = self._validate(partner_tag="demo-21")
        self.refused(answer, 422, "amazon_partner_tag_rejected")

    def wrong_clock(self) -> None:
        """Amazon insists that the request is too old."""
        self.stage.step("Amazon insists that our clock is wrong", "POST /v1/validate")
        self.amazon.tell("POST", "faults", {"kind": "expired", "times": 2})
        self.refused(self._validate(), 503, "amazon_clock_skew")

    def right_keys(self) -> None:
        """The right keys, with spaces around; and a clock that is 20 minutes off."""
        self.stage.step("The right keys, pasted with spaces around them", "POST /v1/validate")
        self.amazon.tell("PUT", "clock", {"offset_seconds": 1200})
        done = self._validate(access_key=f"  {DEMO_ACCESS_KEY} ")
        self.amazon.tell("PUT", "clock", {"offset_seconds": 0})
        holds(done.status == 200 and done.json["status"] == "valid", f"not valid: {done.json}")  # noqa: PLR2004
        self.stage.green(f"200: {done.json['message']}")
        self.stage.said("Amazon's clock was 20 minutes ahead: signed again with it, unnoticed.")

    def _validate(self, **changed: str) -> Reply:
        return self.service.call("POST", "/validate", KEYS | changed)
