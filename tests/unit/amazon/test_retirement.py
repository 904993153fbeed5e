"""The retirement of PA-API 5.0 in every form, and responses that do not mean it."""

from typing import Any

import pytest

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonNotEligible,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
)
from tests.unit.amazon.responses import error_of as read

DEPRECATED = "Product Advertising API is deprecated. Please migrate to Creators API using the guide"
UNAUTHORIZED = "Unable to determine service/operation name to be authorized"
XML = f"<AccessDeniedException>\n <Message>{UNAUTHORIZED}</Message>\n</AccessDeniedException>"
RETIRED: list[tuple[int, Any]] = [
    (403, {"__type": "x#Denied", "Errors": [{"Code": "AccessDenied", "Message": DEPRECATED}]}),
    (403, {"__type": "x#AccessDeniedException", "Code": "AccessDenied", "Message": DEPRECATED}),
    (403, {"errors": [{"code": "accessDenied", "message": DEPRECATED}]}),
    (403, {"__type": "AccessDeniedException", "message": UNAUTHORIZED}),
    (403, {"Message": UNAUTHORIZED}),
    (403, {"message": UNAUTHORIZED.upper()}),
    (403, {"Output": {"__type": "com.amazon.coral#AccessDenied", "message": UNAUTHORIZED}}),
    (403, UNAUTHORIZED.encode()),
    (403, XML.encode()),
    (400, XML.encode()),
    (401, {"message": "This API has been retired."}),
    (403, {"message": "PA-API 5.0 was discontinued."}),
    (403, {"message": "The Product Advertising API is no longer available."}),
    (403, {"message": "PA API is no longer being supported"}),
    (403, {"message": "Product Advertising API has been sunset. Use the Creators API."}),
    (403, {"message": "The service was shut down on May 15, 2026."}),
    (403, {"message": "Please use the CreatorsAPI instead."}),
    (403, b"<html><body>The Product Advertising API has been decommissioned.</body></html>"),
    (200, {"Errors": [{"Code": "AccessDenied", "Message": DEPRECATED}]}),
    (200, {"message": DEPRECATED}),
    (200, {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}}),
    (200, b"<html>This API has been retired.</html>"),
    (403, {"__type": "x#AccessDenied", "message": "PA-API has reached end of support."}),
    (403, {"Errors": [{"Code": "AccessDenied", "Message": "Please migrate to the new API."}]}),
    (403, {"Errors": [{"Code": "DeprecatedApi"}]}),
    (400, {"Errors": [{"Code": "ApiDeprecated"}]}),
    (403, {"code": "SERVICE_DISCONTINUED"}),
    (403, {"__type": "AccessDenied", "message": "x", "errors": [{"message": DEPRECATED}]}),
    (403, {"Errors": [{"Code": "AccessDenied", "Message": "x"}, {"Message": DEPRECATED}]}),
    (403, b"<html>" + b" " * 9_000 + b"The API is no longer\n  available.</html>"),
    *[
        (status, body)
        for status in (404, 410)
        for body in (
            b"", b"{}", b"[]", b"null", b"<html><h1>Not Found</h1></html>", b"\xff", b"Gone",
            {"message": "Not Found"}, {"message": None}, {"error": "Not Found"},
            {"code": "NotFound", "message": "no route"}, {"__type": "NotFoundException"},
            {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}},
            {"__type": "ResourceNotFoundException", "message": "x"},
            {"errors": [{"code": "ResourceNotFound"}]},
            {"errors": [{"code": "Gone"}]}, {"status": 404, "type": "about:blank"},
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), RETIRED, ids=str)
def test_retirement_of_paapi_is_recognized_in_every_form(status: int, body: Any) -> None:
    error = read(status, body)
    assert isinstance(error, AmazonPaapiRetired)
    assert "Create Creators API credentials" in error.action
    assert error.upstream is not None
    assert error.upstream.status == status
    # The same response of the other API does not mean that.
    assert not isinstance(read(status, body, "creators"), AmazonPaapiRetired)


ENABLE = (
    "The Access Key Id AKIAUNITUNITUNITUNIT is not enabled for accessing this version of Product "
    "Advertising API. Please migrate your credentials as referred here https://webservices.amazon."
    "com/paapi5/documentation/migrating-your-product-advertising-api-account-from-your-aws-"
    "account.html."
)
NOT_RETIRED: list[tuple[int, Any, type[AmazonError] | None]] = [
    (403, {"Errors": [{"Code": "AccessDenied", "Message": ENABLE}]}, AmazonAccessDenied),
    (403, {"Errors": [{"Code": "AccessDeniedAwsUsers", "Message": ENABLE}]}, AmazonAccessDenied),
    (403, {"Errors": [{"Code": "AssociateNotEligible", "Message": "Your account no longer meets "
     "the requirements"}]}, AmazonNotEligible),
    (400, {"Errors": [{"Code": "InvalidParameterValue", "Message": "The resource Offers.Listings "
     "is deprecated."}]}, AmazonRejectedRequest),
    (404, {"Errors": [{"Code": "NoResults", "Message": "x"}]}, None),
    (404, {"errors": [{"code": "noresults"}]}, None),
    (404, {"__type": "x#ResourceNotFoundException", "Errors": [{"Code": "NoResults"}]}, None),
    (404, {"Errors": [{"Code": "ItemNotAccessible", "Message": "no longer available"}]}, None),
    (200, {"Errors": [{"Code": "NoResults", "Message": "The API is deprecated."}]}, None),
    (200, {"ItemsResult": {"Items": [{}]}, "message": "x is deprecated"}, None),
    (200, {"message": "Please migrate your credentials."}, AmazonUnavailable),
    (400, {"Errors": [{"Code": "DeprecatedParameter"}]}, AmazonRejectedRequest),
    (400, {"__type": "ResourceNotFoundException"}, AmazonRejectedRequest),
    (404, {"Errors": [{"Code": "ItemNotAccessible"}]}, None),
    (404, {"Errors": [{"Code": "InvalidParameterValue", "Message": "B000000001"}]}, None),
    (404, {"__type": "com.amazon.paapi5#UnknownOperationException"}, AmazonRejectedRequest),
    (404, {"Errors": [{"Code": "InvalidPartnerTag"}]}, AmazonPartnerTagRejected),
    (410, {"Errors": [{"Code": "TooManyRequests"}]}, AmazonThrottled),
    (403, {}, AmazonAccessDenied),
    (403, b"", AmazonUnavailable),
    (403, b"<html>Forbidden</html>", AmazonUnavailable),
    (429, b"shut down", AmazonThrottled),
    (503, b"<html>The server was shut down</html>", AmazonUnavailable),
    (500, {"message": "x is deprecated"}, AmazonUnavailable),
    *[
        (status, {"Output": {"__type": "com.amazon.coral.service#InternalFailure"}},
         AmazonThrottled if status == 429 else AmazonUnavailable)
        for status in (429, 500, 503)
    ],
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "expected"), NOT_RETIRED, ids=str)
def test_other_responses_of_paapi_are_no_retirement(
    status: int, body: Any, expected: type[AmazonError] | None
) -> None:
    error = read(status, body)
    assert (None if error is None else type(error)) is expected
