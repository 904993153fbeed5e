"""The errors that Amazon reports: one class per row of the error table.

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

Amazon's 401, 403, and 429 are never returned with the same status: in our API, these statuses
concern the API key of the site and our own limits only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from amzlinkr.domain.errors import AmzlinkrError


@dataclass(frozen=True, slots=True)
class Upstream:
    """The origin of an error: Amazon's service, HTTP status, error code, and request ID."""

    service: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None


class AmazonError(AmzlinkrError):
    """An error that Amazon reported, or a failed call to Amazon.

    `amazon_codes` are the upstream codes that map to the class (PA-API 5.0 documentation and
    Creators API documentation, error pages; AWS documentation, "Common errors").
    """

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


TOKEN_SERVICE = "creators_token"  # noqa: S105 - a name, not a password
"""The `Upstream.service` of the services that issue Creators API tokens."""
CREATORS_KEYS_ACTION = (
    "Copy the credential ID and the secret again, without spaces before or after them, and check "
    "the version that is shown beside them in Amazon Associates Central (Tools → Creators API). "
    "The last digit of the version is the region: 1 for North America, 2 for Europe, the Middle "
    "East, and India, 3 for the Far East. If that does not help, create a new credential."
)
"""The action for a credential that the Creators API or a token service rejects."""
CREATORS_ACCESS_ACTION = (
    "Sign in to Amazon Associates Central as the primary owner of the account and open Tools → "
    "Creators API. Make sure that the application of this credential is active and belongs to the "
    "store of your Associate tag. A new credential can take up to 48 hours to work."
)
"""The action for a credential without access to the Creators API."""


class AmazonKeysRejected(AmazonError):
    """A wrong key ID or secret, or a wrong version of a Creators API credential."""

    status = 422
    code = "amazon_keys_rejected"
    title = "Amazon does not accept these keys"
    default_action = (
        "Copy the full access key and secret key again, without spaces before or after them. "
        "If that does not help, create a new pair in Amazon Associates Central."
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
            "invalid_grant",
            "InvalidClient",
            "UnsupportedClient",
            "InvalidToken",
            "TokenExpired",
            "ExpiredToken",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "InvalidIssuer",
            "MissingClaim",
            "MissingKeyId",
            "MissingCredential",
        }
    )


class AmazonPartnerTagRejected(AmazonError):
    """A tag that does not belong to these keys in this marketplace."""

    status = 422
    code = "amazon_partner_tag_rejected"
    title = "Amazon does not accept this Associate tag"
    default_action = (
        "Use the Associate tag (tracking ID) of the same account and the same marketplace as "
        "the keys."
    )
    amazon_codes = frozenset({"InvalidPartnerTag", "InvalidAssociate"})


class AmazonThrottled(AmazonError):
    """An account that exceeded its call rate or daily budget, or has no budget yet."""

    status = 503
    code = "amazon_throttled"
    title = "The account has reached Amazon's request limit"
    retryable = True
    default_action = (
        "Wait a moment. Amazon initially allows an account 1 request per second. If this was the "
        "very first request: new keys take up to 48 hours to work, and accounts without recent "
        "sales get no requests."
    )
    amazon_codes = frozenset(
        {
            "TooManyRequests",
            "ThrottleException",
            "Throttling",
            "ThrottlingException",
            "RequestThrottled",
            "Throttled",
            "RequestLimitExceeded",
            "LimitExceeded",
            "QuotaExceeded",
            "ServiceQuotaExceeded",
            "slow_down",
        }
    )


class AmazonClockSkew(AmazonError):
    """A request that Amazon reports as expired even though it was signed with Amazon's time."""

    status = 503
    code = "amazon_clock_skew"
    title = "Amazon rejected the time of the request"
    retryable = True
    default_action = "Nothing is wrong with your keys. Try again in a minute."
    amazon_codes = frozenset({"RequestExpired", "RequestTimeTooSkewed"})


class AmazonAccessDenied(AmazonError):
    """Keys that exist but have no access to the product API."""

    status = 424
    code = "amazon_access_denied"
    title = "These keys have no access to Amazon's product API"
    default_action = (
        "Sign in to Amazon Associates Central as the primary owner of the account and apply for "
        "API access under Tools. Keys from the AWS console (IAM) do not work."
    )
    amazon_codes = frozenset(
        {
            "AccessDenied",
            "UnauthorizedAccess",
            "AccessDeniedAwsUsers",
            "AuthorizationFailed",
            "NotAuthorized",
            "OptInRequired",
            "Forbidden",
        }
    )


class AmazonNotEligible(AmazonError):
    """An account with too few qualified sales for API access."""

    status = 424
    code = "amazon_not_eligible"
    title = "This account is not eligible for Amazon's API"
    default_action = (
        "Amazon requires 10 qualified sales in the last 30 days. Amazon restores access "
        "automatically about two days after the sales ship. The keys remain stored, and the "
        "service tries them again."
    )
    amazon_codes = frozenset({"AssociateNotEligible"})


class AmazonPaapiRetired(AmazonError):
    """A response of PA-API 5.0 since its retirement in May 2026: of the API or of its host."""

    status = 424
    code = "amazon_paapi_retired"
    title = "Amazon has retired PA-API 5.0 for this account"
    default_action = (
        "Create Creators API credentials in Amazon Associates Central (Tools → Creators API) and "
        "enter their ID, secret, and version here for the same marketplace. Your products and the "
        "change feed do not change. PA-API keys no longer work."
    )


class AmazonRejectedRequest(AmazonError):
    """A request with valid keys and an invalid parameter: a category, a language, or a node."""

    status = 422
    code = "amazon_rejected_request"
    title = "Amazon does not accept this request"
    default_action = "Change the category, sorting, or filter that the detail names, and try again."
    amazon_codes = frozenset(
        {
            "InvalidParameterValue",
            "MissingParameter",
            "ValidationException",
            "ValidationError",
            "UnknownOperation",
            "FieldValidationFailed",
            "CannotParse",
        }
    )


class AmazonUnavailable(AmazonError):
    """A timeout, a server error, or a response that cannot be decoded."""

    status = 503
    code = "amazon_unavailable"
    title = "Amazon is temporarily unavailable"
    retryable = True
    default_action = "No data was lost. Try again in a few minutes."
    amazon_codes = frozenset(
        {
            "InternalFailure",
            "InternalServerException",
            "InternalServerError",
            "InternalError",
            "RequestTimeout",
            "ServiceUnavailable",
            "server_error",
            "temporarily_unavailable",
        }
    )
