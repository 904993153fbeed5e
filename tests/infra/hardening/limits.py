"""How much strangers can set in motion, and how long it may take."""

import json
import re
from collections.abc import Iterator

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

# API Gateway gives up on a function, and answers without it.
GATEWAY_PATIENCE = 29


def functions_answer_before_the_gateway_gives_up(template: Template) -> Iterator[str]:
    """Whoever is called through the API ends first, and says itself what went wrong."""
    created = resolve(template)
    functions = of_type(created, "AWS::Lambda::Function")
    apis = of_type(created, "AWS::ApiGateway::RestApi").values()
    bodies = json.dumps([api["Body"] for api in apis])
    called = set(re.findall(r"\$\{(\w+)\.Arn\}|\"Fn::GetAtt\": \[\"(\w+)\"", bodies))
    for name in sorted({one or other for one, other in called} & set(functions)):
        if not functions[name].get("Timeout", 3) < GATEWAY_PATIENCE:
            yield f"{name} may take {functions[name]['Timeout']} seconds"


def concurrency_is_reserved_by_parameter_alone(template: Template) -> Iterator[str]:
    """None by default, as new accounts refuse it; when asked for, for sign-up."""
    for asked in (0, 7):
        functions = of_type(
            resolve(template, SignupConcurrency=str(asked)), "AWS::Lambda::Function"
        )
        reserved = {
            name: str(function["ReservedConcurrentExecutions"])
            for name, function in functions.items()
            if "ReservedConcurrentExecutions" in function
        }
        if reserved != ({"SignupFunction": str(asked)} if asked else {}):
            yield f"asked for {asked}, {reserved} is reserved"
    if template["Parameters"]["SignupConcurrency"]["Default"] != 0:
        yield "concurrency is reserved without being asked for"


def a_firewall_stands_where_strangers_call(template: Template) -> Iterator[str]:
    """On unless it is switched off; the local stack has none."""
    created = resolve(template)
    behind = of_type(created, "AWS::WAFv2::WebACLAssociation").values()
    walls = [one["WebACLArn"].get("Fn::GetAtt", [""])[0] for one in behind]
    firewalls = of_type(created, "AWS::WAFv2::WebACL")
    if not walls or not set(walls) <= set(firewalls):
        yield "nothing stands before the API"
    for name, firewall in firewalls.items():
        limits = {
            rule["Name"]: rule["Statement"]["RateBasedStatement"]["Limit"]
            for rule in firewall["Rules"]
            if rule["Action"] == {"Block": {}}
        }
        if limits != {"signups": 100, "calls": 10_000}:
            yield f"{name} blocks {limits}"
    for switched_off in ({"Firewall": "off"}, {"Stage": "local"}):
        if of_type(resolve(template, **switched_off), "AWS::WAFv2::WebACL"):
            yield f"a firewall stands in spite of {switched_off}"


def sign_up_is_throttled(template: Template) -> Iterator[str]:
    """Far below what sites may call, before anything is run."""
    for name, stage in of_type(resolve(template), "AWS::ApiGateway::Stage").items():
        limits = {one["ResourcePath"]: one for one in stage["MethodSettings"]}
        for path in ("/~1v1~1signup", "/~1v1~1signup~1{signup_id}~1verify"):
            limit = limits.get(path, {})
            if not limit.get("ThrottlingRateLimit", 500) <= 5:
                yield f"{name} lets {path} be called at any rate"
            if not limit.get("ThrottlingBurstLimit", 1000) <= 20:
                yield f"{name} lets {path} be called any number of times at once"
