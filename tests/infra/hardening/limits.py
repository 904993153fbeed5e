"""Rules for limits: timeouts, reserved concurrency, firewall, throttling of sign-ups."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

# After this integration timeout API Gateway returns its own error.
GATEWAY_TIMEOUT_SECONDS = 29
MAX_UNCOMPRESSED_BYTES = 4096
FIREWALL_LIMITS = {
    "signups": 60,
    "documents": 100,
    "sandbox": 120,
    "sandbox-imports": 60,
    "calls": 500,
}
ALL_HEADERS = {"MatchPattern": {"All": {}}, "MatchScope": "ALL", "OversizeHandling": "MATCH"}
DOCUMENT_PATHS = (
    "/~1v1~1openapi.json",
    "/~1v1~1marketplaces",
    "/~1v1~1security.txt",
    "/~1v1~1problems~1{code}",
)
THROTTLED_METHODS = (
    *((method, path) for path in DOCUMENT_PATHS for method in ("GET", "HEAD")),
    ("POST", "/~1v1~1signup"),
    ("POST", "/~1v1~1keys~1leaked"),
    ("POST", "/~1v1~1signup~1{signup_id}~1verify"),
)


def functions_time_out_before_the_gateway(template: Template) -> Iterator[str]:
    """Yield API functions that do not time out before the gateway does."""
    created = resolve(template)
    functions = of_type(created, "AWS::Lambda::Function")
    apis = of_type(created, "AWS::ApiGateway::RestApi").values()
    bodies = json.dumps([api["Body"] for api in apis])
    called = set(re.findall(r"(\w+)Aliaslive", bodies))
    for name in sorted(called & set(functions)):
        if not functions[name].get("Timeout", 3) < GATEWAY_TIMEOUT_SECONDS:
            yield f"{name} has a timeout of {functions[name]['Timeout']} seconds"


def concurrency_is_reserved_by_parameter_only(template: Template) -> Iterator[str]:
    """Yield deviations from: none by default, and for sign-up only if the parameter sets it."""
    for value in (0, 7):
        functions = of_type(
            resolve(template, SignupConcurrency=str(value)), "AWS::Lambda::Function"
        )
        reserved = {
            name: str(function["ReservedConcurrentExecutions"])
            for name, function in functions.items()
            if "ReservedConcurrentExecutions" in function
        }
        if reserved != ({"SignupFunction": str(value)} if value else {}):
            yield f"SignupConcurrency {value} reserves {reserved}"
    if template["Parameters"]["SignupConcurrency"]["Default"] != 0:
        yield "concurrency is reserved by default"


def api_has_a_firewall(template: Template) -> Iterator[str]:
    """Yield a missing firewall, wrong limits, or one that is present although switched off."""
    created = resolve(template)
    associations = of_type(created, "AWS::WAFv2::WebACLAssociation").values()
    associated = [entry["WebACLArn"].get("Fn::GetAtt", [""])[0] for entry in associations]
    firewalls = of_type(created, "AWS::WAFv2::WebACL")
    if not associated or not set(associated) <= set(firewalls):
        yield "the API has no firewall"
    for name, firewall in firewalls.items():
        blocking = [rule for rule in firewall["Rules"] if rule["Action"] == {"Block": {}}]
        limits = {
            rule["Name"]: rule["Statement"]["RateBasedStatement"]["Limit"]
            for rule in blocking
            if "RateBasedStatement" in rule["Statement"]
        }
        if not any(map(_blocks_unread_headers, blocking)):
            yield f"{name} does not block headers that it cannot read"
        if limits != FIREWALL_LIMITS:
            yield f"{name} has the limits {limits}"
    for switched_off in ({"Firewall": "off"}, {"Stage": "local"}):
        if of_type(resolve(template, **switched_off), "AWS::WAFv2::WebACL"):
            yield f"a firewall exists with {switched_off}"


def _blocks_unread_headers(rule: dict[str, Any]) -> bool:
    """Return True if a rule matches requests with more headers than the firewall reads."""
    constraint = rule["Statement"].get("SizeConstraintStatement", {})
    headers = constraint.get("FieldToMatch", {}).get("Headers", {})
    return bool(headers == ALL_HEADERS and constraint["ComparisonOperator"] == "GT")


def responses_are_compressed(template: Template) -> Iterator[str]:
    """Yield APIs that compress no responses, or only those that are larger than usual ones."""
    for name, api in of_type(resolve(template), "AWS::ApiGateway::RestApi").items():
        if not 0 < api.get("MinimumCompressionSize", 0) <= MAX_UNCOMPRESSED_BYTES:
            yield f"{name} compresses from {api.get('MinimumCompressionSize')} bytes"


def rates_of_all_calls_are_parameters(template: Template) -> Iterator[str]:
    """Yield stages with a fixed rate of all calls together, which the operator cannot set."""
    created = resolve(template, RequestsPerSecond=77, RequestBurst=78)
    for name, stage in of_type(created, "AWS::ApiGateway::Stage").items():
        limits = {entry["ResourcePath"]: entry for entry in stage["MethodSettings"]}
        rates = [limits["/*"].get(f"Throttling{kind}Limit") for kind in ("Rate", "Burst")]
        if rates != [77, 78]:
            yield f"{name} allows {rates} calls per second and at the same time"


def sign_ups_are_throttled(template: Template) -> Iterator[str]:
    """Yield stages that do not throttle public calls far below the calls of sites."""
    for name, stage in of_type(resolve(template), "AWS::ApiGateway::Stage").items():
        limits = {
            (entry["HttpMethod"], entry["ResourcePath"]): entry for entry in stage["MethodSettings"]
        }
        for method, path in THROTTLED_METHODS:
            limit = limits.get((method, path), {})
            if not limit.get("ThrottlingRateLimit", 500) <= 20:
                yield f"{name} does not limit the rate of {method} {path}"
            if not limit.get("ThrottlingBurstLimit", 1000) <= 100:
                yield f"{name} does not limit bursts of {method} {path}"
