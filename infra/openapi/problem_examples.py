"""Examples of all problems, made by the code that makes the responses."""

import json
from typing import Any

import msgspec

from amzlinkr.domain import amazon_errors as amazon
from amzlinkr.domain import errors
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.domain.sign_up_errors import SiteNotProven
from amzlinkr.http.presenters.problems import error_classes
from amzlinkr.http.response import DOCUMENTED_API_URL, problem
from infra.gateway_problems import problem_text
from infra.local.stack.transform import Template

REQUEST_ID = "5a3b3c1e-0d6f-4f55-9c39-7d3a1f0e2b11"
AMAZON_REQUEST_ID = "0b5d6a0f-6d9c-4b77-8f4c-1f2f6f1f7b55"
UPSTREAM: dict[type[amazon.AmazonError], tuple[int | None, str]] = {
    amazon.AmazonKeysRejected: (401, "invalid_client"),
    amazon.AmazonPartnerTagRejected: (400, "InvalidAssociate"),
    amazon.AmazonThrottled: (429, "ThrottleException"),
    amazon.AmazonClockSkew: (401, "RequestExpired"),
    amazon.AmazonAccessDenied: (403, "AccessDeniedException"),
    amazon.AmazonNotEligible: (403, "AssociateNotEligible"),
    amazon.AmazonPaapiRetired: (403, "AccessDenied"),
    amazon.AmazonRejectedRequest: (400, "ValidationException"),
    amazon.AmazonUnavailable: (500, "InternalFailure"),
}


def problem_examples(template: Template, codes: set[str]) -> dict[str, Any]:
    """Return an example of each problem with one of these codes, by code.

    They are those of the functions, or of API Gateway if no function has such a problem.
    """
    found: dict[str, dict[str, Any]] = {}
    for kind in error_classes():
        body = problem(example_error(kind), REQUEST_ID, DOCUMENTED_API_URL).body
        found[kind.code] = msgspec.to_builtins(body)
    for sent in gateway_problems(template):
        found.setdefault(sent["code"], sent | {"request_id": REQUEST_ID})
    return {code: {"summary": found[code]["title"], "value": found[code]} for code in sorted(codes)}


def example_error(kind: type[errors.AmzlinkrError]) -> errors.AmzlinkrError:
    """Return an error as the service raises it, with the members that it has in responses."""
    if kind is errors.InvalidRequest:
        invalid = errors.InvalidRequest("items[1]", "This must be text, not a whole number.")
        invalid.add(errors.InvalidRequest("marketplace", "This is longer than 2 characters."))
        return invalid
    if kind is ShortLink:
        return ShortLink("keywords")
    if kind is errors.RateLimited:
        usage = LimitUsage(Limit("calls", 5000, ONE_HOUR), 5000, 1260)
        return errors.RateLimited("The limit of 5000 calls per hour is reached.", usage)
    if kind is SiteNotProven:
        return SiteNotProven(
            "The site did not return the token. At the challenge path, it responded 404."
        )
    if issubclass(kind, amazon.AmazonError):
        status, code = UPSTREAM[kind]
        error = kind(upstream=amazon.Upstream("creators", status, code, AMAZON_REQUEST_ID))
        error.retry_after = 5 if kind is amazon.AmazonThrottled else None
        return error
    return kind()


def gateway_problems(template: Template) -> list[dict[str, Any]]:
    """Return the problems that API Gateway sends without a function."""
    responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"].values()
    texts = [item["ResponseTemplates"]["application/json"] for item in responses]
    return [json.loads(problem_text(text, DOCUMENTED_API_URL)) for text in texts]
