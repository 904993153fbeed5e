"""Who may do what: functions what they do, strangers nothing, and nobody without TLS."""

import re
from collections.abc import Iterator
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

Statement = dict[str, Any]

SERVICES = "dynamodb|secretsmanager|sqs"
# The names that run-time secrets and Secrets Manager's own suffix make unknowable beforehand.
OPEN_NAMES = ("secret:amzlinkr/${Stage}/site_*", "secret:amzlinkr/${Stage}/service-??????")
LOGGING_POLICIES = (
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
)
POLICY_OF = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
CALLS = {
    "AWS::SQS::Queue": {"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"},
    "AWS::SNS::Topic": {"sns:Publish"},
}


def listed(value: Any) -> list[Any]:
    """IAM takes one thing for a list of one."""
    return value if isinstance(value, list) else [value]


def statements(node: Any) -> Iterator[Statement]:
    """Every policy statement below this part of the template."""
    if isinstance(node, dict):
        if "Effect" in node:
            yield node
        for value in node.values():
            yield from statements(value)
    if isinstance(node, list):
        for value in node:
            yield from statements(value)


def granted(template: Template) -> Iterator[tuple[str, Statement]]:
    """What roles may do, by the role's name; who may take a role is another matter."""
    for name, resource in resolve(template)["Resources"].items():
        if resource["Type"].startswith("AWS::IAM::"):
            for statement in statements(resource):
                if "Principal" not in statement:
                    yield name, statement


def actions_are_named(template: Template) -> Iterator[str]:
    """No wildcard, nothing but the three services that functions use."""
    for name, statement in granted(template):
        for action in listed(statement.get("Action", "everything but what is named")):
            if not re.fullmatch(rf"({SERVICES}):[A-Za-z]+", action):
                yield f"{name} may do {action}"


def resources_are_named(template: Template) -> Iterator[str]:
    """No wildcard, but for the ends of names that nobody knows beforehand."""
    for name, statement in granted(template):
        text = str(statement.get("Resource", "*"))
        for known in OPEN_NAMES:
            text = text.replace(known, "")
        if "*" in text or "?" in text:
            yield f"{name} reaches {statement.get('Resource', 'all but what is named')}"


def no_table_is_scanned(template: Template) -> Iterator[str]:
    """Every read names its site."""
    for name, statement in granted(template):
        if "dynamodb:Scan" in listed(statement.get("Action")):
            yield f"{name} scans"


def only_logs_are_left_to_policies_of_aws(template: Template) -> Iterator[str]:
    """What AWS changes in a policy of its own changes no more than who writes logs."""
    for name, role in of_type(resolve(template), "AWS::IAM::Role").items():
        for policy in role.get("ManagedPolicyArns", []):
            if not any(known in str(policy) for known in LOGGING_POLICIES):
                yield f"{name} has {policy}"


def nothing_is_public(template: Template) -> Iterator[str]:
    """Services of AWS alone are let in, and call a function for one thing of ours only."""
    created = resolve(template)
    for name, resource in created["Resources"].items():
        for statement in statements(resource):
            principal = statement.get("Principal", {"Service": ""})
            if statement["Effect"] == "Allow" and (
                "NotPrincipal" in statement or set(principal) != {"Service"}
            ):
                yield f"{name} lets in {principal}"
    for name, permission in of_type(created, "AWS::Lambda::Permission").items():
        if not permission["Principal"].endswith(".amazonaws.com"):
            yield f"{name} lets {permission['Principal']} call"
        if "SourceArn" not in permission:
            yield f"{name} lets everybody's {permission['Principal']} call"
    yield from (f"{name} has an address" for name in of_type(created, "AWS::Lambda::Url"))


def queues_and_topics_are_reached_over_tls_only(template: Template) -> Iterator[str]:
    """Each refuses plain HTTP from everybody; the local stack's have nothing else."""
    created = resolve(template)
    for kind, (policy_kind, targets) in POLICY_OF.items():
        for name in of_type(created, kind):
            policies = of_type(created, policy_kind).values()
            ours = [policy for policy in policies if {"Ref": name} in policy[targets]]
            if not any(_refuses_http(one, name, CALLS[kind]) for one in statements(ours)):
                yield f"{name} takes plain HTTP"


def _refuses_http(statement: Statement, name: str, calls: set[str]) -> bool:
    return (
        statement["Effect"] == "Deny"
        and statement.get("Principal") == "*"
        and calls <= set(listed(statement["Action"]))
        and statement["Resource"] in ({"Fn::GetAtt": [name, "Arn"]}, {"Ref": name})
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )
