"""Error responses of the Product Advertising API, with Amazon's texts where they are known."""

from dataclasses import dataclass

from infra.local.fake_amazon.exchange import ServiceError

_SIGNING = "https://webservices.amazon.com/paapi5/documentation/sending-request.html#signing"
_SIGNED_BY_SDK = (
    "If you are using an AWS SDK, requests are signed for you automatically; "
    f"otherwise, go to {_SIGNING}."
)
_MIGRATING = (
    "https://webservices.amazon.com/paapi5/documentation/"
    "migrating-your-product-advertising-api-account-from-your-aws-account.html"
)
_DEPRECATED = (
    "Product Advertising API is deprecated. Please migrate to Creators API using the migration "
    "guide at https://affiliate-program.amazon.com/creatorsapi/docs/en-us/"
    "migrating-to-creatorsapi-from-paapi."
)


@dataclass(eq=False)
class PaapiError(ServiceError):
    """An error response of the Product Advertising API; `field` is the parameter concerned."""

    status: int
    exception: str
    code: str
    message: str
    field: str = ""

    def body(self) -> dict[str, object]:
        """Return the JSON body of the response."""
        return {
            "__type": f"com.amazon.paapi5#{self.exception}",
            "Errors": [{"Code": self.code, "Message": self.message}],
        }


def incomplete_signature() -> PaapiError:
    """Return the error for a signature with a missing component."""
    text = f"The request signature did not include all of the required components. {_SIGNED_BY_SDK}"
    return PaapiError(400, "IncompleteSignatureException", "IncompleteSignature", text)


def invalid_signature() -> PaapiError:
    """Return the error for a signature that does not match the request."""
    text = f"The request has not been correctly signed. {_SIGNED_BY_SDK}"
    return PaapiError(401, "InvalidSignatureException", "InvalidSignature", text)


def unrecognized_client() -> PaapiError:
    """Return the error for an unknown access key."""
    text = "The Access Key ID or security token included in the request is invalid."
    return PaapiError(401, "UnrecognizedClientException", "UnrecognizedClient", text)


def request_expired() -> PaapiError:
    """Return the error for a date more than 15 minutes from Amazon's clock."""
    text = (
        "The request is past expiry date or the request date (either with 15 minute padding), "
        "or the request date occurs more than 15 minutes in the future."
    )
    return PaapiError(401, "RequestExpiredException", "RequestExpired", text)


def too_many_requests() -> PaapiError:
    """Return the error for a reached limit per second or per day."""
    text = (
        "The request was denied due to request throttling. Please verify the number of requests "
        "made per second to the Amazon Product Advertising API."
    )
    return PaapiError(429, "TooManyRequestsException", "TooManyRequests", text)


def unknown_operation() -> PaapiError:
    """Return the error for path, method and X-Amz-Target that name no operation."""
    text = (
        "The operation requested is invalid. Please verify that the operation name is typed "
        "correctly."
    )
    return PaapiError(404, "UnknownOperationException", "UnknownOperation", text)


def invalid_partner_tag(access_key: str, associates_site: str) -> PaapiError:
    """Return the error for a missing tag, or one of another account or marketplace."""
    text = (
        "The partner tag is not mapped to a valid associate store with your access key "
        f"{access_key}. Please visit associates central at "
        f"https://{associates_site}/assoc_credentials/home"
    )
    return PaapiError(400, "InvalidPartnerTagException", "InvalidPartnerTag", text)


def invalid_associate(access_key: str, associates_site: str) -> PaapiError:
    """Return the error for an account without an approved store."""
    text = (
        f"Your access key {access_key} is not mapped to Primary of approved associate store. "
        f"Please visit associates central at https://{associates_site}/assoc_credentials/home"
    )
    return PaapiError(403, "AssociateValidationException", "InvalidAssociate", text)


def not_eligible() -> PaapiError:
    """Return the error for an account with too few qualified sales."""
    text = (
        "Your account does not currently meet the eligibility requirements to access the "
        "Product Advertising API."
    )
    return PaapiError(403, "AssociateEligibilityException", "AssociateNotEligible", text)


def retired() -> PaapiError:
    """Return the error that all accounts receive since PA-API was retired in 2026."""
    return PaapiError(403, "AccessDeniedException", "AccessDenied", _DEPRECATED)


def access_denied(access_key: str) -> PaapiError:
    """Return the error for a key that was never enabled for this API."""
    text = (
        f"The Access Key Id {access_key} is not enabled for accessing Product Advertising API. "
        f"Please migrate your credentials as referred here {_MIGRATING}."
    )
    return PaapiError(403, "AccessDeniedException", "AccessDenied", text)


def access_denied_aws_user(access_key: str) -> PaapiError:
    """Return the error for a key of an AWS user instead of an associate."""
    text = (
        f"The Access Key Id {access_key} is not enabled for accessing this version of Product "
        f"Advertising API. Please migrate your credentials as referred here {_MIGRATING}."
    )
    return PaapiError(403, "AccessDeniedException", "AccessDeniedAwsUsers", text)


def missing_parameter(name: str) -> PaapiError:
    """Return the error for an absent or empty required parameter."""
    text = f"The request must contain the parameter {name}."
    return PaapiError(400, "ValidationException", "MissingParameter", text, name)


def invalid_parameter(name: str, value: object) -> PaapiError:
    """Return the error for an invalid parameter value."""
    text = f"The value [{str(value)[:200]}] provided in the request for {name} is invalid."
    return PaapiError(400, "ValidationException", "InvalidParameterValue", text, name)


def internal_failure() -> PaapiError:
    """Return the error for an internal failure of Amazon."""
    text = "The request processing has failed because of an unknown error, exception or failure."
    return PaapiError(500, "InternalFailure", "InternalFailure", text)


def item_error(code: str, asin: str) -> dict[str, object]:
    """Return the entry for one item in the errors of a successful response."""
    if code == "ItemNotAccessible":
        text = f"The ItemId {asin} is not accessible through the Product Advertising API."
    else:
        text = f"The ItemId {asin} provided in the request is invalid."
    return {"__type": "com.amazon.paapi5#ErrorData", "Code": code, "Message": text}


def no_results() -> dict[str, object]:
    """Return the complete response to a search without results."""
    error = {
        "__type": "com.amazon.paapi5#ErrorData",
        "Code": "NoResults",
        "Message": "No results found for your request.",
    }
    return {"Errors": [error]}
