"""Rules against exposure of data in logs, traces, samples, parameters and outputs."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.template_reader import fields_of_format, of_type, resolve

ALLOWED_FIELDS = {
    "api",
    "${Stage}",
    "$context.authorizer.error",
    "$context.authorizer.latency",
    "$context.authorizer.principalId",
    "$context.authorizer.status",
    "$context.error.responseType",
    "$context.httpMethod",
    "$context.identity.sourceIp",
    "$context.integration.error",
    "$context.integration.requestId",
    "$context.integration.status",
    "$context.integrationLatency",
    "$context.requestId",
    "$context.requestTimeEpoch",
    "$context.resourcePath",
    "$context.responseLatency",
    "$context.responseLength",
    "$context.status",
}
HIDDEN_FIELDS = {("SINGLE_HEADER", "authorization"), ("QUERY_STRING",), ("BODY",)}
"""What samples of the firewall must not contain, in the terms of WAF's data protection."""
MAX_RETENTION_DAYS = 90
SECRET_NAME = re.compile(
    r"secret(?!s_prefix|_id)|password|api_?key|token|credential", re.IGNORECASE
)
SECRET_VALUE = re.compile(r"AKIA[0-9A-Z]{16}|amzl_(live|test)_|oa2-cs|[A-Za-z0-9+/]{40}")


def access_logs_exclude_keys_and_queries(template: Template) -> Iterator[str]:
    """Yield fields of access logs that are not allowed, such as headers, queries and raw paths."""
    created = resolve(template)
    for name, stage in of_type(created, "AWS::ApiGateway::Stage").items():
        setting = stage.get("AccessLogSetting")
        if not setting:
            yield f"{name} has no access log"
            continue
        fields = set(fields_of_format(setting["Format"]).values())
        yield from (f"{name} logs {field}" for field in sorted(fields - ALLOWED_FIELDS))
        group = setting["DestinationArn"].get("Fn::GetAtt", [""])[0]
        if group not in of_type(created, "AWS::Logs::LogGroup"):
            yield f"{name} logs to {setting['DestinationArn']}"


def gateway_logs_no_requests(template: Template) -> Iterator[str]:
    """Yield settings with data trace or execution logs, which contain bodies and headers."""
    for name, stage in of_type(resolve(template), "AWS::ApiGateway::Stage").items():
        settings = stage.get("MethodSettings", [])
        if not any(
            entry["ResourcePath"] == "/*" and entry["HttpMethod"] == "*" for entry in settings
        ):
            yield f"{name} has no default settings for all methods"
        for entry in settings:
            if entry.get("DataTraceEnabled") is not False or entry.get("LoggingLevel") != "OFF":
                yield f"{name} logs requests to {entry['ResourcePath']}"


def firewall_samples_hide_keys(template: Template) -> Iterator[str]:
    """Yield firewalls with API keys, queries, or bodies in their samples, and firewall logs."""
    created = resolve(template)
    for name, firewall in of_type(created, "AWS::WAFv2::WebACL").items():
        protections = firewall.get("DataProtectionConfig", {}).get("DataProtections", [])
        hidden = {
            (entry["Field"]["FieldType"], *entry["Field"].get("FieldKeys", []))
            for entry in protections
            if entry["Action"] == "SUBSTITUTION"
        }
        for field in sorted(HIDDEN_FIELDS - hidden):
            yield f"{name} samples {' '.join(field)}"
    for name in of_type(created, "AWS::WAFv2::LoggingConfiguration"):
        yield f"{name} logs requests"


def tracing_is_off(template: Template) -> Iterator[str]:
    """Yield X-Ray tracing, which stores addresses and paths and requires broad permissions."""
    created = resolve(template)
    for name, stage in of_type(created, "AWS::ApiGateway::Stage").items():
        if stage.get("TracingEnabled") is not False:
            yield f"{name} is traced"
    for name, function in of_type(created, "AWS::Lambda::Function").items():
        if function.get("TracingConfig", {}).get("Mode") == "Active":
            yield f"{name} is traced"


def log_retention_is_limited(template: Template) -> Iterator[str]:
    """Yield log groups without limited retention, for every allowed parameter value."""
    choices = template["Parameters"]["LogRetentionDays"].get("AllowedValues", [0])
    for days in choices:
        created = resolve(template, LogRetentionDays=days)
        for name, group in of_type(created, "AWS::Logs::LogGroup").items():
            if not 0 < group.get("RetentionInDays", 0) <= MAX_RETENTION_DAYS:
                yield f"{name} keeps logs for {group.get('RetentionInDays')} days"
    groups = of_type(template, "AWS::Logs::LogGroup")
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        if function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield f"{name} logs without expiry to a group that Lambda creates"


NAMES_WITHOUT_SECRETS = {
    "CredentialStore", "KeepCredentialKey", "CREDENTIAL_STORE", "CREDENTIAL_KEY_ARN",
}  # fmt: skip
"""Names like those of secrets: the name of a store, a choice, and the ARN of a key."""


def parameters_and_outputs_hold_no_secrets(template: Template) -> Iterator[str]:
    """Yield secrets in parameters, outputs and dynamic references."""
    for name, parameter in template["Parameters"].items():
        if "NoEcho" in parameter or _contains_secret(name, parameter.get("Default")):
            yield f"parameter {name}"
    for name, output in template["Outputs"].items():
        if _contains_secret(name, output["Value"]) or "Secret" in str(output["Value"]):
            yield f"output {name}"
    if "{{resolve:" in json.dumps(template):
        yield "the template resolves a secret at deployment"


def variables_hold_no_secrets(template: Template) -> Iterator[str]:
    """Yield variables with the name or value of a secret, which is visible in the console."""
    for function, properties in of_type(template, "AWS::Lambda::Function").items():
        for name, value in properties["Environment"]["Variables"].items():
            if _contains_secret(name, value):
                yield f"variable {name} of {function}"


def _contains_secret(name: str, value: Any) -> bool:
    is_named_like_one = name not in NAMES_WITHOUT_SECRETS and SECRET_NAME.search(name)
    return bool(is_named_like_one or SECRET_VALUE.search(str(value)))
