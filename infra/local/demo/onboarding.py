"""The first act: a site signs up and connects its Amazon account, with all the usual mistakes."""

from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL
from infra.local.stack.client import ServiceResponse
from infra.local.stack.wordpress import WordPress

CREDENTIAL_ID, CREDENTIAL_SECRET, CREDENTIAL_VERSION = DEMO_CREDENTIAL
CREATORS_CREDENTIALS = {
    "api": "creators",
    "credential_id": CREDENTIAL_ID,
    "credential_secret": CREDENTIAL_SECRET,
    "credential_version": CREDENTIAL_VERSION,
    "partner_tag": "demo-20",
    "marketplace": "US",
}


class Joining(DemoStep):
    """From nothing to the green message."""

    def play(self) -> None:
        """All steps in order."""
        self.sign_up()
        self.marketplaces()
        self.stranger()
        self.wrong_form()
        self.wrong_version()
        self.wrong_secret()
        self.wrong_tag()
        self.right_keys()

    def sign_up(self) -> None:
        """A site proves itself and gets its key."""
        with WordPress() as site:
            self.console.step("A WordPress site signs up", "POST /v1/signup")
            asked = {"site_url": site.url, "email": "owner@example.com"}
            started = self.expect(202, "POST", "/signup", asked)
            site.serve_challenge(started["challenge"])
            self.console.said(f"202: show the token at {started['challenge']['path'][:36]}…")
            self.console.step(
                "The service fetches the token from the site", "POST /v1/signup/…/verify"
            )
            done = self.expect(201, "POST", f"/signup/{started['signup_id']}/verify")
        self.service.api_key = done["api_key"]
        self.console.said(
            f"201: {done['site_id']}, api key {done['api_key'][:18]}… (shown this once)"
        )

    def marketplaces(self) -> None:
        """The settings form asks for the locales."""
        self.console.step("The settings form asks for the locales", "GET /v1/marketplaces")
        shops = self.expect(200, "GET", "/marketplaces")["marketplaces"]
        expect_true(len(shops) == 22, f"expected 22 marketplaces, got {len(shops)}")  # noqa: PLR2004
        self.console.said(f"200: {len(shops)} locales, {shops[0]['name']} … {shops[-1]['name']}")

    def stranger(self) -> None:
        """Without a key there is nothing."""
        self.console.step("Somebody without a key tries to search", "GET /v1/search")
        key, self.service.api_key = self.service.api_key, ""
        answer = self.service.call("GET", "/search", keywords="tea")
        self.service.api_key = key
        self.refused(answer, 401, "api_key_missing")

    def wrong_form(self) -> None:
        """The new kind of keys in the form of the old kind."""
        self.console.step("The owner types Creators keys into the PA-API form", "POST /v1/validate")
        form = {
            "api": "paapi5",
            "access_key": CREDENTIAL_ID,
            "secret_key": CREDENTIAL_SECRET,
            "partner_tag": "demo-20",
            "marketplace": "US",
        }
        self.refused(self.service.call("POST", "/validate", form), 422, "invalid_request")

    def wrong_version(self) -> None:
        """A version that cannot belong to the credential."""
        self.console.step("The owner guesses the credential's version", "POST /v1/validate")
        self.refused(self._validate(credential_version="2.1"), 422, "invalid_request")
        expect_true(self.amazon.send("GET", "calls")["calls"] == [], "Amazon was asked in vain")
        self.console.said("Amazon was not asked.")

    def wrong_secret(self) -> None:
        """A secret with one wrong letter."""
        self.console.step("The owner mistypes one letter of the secret", "POST /v1/validate")
        wrong = CREDENTIAL_SECRET[:-1] + "X"
        self.refused(self._validate(credential_secret=wrong), 422, "amazon_keys_rejected")

    def wrong_tag(self) -> None:
        """The tag of another marketplace."""
        self.console.step("The owner takes the tag of another marketplace", "POST /v1/validate")
        answer = self._validate(partner_tag="demo-21")
        self.refused(answer, 422, "amazon_partner_tag_rejected")

    def right_keys(self) -> None:
        """The right keys, with spaces around."""
        self.console.step("The right keys, pasted with spaces around them", "POST /v1/validate")
        done = self._validate(credential_id=f"  {CREDENTIAL_ID} ")
        expect_true(
            done.status == 200 and done.json["status"] == "valid", f"not valid: {done.json}"
        )
        self.console.green(f"200: {done.json['message']}")

    def _validate(self, **changed: str) -> ServiceResponse:
        return self.service.call("POST", "/validate", CREATORS_CREDENTIALS | changed)
