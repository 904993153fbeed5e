"""Part 1 of the demo: a site signs up and connects its Amazon account."""

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
MARKETPLACE_COUNT = 22


class Onboarding(DemoStep):
    """Sign-up, typical mistakes in the credentials form, and a valid connection."""

    def run(self) -> None:
        """Run all steps in order."""
        self.sign_up()
        self.list_marketplaces()
        self.search_without_api_key()
        self.validate_creators_credentials_as_paapi()
        self.validate_wrong_version()
        self.validate_wrong_secret()
        self.validate_wrong_tag()
        self.validate_correct_credentials()

    def sign_up(self) -> None:
        """Sign up a site, serve its challenge, and store the API key."""
        with WordPress() as site:
            self.console.print_step("Sign up a site", "POST /v1/signup")
            body = {"site_url": site.url, "email": "owner@example.com"}
            signup = self.expect(202, "POST", "/signup", body)
            site.serve_challenge(signup["challenge"])
            self.console.print_info(f"202: serve the token at {signup['challenge']['path'][:36]}…")
            self.console.print_step(
                "Verify the site: the service fetches the token", "POST /v1/signup/…/verify"
            )
            secret = {"signup_secret": signup["signup_secret"]}
            verified = self.expect(201, "POST", f"/signup/{signup['signup_id']}/verify", secret)
        self.service.api_key = verified["api_key"]
        self.console.print_info(
            f"201: site {verified['site_id']}, API key {verified['api_key'][:18]}… (shown only now)"
        )

    def list_marketplaces(self) -> None:
        """List the marketplaces for the settings form."""
        self.console.print_step(
            "List the marketplaces for the settings form", "GET /v1/marketplaces"
        )
        shown = self.expect(200, "GET", "/marketplaces")["marketplaces"]
        expect_true(len(shown) == MARKETPLACE_COUNT, f"{len(shown)} marketplaces")
        self.console.print_info(
            f"200: {len(shown)} marketplaces, {shown[0]['name']} to {shown[-1]['name']}"
        )

    def search_without_api_key(self) -> None:
        """Search without an API key, which the gateway rejects."""
        self.console.print_step("Search without an API key", "GET /v1/search")
        api_key, self.service.api_key = self.service.api_key, ""
        response = self.service.call("GET", "/search", keywords="tea")
        self.service.api_key = api_key
        self.expect_problem(response, 401, "api_key_rejected")

    def validate_creators_credentials_as_paapi(self) -> None:
        """Validate a Creators API credential as PA-API keys."""
        self.console.print_step(
            "Validate Creators API credentials as PA-API keys", "POST /v1/validate"
        )
        body = {
            "api": "paapi5",
            "access_key": CREDENTIAL_ID,
            "secret_key": CREDENTIAL_SECRET,
            "partner_tag": "demo-20",
            "marketplace": "US",
        }
        self.expect_problem(self.service.call("POST", "/validate", body), 422, "invalid_request")

    def validate_wrong_version(self) -> None:
        """Validate with a version that the format of the credential ID excludes."""
        self.console.print_step("Validate credentials with a wrong version", "POST /v1/validate")
        before = len(self.amazon.calls())
        response = self._validate(credential_version="2.1")
        self.expect_problem(response, 422, "invalid_request")
        calls = len(self.amazon.calls()) - before
        expect_true(calls == 0, f"the service sent {calls} calls to Amazon")
        self.console.print_info("No call was sent to Amazon.")

    def validate_wrong_secret(self) -> None:
        """Validate with a secret that ends in a wrong character."""
        self.console.print_step("Validate credentials with a wrong secret", "POST /v1/validate")
        response = self._validate(credential_secret=CREDENTIAL_SECRET[:-1] + "X")
        self.expect_problem(response, 422, "amazon_keys_rejected")

    def validate_wrong_tag(self) -> None:
        """Validate with the partner tag of another marketplace."""
        self.console.print_step(
            "Validate credentials with another marketplace's tag", "POST /v1/validate"
        )
        response = self._validate(partner_tag="demo-21")
        self.expect_problem(response, 422, "amazon_partner_tag_rejected")

    def validate_correct_credentials(self) -> None:
        """Validate the correct credentials, with spaces that the service removes."""
        self.console.print_step(
            "Validate correct credentials, pasted with spaces", "POST /v1/validate"
        )
        response = self._validate(credential_id=f"  {CREDENTIAL_ID} ")
        is_valid = response.status == 200 and response.json["status"] == "valid"  # noqa: PLR2004
        expect_true(is_valid, f"the credentials are not valid: {response.json}")
        self.console.print_success(f"200: {response.json['message']}")

    def _validate(self, **changes: str) -> ServiceResponse:
        return self.service.call("POST", "/validate", CREATORS_CREDENTIALS | changes)
