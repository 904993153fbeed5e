"""Error responses of the Creators API, with Amazon's texts where they are known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.fake_amazon.exchange import ServiceError

_UNAUTHORIZED = "UnauthorizedException"
_DENIED = "AccessDeniedException"
_VALIDATION = "ValidationException"
_TOKEN_MESSAGES = {
    "InvalidToken": "Authentication token is missing or invalid.",
    "TokenExpired": "Authentication token has expired.",
    "InvalidIssuer": "Authentication token was not issued for the credential version named.",
}


@dataclass(eq=False)
class CreatorsError(ServiceError):
    """An error response of the Creators API."""

    status: int
    type: str
    message: str
    reason: str = ""
    extra_fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:  # type: ignore[override]
        """Return the code for the call log."""
        return self.reason or self.type

    def body(self) -> dict[str, object]:
        """Return the JSON body of the response."""
        reason = {"reason": self.reason} if self.reason else {}
        return {"message": self.message, **reason, "type": self.type, **self.extra_fields}


def unauthorized(reason: str) -> CreatorsError:
    """Return the error for a missing, unknown or expired token, or a wrong version."""
    return CreatorsError(401, _UNAUTHORIZED, _TOKEN_MESSAGES[reason], reason)


def not_eligible() -> CreatorsError:
    """Return the error for an account with too few qualified sales."""
    text = "Your account does not currently meet the eligibility requirements."
    return CreatorsError(403, _DENIED, text, "AssociateNotEligible")


def access_denied() -> CreatorsError:
    """Return the error for a credential that may not use this API."""
    text = "You are not authorized to perform this operation."
    return CreatorsError(403, _DENIED, text, "AuthorizationFailed")


def invalid_associate() -> CreatorsError:
    """Return the error for an account without an approved store."""
    text = "Your credential is not mapped to an approved associate store."
    return CreatorsError(400, _VALIDATION, text, "InvalidAssociate")


def invalid_partner_tag() -> CreatorsError:
    """Return the error for a tag of another account or marketplace."""
    text = (
        "Partner tag in the request is invalid or is not mapped to the store associated with "
        "your credential."
    )
    return CreatorsError(400, _VALIDATION, text, "InvalidPartnerTag")


def unknown_operation() -> CreatorsError:
    """Return the error for a path and method that name no operation."""
    text = "The requested operation does not exist."
    return CreatorsError(400, _VALIDATION, text, "UnknownOperation")


def cannot_parse() -> CreatorsError:
    """Return the error for a body that is not a JSON object."""
    return CreatorsError(400, _VALIDATION, "The request body could not be parsed.", "CannotParse")


def invalid_field(name: str) -> CreatorsError:
    """Return the error for a missing or invalid field."""
    text = "Request validation failed."
    return CreatorsError(400, _VALIDATION, text, "FieldValidationFailed", {"fieldList": [name]})


def not_found(text: str, kind: str, name: str) -> CreatorsError:
    """Return the error for a request without any result."""
    extra_fields = {"resourceType": kind, "resourceId": name}
    return CreatorsError(404, "ResourceNotFoundException", text, "", extra_fields)


def throttled(seconds: int) -> CreatorsError:
    """Return the error for a reached limit per second or per day."""
    text = (
        "The request was denied due to request throttling. Please verify the number of requests "
        "made per second."
    )
    return CreatorsError(429, "ThrottleException", text, "", {"retryAfterSeconds": seconds})


def internal() -> CreatorsError:
    """Return the error for an internal failure of Amazon."""
    text = "An unexpected error occurred while processing your request."
    return CreatorsError(500, "InternalServerException", text)


def item_error(code: str, asin: str) -> dict[str, object]:
    """Return the entry for one item in the errors of a successful response."""
    if code == "ItemNotAccessible":
        text = f"The ItemId {asin} is not accessible through the Creators API."
    else:
        text = f"The ItemIds {asin} provided in the request is invalid."
    return {"Code": code, "Message": text}
