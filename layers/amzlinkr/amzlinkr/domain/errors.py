"""Every way a call can end badly: one class a case, with what the site owner should do next.

    AmzlinkrError
    ├── InvalidRequest            422 invalid_request        a field is wrong; `field` names it
    ├── InvalidCursor             400 invalid_cursor
    ├── CursorTooOld              410 cursor_too_old         the feed forgot removals since then
    ├── BodyTooLarge              413 body_too_large
    ├── NotFound                  404 not_found
    ├── NotBuilt                  501 not_built
    ├── RateLimited               429 rate_limited           our own limits, never Amazon's
    ├── IdempotencyMismatch       422 idempotency_mismatch
    ├── NotConnected              409 not_connected          no Amazon keys for this marketplace yet
    ├── SignupExpired             404 signup_not_found
    ├── SiteNotProven             422 site_not_proven
    ├── StoreUnavailable          503 store_unavailable
    ├── InternalError             500 internal_error
    └── AmazonError               what Amazon answered: see `amzlinkr.domain.amazon_errors`

The class is the row: status, stable code, title, action and whether trying again helps. Messages
never carry a key, a token or a secret.
"""

from __future__ import annotations

from typing import ClassVar


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


class NotBuilt(AmzlinkrError):
    """A call of the contract that this version does not have yet."""

    status = 501
    code = "not_built"
    title = "Not built yet"
    default_action = "This call is announced but not there yet; the README lists what is."


class RateLimited(AmzlinkrError):
    """The site, or the address that signs up, was too fast for our own limits."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"
    retryable = True
    default_action = "Wait as long as Retry-After says, then try again."


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
