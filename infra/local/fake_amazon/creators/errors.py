"""The Creators API's refusals, word for word where a captured answer shows the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.fake_amazon.exchange import ServiceError

_UNAUTHORIZED = "UnauthorizedException"
_DENIED = "AccessDeniedException"
_VALIDATION = "ValidationException"
_TOKEN_WORDS = {
    "InvalidToken": "Authentication token is missing or invalid.",
    "TokenExpired": "Authentication token has expired.",
    "InvalidIssuer": "Authentication token was not issued for the credential version named.",
}


@dataclass(eq=False)
class CreatorsError(ServiceError):
    """A request that the Creators API does not serve."""

    status: int
    type: str
    message: str
    reason: str = ""
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:  # type: ignore[override]
        """What it is called in the log."""
        return self.reason or self.type

    def body(self) -> dict[str, object]:
        """The JSON body Amazon sends with it."""
        reason = {"reason": self.reason} if self.reason else {}
        return {"message": self.message, **reason, "type": self.type, **self.more}


def unauthorized(reason: str) -> CreatorsError:
    """The token is missing, unknown, expired, or of another version than is said."""
    return CreatorsError(401, _UNAUTHORIZED, _TOKEN_WORDS[reason], reason)


def not_eligible() -> CreatorsError:
    """The account has too few qualified sales."""
    text = "Your account does not currently meet the eligibility requirements."
    return CreatorsError(403, _DENIED, text, "AssociateNotEligible")


def access_denied() -> CreatorsError:
    """The credential may not use this API."""
    text = "You are not authorized to perform this operation."
    return CreatorsError(403, _DENIED, text, "AuthorizationFailed")


def invalid_associate() -> CreatorsError:
    """The account has no approved store."""
    text = "Your credential is not mapped to an approved associate store."
    return CreatorsError(400, _VALIDATION, text, "InvalidAssociate")


def invalid_partner_tag() -> CreatorsError:
    """The tag belongs to another account or marketplace."""
    text = (
        "Partner tag in the request is invalid or is not mapped to the store associated with "
        "your credential."
    )
    return CreatorsError(400, _VALIDATION, text, "InvalidPartnerTag")


def unknown_operation() -> CreatorsError:
    """Path and method name no operation."""
    text = "The requested operation does not exist."
    return CreatorsError(400, _VALIDATION, text, "UnknownOperation")


def cannot_parse() -> CreatorsError:
    """The body is not a JSON object."""
    return CreatorsError(400, _VALIDATION, "The request body could not be parsed.", "CannotParse")


def invalid_field(name: str) -> CreatorsError:
    """A field is missing, or holds what it must not."""
    text = "Request validation failed."
    return CreatorsError(400, _VALIDATION, text, "FieldValidationFailed", {"fieldList": [name]})


def not_found(text: str, kind: str, name: str) -> CreatorsError:
    """None of what was asked for is there."""
    more = {"resourceType": kind, "resourceId": name}
    return CreatorsError(404, "ResourceNotFoundException", text, "", more)


def throttled(seconds: int) -> CreatorsError:
    """The account's requests per second or per day are used up."""
    text = (
        "The request was denied due to request throttling. Please verify the number of requests "
        "made per second."
    )
    return CreatorsError(429, "ThrottleException", text, "", {"retryAfterSeconds": seconds})


def internal() -> CreatorsError:
    """Amazon's own fault."""
    text = "An unexpected error occurred while processing your request."
    return CreatorsError(500, "InternalServerException", text)


def item_error(code: str, asin: str) -> dict[str, object]:
    """What is said of one item inside an otherwise good answer."""
    if code == "ItemNotAccessible":
        text = f"The ItemId {asin} is not accessible through the Creators API."
    else:
        text = f"The ItemIds {asin} provided in the request is invalid."
    return {"Code": code, "Message": text}
