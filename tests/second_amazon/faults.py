"""The errors that Amazon documents, by a name that credentials and ASINs select.

All calls of a credential with this name in its identifier (see `accounts`) fail with the error.
So does a call that asks for the ASIN `fault_asin(name)`.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
HANG_SECONDS = 20.0


@dataclass(frozen=True)
class Fault:
    """An answer of Amazon: a status with a body, or none at all.

    `body` is JSON or, as bytes, content that is not. `hangs` answers after `HANG_SECONDS`,
    `drops` closes the connection without an answer.
    """

    status: int
    body: Json | bytes
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    drops: bool = False


def paapi_error(code: str, status: int, message: str, exception: str = "") -> Fault:
    """Return an error in the form in which PA-API sends it with a status other than 200."""
    body = {
        "__type": f"com.amazon.paapi5#{exception or code}Exception",
        "Errors": [{"Code": code, "Message": message}],
    }
    return Fault(status, body)


def creators_error(status: int, kind: str, reason: str | None = None, **more: Any) -> Fault:
    """Return an error in the form of the Creators API; `more` are further fields."""
    body = {"type": kind, "message": f"{kind}: {reason}", **({"reason": reason} if reason else {})}
    return Fault(status, body | more)


def _small_letters(status: int, code: str) -> Fault:
    return Fault(status, {"errors": [{"code": code, "message": "As seen in 2026."}]})


_DEPRECATED = (
    "Product Advertising API is deprecated. Please migrate to Creators API using the migration"
    " guide."
)
_THROTTLED = "The request was denied due to request throttling."
_HTML = b"<html><body><h1>Service Unavailable</h1></body></html>"
_COMMON = {
    "html": Fault(200, _HTML, {"Content-Type": "text/html"}),
    "gateway": Fault(503, _HTML, {"Content-Type": "text/html"}),
    "broken": Fault(200, b'{"ItemsResult": {"Items": [{"ASI'),
    "hang": Fault(503, _HTML, hangs=True),
    "drop": Fault(503, _HTML, drops=True),
}
PAAPI_FAULTS: dict[str, Fault] = _COMMON | {
    "denied": paapi_error("AccessDenied", 403, "Not enabled for this API.", "AccessDenied"),
    "awsuser": paapi_error("AccessDeniedAwsUsers", 403, "Not enabled.", "AccessDenied"),
    "deniedgw": Fault(403, {"__type": "AccessDeniedException", "message": "Access denied."}),
    "associate": paapi_error("InvalidAssociate", 403, "Not mapped.", "AssociateValidation"),
    "notelig": paapi_error("AssociateNotEligible", 403, "Sales.", "AssociateEligibility"),
    "signature": paapi_error("InvalidSignature", 401, "Not correctly signed."),
    "mismatch": paapi_error("SignatureDoesNotMatch", 403, "Not correctly signed."),
    "keyid": paapi_error("InvalidAccessKeyId", 403, "No such key."),
    "client": paapi_error("UnrecognizedClient", 401, "The security token is invalid."),
    "tag": paapi_error("InvalidPartnerTag", 400, "The partner tag is not mapped."),
    "expired": paapi_error("RequestExpired", 401, "Request is expired."),
    "throttled": paapi_error("TooManyRequests", 429, _THROTTLED),
    "throttleda": paapi_error("RequestThrottled", 429, _THROTTLED),
    "operation": paapi_error("UnknownOperation", 404, "The operation is unknown."),
    "parameter": paapi_error("InvalidParameterValue", 400, "A value is invalid.", "Validation"),
    "missing": paapi_error("MissingParameter", 400, "A parameter is missing.", "Validation"),
    "internal": paapi_error("InternalFailure", 500, "An internal failure."),
    "message": Fault(500, {"message": "An internal failure."}),
    "retired": paapi_error("AccessDenied", 403, _DEPRECATED),
    "retiredb": Fault(
        403, {"Message": "Unable to determine service/operation name to be authorized"}
    ),
    "retiredc": Fault(404, _HTML, {"Content-Type": "text/html"}),
    "retiredd": Fault(410, b""),
}
_UNAUTHORIZED, _DENIED = "UnauthorizedException", "AccessDeniedException"
CREATORS_FAULTS: dict[str, Fault] = _COMMON | {
    "associate": creators_error(400, "ValidationException", "InvalidAssociate"),
    "tag": creators_error(400, "ValidationException", "InvalidPartnerTag"),
    "field": creators_error(
        400, "ValidationException", "FieldValidationFailed", fieldList=["itemIds"]
    ),
    "fieldobj": creators_error(
        400,
        "ValidationException",
        "FieldValidationFailed",
        fieldList=[{"name": "itemIds", "message": "Too many."}],
    ),
    "parse": creators_error(400, "ValidationException", "CannotParse"),
    "issuer": creators_error(401, _UNAUTHORIZED, "InvalidIssuer"),
    "client": creators_error(401, _UNAUTHORIZED, "InvalidClient"),
    "unsupport": creators_error(401, _UNAUTHORIZED, "UnsupportedClient"),
    "claim": creators_error(401, _UNAUTHORIZED, "MissingClaim"),
    "kid": creators_error(401, _UNAUTHORIZED, "MissingKeyId"),
    "credential": creators_error(401, _UNAUTHORIZED, "MissingCredential"),
    "otherauth": creators_error(401, _UNAUTHORIZED, "Other"),
    "clientb": _small_letters(401, "InvalidClient"),
    "otherval": creators_error(400, "ValidationException", "Other"),
    "notelig": creators_error(403, _DENIED, "AssociateNotEligible"),
    "noteligb": Fault(
        403,
        {
            "__type": "com.amazon.creators#AccessDeniedException",
            "message": "Not eligible.",
            "reason": "AssociateNotEligible",
        },
    ),
    "noteligc": _small_letters(403, "AssociateNotEligible"),
    "denied": creators_error(403, _DENIED, "AuthorizationFailed"),
    "deniedb": creators_error(403, _DENIED, "Other"),
    "deniedc": _small_letters(403, "UnauthorizedAccess"),
    "throttled": creators_error(429, "ThrottleException", retryAfterSeconds=60),
    "throttleda": creators_error(429, "ThrottleException"),
    "throttledb": creators_error(429, "ThrottleException", serviceCode="creators", quotaCode="Q-1"),
    "throttledc": Fault(
        429, {"type": "ThrottleException", "message": _THROTTLED}, {"Retry-After": "60"}
    ),
    "internal": creators_error(500, "InternalServerException"),
}
TOKEN_FAULTS: dict[str, Fault] = {
    "tokenelig": creators_error(403, _DENIED, "AssociateNotEligible"),
    "tokenrate": Fault(429, {"error": "too_many_requests"}),
    "tokenfail": Fault(500, {"error": "server_error"}),
    "tokenhtml": Fault(200, _HTML, {"Content-Type": "text/html"}),
}
NAMES = tuple(sorted({*PAAPI_FAULTS, *CREATORS_FAULTS}))


def fault_asin(name: str) -> str:
    """Return the ASIN that produces a fault whenever it is asked for."""
    return f"B0FAULT{NAMES.index(name):03}"


FAULT_ASINS = {fault_asin(name): name for name in NAMES}
