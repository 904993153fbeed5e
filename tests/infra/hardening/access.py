"""Rules for access: least privilege for roles, no public resource, TLS only."""

import re
from collections.abc import Iterator
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

Statement = dict[str, Any]

SERVICES = "dynamodb|kms|secretsmanager|sqs"
DEPLOYMENT_ROLE = "DeploymentRole"
DEPLOYMENT_ACTIONS = {
    "lambda:GetAlias",
    "lambda:UpdateAlias",
    "lambda:GetProvisionedConcurrencyConfig",
    "cloudwatch:DescribeAlarms",
}
"""Actions of CodeDeploy, which no function may use."""
# Names that contain run-time IDs, the random suffix of CloudFormation, and the functions of the
# stage: CodeDeploy shifts the calls between their versions.
ALLOWED_WILDCARDS = (
    "secret:amzlinkr/${Stage}/site_*",
    "alarm:${AWS::StackName}-*",
    "function:amzlinkr-${Stage}-*",
)
LOGGING_POLICIES = (
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
)
POLICIES = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
"""The principal of a key's policy: the account's IAM policies decide."""
KEY_USES = {
    "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant",
    "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
}  # fmt: skip
SITE_CONTEXT = ("site_id", "marketplace")
CLIENT_ACTIONS = {
    "AWS::SQS::Queue": {"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"},
    "AWS::SNS::Topic": {"sns:Publish"},
}


def as_list(value: Any) -> list[Any]:
    """Return the value as a list, because IAM accepts a single value instead of a list."""
    return value if isinstance(value, list) else [value]


def statements(node: Any) -> Iterator[Statement]:
    """Yield every policy statement below this part of the template."""
    if isinstance(node, dict):
        if "Effect" in node:
            yield node
        for value in node.values():
            yield from statements(value)
    if isinstance(node, list):
        for value in node:
            yield from statements(value)


def granted(template: Template) -> Iterator[tuple[str, Statement]]:
    """Yield the permissions of all roles with the role's name, without trust policies."""
    for name, resource in resolve(template)["Resources"].items():
        if resource["Type"].startswith("AWS::IAM::"):
            for statement in statements(resource):
                if "Principal" not in statement:
                    yield name, statement


def actions_are_named(template: Template) -> Iterator[str]:
    """Yield actions with wildcards or of services other than those that functions use."""
    for name, statement in granted(template):
        for action in as_list(statement.get("Action", "all actions except the named ones")):
            is_deployment = name == DEPLOYMENT_ROLE and action in DEPLOYMENT_ACTIONS
            if not is_deployment and not re.fullmatch(rf"({SERVICES}):[A-Za-z]+", action):
                yield f"{name} allows {action}"


def resources_are_named(template: Template) -> Iterator[str]:
    """Yield resources with wildcards, except in parts of names that are set at run time."""
    for name, statement in granted(template):
        text = str(statement.get("Resource", "*"))
        for allowed in ALLOWED_WILDCARDS:
            text = text.replace(allowed, "")
        if "*" in text or "?" in text:
            resources = statement.get("Resource", "all resources except the named ones")
            yield f"{name} allows access to {resources}"


def only_the_operator_scans_sites(template: Template) -> Iterator[str]:
    """Yield roles that may scan a table; every read of a request must name its site.

    The operator's function scans the sites table, which has no product.
    """
    sites = {"Fn::GetAtt": ["SitesTable", "Arn"]}
    for name, statement in granted(template):
        allowed = name == "AdminFunctionRole" and statement.get("Resource") == sites
        if "dynamodb:Scan" in as_list(statement.get("Action")) and not allowed:
            yield f"{name} allows dynamodb:Scan"


def managed_policies_allow_logging_only(template: Template) -> Iterator[str]:
    """Yield roles with AWS managed policies other than those for logging.

    AWS can change these policies, so they may only concern logs.
    """
    for name, role in of_type(resolve(template), "AWS::IAM::Role").items():
        for policy in role.get("ManagedPolicyArns", []):
            if not any(known in str(policy) for known in LOGGING_POLICIES):
                yield f"{name} has {policy}"


def nothing_is_public(template: Template) -> Iterator[str]:
    """Yield public access: other principals than AWS services, or services of any account.

    A key's policy may name the account itself.
    """
    created = resolve(template)
    for name, resource in created["Resources"].items():
        for statement in statements(resource):
            principal = statement.get("Principal", {"Service": ""})
            if resource["Type"] == "AWS::KMS::Key" and principal == ACCOUNT:
                continue
            if statement["Effect"] == "Allow" and (
                "NotPrincipal" in statement or set(principal) != {"Service"}
            ):
                yield f"{name} allows the principal {principal}"
    for name, permission in of_type(created, "AWS::Lambda::Permission").items():
        if not permission["Principal"].endswith(".amazonaws.com"):
            yield f"{name} allows {permission['Principal']} to invoke a function"
        if "SourceArn" not in permission:
            yield f"{name} allows {permission['Principal']} of any account to invoke a function"
    yield from (f"{name} is a function URL" for name in of_type(created, "AWS::Lambda::Url"))


def keys_decrypt_with_a_context_only(template: Template) -> Iterator[str]:
    """Yield statements of key policies that permit a cryptographic use without a site."""
    for name, key in of_type(resolve(template), "AWS::KMS::Key").items():
        if not key.get("EnableKeyRotation"):
            yield f"{name} is not rotated"
        for statement in statements(key["KeyPolicy"]):
            actions = as_list(statement["Action"])
            context = statement.get("Condition", {}).get("StringLike", {})
            is_bound = {f"kms:EncryptionContext:{part}" for part in SITE_CONTEXT} <= set(context)
            uses = [one for one in actions if one in KEY_USES or "*" in one]
            if statement["Effect"] == "Allow" and uses and not is_bound:
                yield f"{name} allows {uses} without an encryption context"


def queues_and_topics_require_tls(template: Template) -> Iterator[str]:
    """Yield queues and topics without a policy that denies plain HTTP to all principals."""
    created = resolve(template)
    for kind, (policy_kind, targets) in POLICIES.items():
        for name in of_type(created, kind):
            policies = of_type(created, policy_kind).values()
            ours = [policy for policy in policies if {"Ref": name} in policy[targets]]
            if not any(
                _denies_http(statement, name, CLIENT_ACTIONS[kind])
                for statement in statements(ours)
            ):
                yield f"{name} accepts plain HTTP"


def _denies_http(statement: Statement, name: str, calls: set[str]) -> bool:
    return (
        statement["Effect"] == "Deny"
        and statement.get("Principal") == "*"
        and calls <= set(as_list(statement["Action"]))
        and statement["Resource"] in ({"Fn::GetAtt": [name, "Arn"]}, {"Ref": name})
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )
