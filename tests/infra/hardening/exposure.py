"""What can be read where it should not be: in logs, traces, samples, parameters and outputs."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

LOGGED = {
    "$context.authorizer.latency",
    "$context.authorizer.principalId",
    "$context.error.responseType",
    "$context.httpMethod",
    "$context.identity.sourceIp",
    "$context.integrationLatency",
    "$context.requestId",
    "$context.requestTimeEpoch",
    "$context.resourcePath",
    "$context.responseLatency",
    "$context.responseLength",
    "$context.status",
}
LONGEST_KEPT_DAYS = 90
SECRET_NAME = re.compile(
    r"secret(?!s_prefix|_id)|password|api_?key|token|credential", re.IGNORECASE
)
SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|amzl_(live|test)_|oa2-cs|[A-Za-z0-9+/]{40}")


def access_logs_hold_neither_keys_nor_queries(template: Template) -> Iterator[str]:
    """No header, no query string and no path as called: only what is on the list."""
    created = resolve(template)
    for name, stage in of_type(created, "AWS::ApiGateway::Stage").items():
        setting = stage.get("AccessLogSetting")
        if not setting:
            yield f"{name} keeps no access log"
            continue
        fields = set(json.loads(setting["Format"]).values())
        yield from (f"{name} logs {field}" for field in sorted(fields - LOGGED))
        group = setting["DestinationArn"].get("Fn::GetAtt", [""])[0]
        if group not in of_type(created, "AWS::Logs::LogGroup"):
            yield f"{name} logs to {setting['DestinationArn']}"


def the_gateway_logs_no_requests(template: Template) -> Iterator[str]:
    """Data trace and execution logs would write bodies and headers down."""
    for name, stage in of_type(resolve(template), "AWS::ApiGateway::Stage").items():
        settings = stage.get("MethodSettings", [])
        if not any(one["ResourcePath"] == "/*" and one["HttpMethod"] == "*" for one in settings):
            yield f"{name} says nothing of the methods in general"
        for one in settings:
            if one.get("DataTraceEnabled") is not False or one.get("LoggingLevel") != "OFF":
                yield f"{name} logs requests to {one['ResourcePath']}"


def the_firewall_keeps_no_requests(template: Template) -> Iterator[str]:
    """WAF's samples and logs show headers, keys among them."""
    created = resolve(template)
    for name, firewall in of_type(created, "AWS::WAFv2::WebACL").items():
        for one in (firewall, *firewall["Rules"]):
            if one["VisibilityConfig"]["SampledRequestsEnabled"] is not False:
                yield f"{name} samples requests"
    for name in of_type(created, "AWS::WAFv2::LoggingConfiguration"):
        yield f"{name} logs requests"


def nothing_is_traced(template: Template) -> Iterator[str]:
    """X-Ray keeps callers' addresses and paths, and asks for rights on everything."""
    created = resolve(template)
    for name, stage in of_type(created, "AWS::ApiGateway::Stage").items():
        if stage.get("TracingEnabled") is not False:
            yield f"{name} is traced"
    for name, function in of_type(created, "AWS::Lambda::Function").items():
        if function.get("TracingConfig", {}).get("Mode") == "Active":
            yield f"{name} is traced"


def logs_are_kept_for_a_limited_time(template: Template) -> Iterator[str]:
    """Every function has a log group of its own here; whatever is chosen, each ends."""
    choices = template["Parameters"]["LogRetentionDays"].get("AllowedValues", [0])
    for days in choices:
        created = resolve(template, LogRetentionDays=days)
        for name, group in of_type(created, "AWS::Logs::LogGroup").items():
            if not 0 < group.get("RetentionInDays", 0) <= LONGEST_KEPT_DAYS:
                yield f"{name} keeps logs for {group.get('RetentionInDays')} days"
    groups = of_type(template, "AWS::Logs::LogGroup")
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        if function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield f"{name} logs for ever, to a group that Lambda makes"


def no_secret_is_in_view(template: Template) -> Iterator[str]:
    """In parameters and outputs; with no secret parameter, nothing needs to hide its echo."""
    for name, parameter in template["Parameters"].items():
        if "NoEcho" in parameter or _tells(name, parameter.get("Default")):
            yield f"parameter {name}"
    for name, output in template["Outputs"].items():
        if _tells(name, output["Value"]) or "Secret" in str(output["Value"]):
            yield f"output {name}"
    if "{{resolve:" in json.dumps(template):
        yield "a secret is written into the template when it is deployed"


def no_variable_is_a_secret(template: Template) -> Iterator[str]:
    """Neither by its name nor by its value: whoever may list functions reads them."""
    for function, properties in of_type(template, "AWS::Lambda::Function").items():
        for name, value in properties["Environment"]["Variables"].items():
            if _tells(name, value):
                yield f"variable {name} of {function}"


def _tells(name: str, value: Any) -> bool:
    return bool(SECRET_NAME.search(name) or SECRET_VALUE.search(str(value)))
