"""Every way a call can end badly: one class a case, with what the site owner should do next.

    AmzlinkrError
    ├── BadRequest                400 bad_request
    ├── InvalidRequest            422 invalid_request        a field is wrong; `field` names it
    ├── InvalidCursor             400 invalid_cursor
    ├── CursorTooOld              410 cursor_too_old         the feed forgot removals since then
    ├── BodyTooLarge              413 body_too_large
    ├── NotFound                  404 not_found
    ├── ApiKeyMissing             401 api_key_missing
    ├── ApiKeyRejected            403 api_key_rejected       it ended while the call was under way
    ├── SiteSuspended             403 site_suspended
    ├── TooManyKeys               409 too_many_keys
    ├── RateLimited               429 rate_limited           our own limits, never Amazon's
    │   └── ProductLimitReached   429 product_limit_reached
    ├── IdempotencyMismatch       422 idempotency_mismatch
    ├── NotConnected              409 not_connected          no Amazon keys for this marketplace yet
    ├── SignupExpired             404 signup_not_found
    ├── InviteUsed                422 invite_used
    ├── SiteNotProven             422 site_not_proven
    ├── StoreUnavailable          503 store_unavailable
    ├── InternalError             500 internal_error
    └── AmazonError               what Amazon answered: see `amzlinkr.domain.amazon_errors`

The class is the row: status, stable code, title, action and whether trying again helps. Messages
never carry a key, a token or a secret.
"""

from __future__ import annotations

from typing import ClassVar

from amzlinkr.domain.limits import LimitUsage


class AmzlinkrError(Exception):
    """A refusal or failure with a stable `code` and an `action` in plain words."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"
    retryable: ClassVar[bool] = False
    default_action: ClassVar[str] = "Try again; if it stays, tell support the request id."

    def __init__(
        self, detail: str = "", action: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.action = action or self.default_action
        self.retry_after = retry_after


class InternalError(AmzlinkrError):
    """A fault of ours; the details are in the log, never in the answer."""

    retryable = True


class BadRequest(AmzlinkrError):
    """The request has no form that anything could be read from."""

    status = 400
    code = "bad_request"
    title = "The request could not be read"
    default_action = "Check the address and the request against the API documentation."


class InvalidRequest(AmzlinkrError):
    """A field of the request is missing, of the wrong type or out of range."""

    status = 422
    code = "invalid_request"
    title = "The request is not valid"
    default_action = "Correct the named field and send the request again."

    def __init__(self, field: str, detail: str, action: str | None = None) -> None:
        super().__init__(detail, action)
        self.field = field


class InvalidCursor(AmzlinkrError):
    """The cursor was changed, is another site's, or belongs to another list."""

    status = 400
    code = "invalid_cursor"
    title = "The cursor is not valid"
    default_action = "Leave the cursor out to start from the beginning."
    field = "cursor"


class CursorTooOld(AmzlinkrError):
    """The reader of the feed stayed away for so long that removals may be forgotten."""

    status = 410
    code = "cursor_too_old"
    title = "The cursor is too old"
    default_action = (
        "Read the feed from its beginning, without a cursor, and drop products that it does not "
        "name."
    )
    field = "cursor"


class BodyTooLarge(AmzlinkrError):
    """The body is over 64 KB."""

    status = 413
    code = "body_too_large"
    title = "The request body is too large"
    default_action = "Send at most 64 KB; split a long import into several."


class NotFound(AmzlinkrError):
    """There is nothing here for this site: absent and foreign things look the same."""

    status = 404
    code = "not_found"
    title = "Not found"
    default_action = "Check the address; it may have been removed."


class ApiKeyMissing(AmzlinkrError):
    """The call needs a site's key, and there is none behind it."""

    status = 401
    code = "api_key_missing"
    title = "The request carries no API key, or one that is not whole"
    default_action = (
        "Send the site's whole API key in the header 'Authorization: Bearer <api key>'; if you "
        "did, copy it again."
    )


class ApiKeyRejected(AmzlinkrError):
    """The key is nobody's any more."""

    status = 403
    code = "api_key_rejected"
    title = "The API key is unknown, expired or revoked"
    default_action = (
        "Use another key of this site, or sign the site up again: it gets a new key and keeps its "
        "products; the Amazon keys have to be entered again."
    )


class SiteSuspended(AmzlinkrError):
    """The operator stopped this site; it may still take its data out and leave."""

    status = 403
    code = "site_suspended"
    title = "This site is suspended"
    default_action = (
        "Write to the operator of this service. Taking everything out and leaving still work."
    )


class TooManyKeys(AmzlinkrError):
    """Two keys are in use already."""

    status = 409
    code = "too_many_keys"
    title = "Two keys are in use already"
    default_action = (
        "Revoke one of them first: GET /v1/keys lists them and says when each was last used, "
        "DELETE /v1/keys/{kid} revokes one at once."
    )


class RateLimited(AmzlinkrError):
    """The site, or the address that signs up, was too fast for our own limits."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"
    retryable = True
    default_action = "Wait as long as Retry-After says, then try again."

    def __init__(self, detail: str = "", usage: LimitUsage | None = None) -> None:
        super().__init__(detail, retry_after=usage.resets_in if usage else None)
        self.usage = usage


class ProductLimitReached(RateLimited):
    """The site would have more products than it may."""

    code = "product_limit_reached"
    retryable = False
    title = "The site has as many products as it may"
    default_action = "Delete products you do not show any more, or import fewer."


class IdempotencyMismatch(AmzlinkrError):
    """The same Idempotency-Key came with another body."""

    status = 422
    code = "idempotency_mismatch"
    title = "This Idempotency-Key was used for another request"
    default_action = "Use a new Idempotency-Key for a new request."


class NotConnected(AmzlinkrError):
    """No Amazon keys are stored for the marketplace."""

    status = 409
    code = "not_connected"
    title = "No Amazon keys for this marketplace"
    default_action = "Enter your Amazon keys for this marketplace under Settings → API and save."


class SignupExpired(AmzlinkrError):
    """The sign-up does not exist or its time is over."""

    status = 404
    code = "signup_not_found"
    title = "This sign-up does not exist or has expired"
    default_action = "Start the sign-up again."


class InviteUsed(AmzlinkrError):
    """The invite that this sign-up came with let another sign-up in, or its time is over."""

    status = 422
    code = "invite_used"
    title = "The invite of this sign-up was used or has expired"
    default_action = "Ask the operator of this service for another invite, and sign up with it."


class SiteNotProven(AmzlinkrError):
    """The site did not answer the challenge with its token."""

    status = 422
    code = "site_not_proven"
    title = "The site did not answer the challenge"
    retryable = True
    default_action = (
        "Make sure the site is reachable from the internet over https and answers the challenge "
        "path or query with exactly the token, then verify again."
    )


class StoreUnavailable(AmzlinkrError):
    """The database or the vault did not answer in time."""

    status = 503
    code = "store_unavailable"
    title = "The service is busy"
    retryable = True
    default_action = "Nothing is lost. Try again in a moment."
