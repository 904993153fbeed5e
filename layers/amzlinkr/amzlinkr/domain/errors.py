"""The errors of the service: one class per problem, with the HTTP status and the advice to show.

    AmzlinkrError
    ├── BadRequest                400 bad_request
    ├── InvalidRequest            422 invalid_request        a field is wrong; `field` names it
    │   └── ShortLink             422 short_link             `amzlinkr.domain.product_errors`
    ├── InvalidCursor             400 invalid_cursor
    ├── CursorTooOld              410 cursor_too_old         tombstones since then may be deleted
    ├── BodyTooLarge              413 body_too_large
    ├── NotFound                  404 not_found
    ├── NotAccessible             404 not_accessible         `amzlinkr.domain.product_errors`
    ├── ApiKeyMissing             401 api_key_missing
    ├── ApiKeyRejected            401 api_key_rejected       unknown, or ended during the request
    ├── ScopeInsufficient         403 scope_insufficient     `amzlinkr.domain.scopes`
    ├── SiteSuspended             403 site_suspended
    ├── TooManyKeys               409 too_many_keys
    ├── RateLimited               429 rate_limited           our own limits, never Amazon's
    ├── ProductLimitReached       409 product_limit_reached
    ├── IdempotencyMismatch       422 idempotency_mismatch
    ├── NotConnected              409 not_connected          the marketplace has no connection
    ├── ConnectionLimitReached    409 connection_limit_reached  `amzlinkr.domain.connection_errors`
    ├── ConnectionHasCredentials  409 connection_has_credentials, in the same module
    ├── AmazonNoCredentials       424 amazon_no_credentials     in the same module
    ├── ListLimitReached          409 list_limit_reached     `amzlinkr.domain.lists`
    ├── SignupExpired             404 signup_not_found       `amzlinkr.domain.sign_up_errors`
    ├── InviteRequired            403 invite_required        `amzlinkr.domain.sign_up_errors`
    ├── InviteUsed                422 invite_used            `amzlinkr.domain.sign_up_errors`
    ├── SiteNotProven             422 site_not_proven        `amzlinkr.domain.sign_up_errors`
    ├── ServiceReadOnly           503 service_read_only      `amzlinkr.domain.service_switches`
    ├── StoreUnavailable          503 store_unavailable
    ├── InternalError             500 internal_error
    └── AmazonError               Amazon refused or failed: see `amzlinkr.domain.amazon_errors`

Each class fixes status, code, title, default action, and `retryable`. Messages have no secrets.
"""

from __future__ import annotations

from typing import ClassVar

from amzlinkr.domain.limits import LimitUsage


class AmzlinkrError(Exception):
    """A refusal or failure with a stable `code` and an `action` for the site owner."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "An error occurred in the service"
    retryable: ClassVar[bool] = False
    default_action: ClassVar[str] = (
        "Try again. If the problem persists, contact support with the request ID."
    )
    is_fault: bool = False
    """Whether the service failed. A refusal is the expected response to what the client sent."""

    def __init__(
        self, detail: str = "", action: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.action = action or self.default_action
        self.retry_after = retry_after


class InternalError(AmzlinkrError):
    """A fault in the service. The details are in the log and never in the response."""

    retryable = True
    is_fault = True


class BadRequest(AmzlinkrError):
    """A request that cannot be decoded."""

    status = 400
    code = "bad_request"
    title = "The request could not be read"
    default_action = "Check the URL and the request against the API documentation."


class InvalidRequest(AmzlinkrError):
    """A field that is missing or wrong. `errors` has all of the request, with their details."""

    status = 422
    code = "invalid_request"
    title = "The request is not valid"
    default_action = "Correct the named field and send the request again."

    def __init__(self, field: str, detail: str, action: str | None = None) -> None:
        super().__init__(detail, action)
        self.field = field
        self.errors = [(field, self.detail)]

    def add(self, other: InvalidRequest) -> None:
        """Name the wrong fields of another problem in `errors`, after the own one."""
        named = {field for field, _ in self.errors}
        self.errors += [error for error in other.errors if error[0] not in named]


class InvalidCursor(AmzlinkrError):
    """A cursor that was changed, or that belongs to another site or another list."""

    status = 400
    code = "invalid_cursor"
    title = "The cursor is not valid"
    default_action = "Omit the cursor to start from the beginning."
    field = "cursor"


class CursorTooOld(AmzlinkrError):
    """A feed cursor so old that tombstones after it may already be deleted."""

    status = 410
    code = "cursor_too_old"
    title = "The cursor is too old"
    default_action = (
        "Read the feed from the beginning, without a cursor, and delete the products that it does "
        "not contain."
    )
    field = "cursor"


class BodyTooLarge(AmzlinkrError):
    """A request body over 64 KB."""

    status = 413
    code = "body_too_large"
    title = "The request body is too large"
    default_action = "Send at most 64 KB. Split a long import into several requests."


class NotFound(AmzlinkrError):
    """A resource that does not exist for this site; foreign resources are reported the same way."""

    # Not 403 for a foreign resource: that would reveal that it exists.
    status = 404
    code = "not_found"
    title = "Not found"
    default_action = "Check the URL. The resource may have been removed."


class ApiKeyMissing(AmzlinkrError):
    """A request without an API key, or with a malformed one."""

    status = 401
    code = "api_key_missing"
    title = "The API key is missing or incomplete"
    default_action = (
        "Send the complete API key of the site in the header 'Authorization: Bearer <api key>'. "
        "If you already did, copy the API key again."
    )


class ApiKeyRejected(AmzlinkrError):
    """An API key that belongs to no site, or no longer does."""

    status = 401
    code = "api_key_rejected"
    title = "The API key is unknown, expired, or revoked"
    default_action = (
        "Use another API key of this site, or sign up the site again. The site then gets a new API "
        "key and keeps its products, but the Amazon keys must be entered again."
    )


class SiteSuspended(AmzlinkrError):
    """A site on a host that the operator suspended; export and deletion still work."""

    status = 403
    code = "site_suspended"
    title = "This site is suspended"
    default_action = (
        "Contact the operator of this service. You can still export the data and delete the site."
    )


class TooManyKeys(AmzlinkrError):
    """A request for a third API key of a scope while two are active."""

    status = 409
    code = "too_many_keys"
    title = "The site already has two active API keys"
    default_action = (
        "Revoke one of them first. GET /v1/keys lists them with the time of their last use; "
        "DELETE /v1/keys/{kid} revokes one immediately."
    )


class RateLimited(AmzlinkrError):
    """A site, or a network that signs up, that exceeds one of our own limits."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"
    retryable = True
    default_action = "Wait for the number of seconds in the Retry-After header, then try again."

    def __init__(self, detail: str = "", usage: LimitUsage | None = None) -> None:
        super().__init__(detail, retry_after=usage.resets_in if usage else None)
        self.usage = usage


class ProductLimitReached(AmzlinkrError):
    """An import that would exceed the site's maximum number of products."""

    # No 429: waiting does not help, the owner must delete products.
    status = 409
    code = "product_limit_reached"
    title = "The site has reached its product limit"
    default_action = "Delete products that you no longer show, or import fewer products."


class IdempotencyMismatch(AmzlinkrError):
    """An Idempotency-Key that was already used with a different body."""

    status = 422
    code = "idempotency_mismatch"
    title = "This Idempotency-Key was already used for a different request"
    default_action = "Use a new Idempotency-Key for a new request."


class NotConnected(AmzlinkrError):
    """A marketplace without a connection, not even a link-only one."""

    status = 409
    code = "not_connected"
    title = "This marketplace has no connection"
    default_action = (
        "An Associate tag is enough for links: PUT /v1/connections/{marketplace}, or Settings → "
        "API of the plugin. Prices and search need Amazon API credentials: POST /v1/validate."
    )

    def __init__(self, detail: str = "", field: str = "marketplace") -> None:
        super().__init__(detail)
        self.field = field


class StoreUnavailable(AmzlinkrError):
    """A database or vault that did not respond in time.

    It is no fault if requests of a client conflict with each other, or if a sandbox simulates it.
    """

    status = 503
    code = "store_unavailable"
    title = "The service is temporarily unavailable"
    retryable = True
    default_action = "No data was lost. Try again in a moment."

    def __init__(
        self,
        detail: str = "",
        action: str | None = None,
        retry_after: int | None = None,
        *,
        is_fault: bool = True,
    ) -> None:
        super().__init__(detail, action, retry_after)
        self.is_fault = is_fault
