"""What Amazon can answer instead of products: the error table, one class a row.

    AmazonError
    ├── AmazonKeysRejected        422 amazon_keys_rejected
    ├── AmazonPartnerTagRejected  422 amazon_partner_tag_rejected
    ├── AmazonThrottled           503 amazon_throttled
    ├── AmazonClockSkew           503 amazon_clock_skew
    ├── AmazonAccessDenied        424 amazon_access_denied
    ├── AmazonNotEligible         424 amazon_not_eligible
    ├── AmazonPaapiRetired        424 amazon_paapi_retired
    ├── AmazonRejectedRequest     422 amazon_rejected_request
    └── AmazonUnavailable         503 amazon_unavailable

Amazon's 401, 403 and 429 never become ours: those speak of the api key and our own limits only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from amzlinkr.domain.errors import AmzlinkrError


@dataclass(frozen=True, slots=True)
class Upstream:
    """Amazon's own words: which service, its HTTP status, its code and its request id."""

    service: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None


class AmazonError(AmzlinkrError):
    """Amazon refused or failed. `amazon_codes`: the codes of PA-API 5.0's and the Creators API's
    error pages, and of AWS's common errors, that mean this row."""

    amazon_codes: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        detail: str = "",
        action: str | None = None,
        retry_after: int | None = None,
        upstream: Upstream | None = None,
    ) -> None:
        super().__init__(detail, action, retry_after)
        self.upstream = upstream


TOKEN_SERVICE = "creators_token"  # noqa: S105 - a name, no password
"""How the services that issue the Creators API's tokens are named in `Upstream`."""
CREATORS_KEYS = (
    "Copy the credential id and secret again, without spaces before or after them, and check the "
    "version that stands beside them in Amazon Associates Central (Tools → Creators API): its last "
    "digit is the region, 1 for North America, 2 for Europe, the Middle East and India, 3 for the "
    "Far East. If that does not help, make a new credential."
)
"""What to do when the Creators API or its token services refuse a credential."""


class AmazonKeysRejected(AmazonError):
    """The keys are not right: the id, the secret, or a Creators credential's version."""

    status = 422
    code = "amazon_keys_rejected"
    title = "Amazon does not accept these keys"
    default_action = (
        "Copy the full access key and secret key again, without spaces before or after them. "
        "If that does not help, make a new pair in Amazon Associates Central."
    )
    amazon_codes = frozenset(
        {
            "InvalidSignature",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "UnrecognizedClient",
            "InvalidAccessKeyId",
            "invalid_client",
            "unauthorized_client",
            "invalid_scope",
            "InvalidClient",
            "UnsupportedClient",
            "InvalidToken",
            "TokenExpired",
            "InvalidIssuer",
            "MissingClaim",
            "MissingKeyId",
            "MissingCredential",
        }
    )


class AmazonPartnerTagRejected(AmazonError):
    """The tag does not belong to these keys in this marketplace."""

    status = 422
    code = "amazon_partner_tag_rejected"
    title = "Amazon does not accept this Associate tag"
    default_action = (
        "Use the Associate tag (tracking id) of the same account and the same marketplace as "
        "the keys."
    )
    amazon_codes = frozenset({"InvalidPartnerTag", "InvalidAssociate"})


class AmazonThrottled(AmazonError):
    """The account's own rate or daily budget is used up, or not there yet."""

    status = 503
    code = "amazon_throttled"
    title = "Amazon's limit for this account is reached"
    retryable = True
    default_action = (
        "Wait a moment: Amazon allows an account 1 request a second at first. If it was the very "
        "first request, new keys take up to 48 hours to work, and accounts without recent sales "
        "have no requests."
    )
    amazon_codes = frozenset(
        {
            "TooManyRequests",
            "ThrottleException",
            "Throttling",
            "ThrottlingException",
            "RequestThrottled",
            "slow_down",
        }
    )


class AmazonClockSkew(AmazonError):
    """Amazon still calls the request expired after it was signed with Amazon's own clock."""

    status = 503
    code = "amazon_clock_skew"
    title = "Amazon and this service disagree about the time"
    retryable = True
    default_action = "Nothing is wrong with your keys. Try again in a minute."
    amazon_codes = frozenset({"RequestExpired"})


class AmazonAccessDenied(AmazonError):
    """The keys exist, but have no access to the product API."""

    status = 424
    code = "amazon_access_denied"
    title = "These keys have no access to Amazon's product API"
    default_action = (
        "Sign in to Amazon Associates Central with the account's primary owner and apply for API "
        "access under Tools; keys from the AWS console (IAM) do not work."
    )
    amazon_codes = frozenset(
        {"AccessDenied", "UnauthorizedAccess", "AccessDeniedAwsUsers", "AuthorizationFailed"}
    )


class AmazonNotEligible(AmazonError):
    """The account has too few qualified sales for API access."""

    status = 424
    code = "amazon_not_eligible"
    title = "Amazon has paused this account's API access"
    retryable = True
    default_action = (
        "Amazon asks for 10 qualified sales in the last 30 days. Access comes back by itself about "
        "two days after the sales ship; the keys stay stored and are tried again."
    )
    amazon_codes = frozenset({"AssociateNotEligible"})


class AmazonPaapiRetired(AmazonError):
    """PA-API 5.0's answer since 2026-05: deprecated."""

    status = 424
    code = "amazon_paapi_retired"
    title = "Amazon has retired PA-API 5.0 for this account"
    default_action = (
        "Make Creators API credentials in Amazon Associates Central (Tools → Creators API) and "
        "enter their id, secret and version here for the same marketplace: your products and the "
        "change feed stay as they are. PA-API keys no longer work."
    )


class AmazonRejectedRequest(AmazonError):
    """Amazon understood the keys, but not the request: a category, a language, a node."""

    status = 422
    code = "amazon_rejected_request"
    title = "Amazon does not accept this request"
    default_action = "Change the category, sorting or filter that the detail names, and try again."
    amazon_codes = frozenset(
        {
            "InvalidParameterValue",
            "MissingParameter",
            "ValidationException",
            "UnknownOperation",
            "FieldValidationFailed",
            "CannotParse",
        }
    )


class AmazonUnavailable(AmazonError):
    """Timeouts, server errors and answers that cannot be read."""

    status = 503
    code = "amazon_unavailable"
    title = "Amazon does not answer properly right now"
    retryable = True
    default_action = "Nothing is lost. Try again in a few minutes."
    amazon_codes = frozenset(
        {
            "InternalFailure",
            "InternalServerException",
            "ServiceUnavailable",
            "server_error",
            "temporarily_unavailable",
        }
    )
