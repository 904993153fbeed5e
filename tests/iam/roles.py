"""The functions' IAM roles, rendered from the template for the account of the tests."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from amzlinkr.config import KMS, SECRETS_MANAGER
from infra.local.stack.transform import Template, load, transform
from tests.iam.policy import Statement
from tests.infra.template_reader import resolve

ACCOUNT, REGION = "123456789012", "us-east-1"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/CredentialKey"
MOVING_BACK = "moving back"
STORES = {
    SECRETS_MANAGER: {"CredentialStore": "secretsmanager"},
    KMS: {"CredentialStore": "kms"},
    MOVING_BACK: {"CredentialStore": "secretsmanager", "KeepCredentialKey": "true"},
}
"""The parameters of stacks with each store of credentials."""
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "Stage": "local",
}


@cache
def rendered() -> Template:
    """Return the transformed template."""
    path = Path(__file__).parents[2] / "template.yaml"
    return transform(load(path), {"Stage": "local"}, REGION, lambda name, _: f"s3://code/{name}")


@cache
def roles(store: str = SECRETS_MANAGER) -> Mapping[str, tuple[Statement, ...]]:
    """Return the statements of each function's role by the name of its folder.

    `store` is one of `STORES`.
    """
    resources = resolve(rendered(), **STORES[store])["Resources"]
    attached = [one for one in resources.values() if one["Type"] == "AWS::IAM::Policy"]
    found: dict[str, tuple[Statement, ...]] = {}
    for logical_id, resource in resources.items():
        if resource["Type"] != "AWS::Lambda::Function":
            continue
        role = f"{logical_id}Role"
        policies = [
            *resources[role]["Properties"].get("Policies", ()),
            *(one["Properties"] for one in attached if {"Ref": role} in one["Properties"]["Roles"]),
        ]
        found[folder_of(logical_id)] = tuple(
            resolved(statement)
            for policy in policies
            for statement in policy["PolicyDocument"]["Statement"]
        )
    return found


def folder_of(logical_id: str) -> str:
    """Return the folder of a function: `import_items` for `ImportItemsFunction`."""
    name = logical_id.removesuffix("Function")
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def resolved(node: Any) -> Any:
    """Return the node without intrinsic functions, with the ARNs of the emulated resources."""
    if isinstance(node, list):
        return [resolved(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if "Fn::GetAtt" in node:
        return arn_of(node["Fn::GetAtt"][0])
    if "Ref" in node:
        return PSEUDO.get(node["Ref"]) or arn_of(node["Ref"])
    if "Fn::Sub" in node:
        text: str = node["Fn::Sub"]
        for name, value in PSEUDO.items():
            text = text.replace(f"${{{name}}}", value)
        while "${" in text:
            before, _, rest = text.partition("${")
            name, _, after = rest.partition("}")
            text = before + arn_of(name.removesuffix(".Arn")) + after
        return text
    return {key: resolved(value) for key, value in node.items()}


def arn_of(logical_id: str) -> str:
    """Return the ARN of a resource that is named by its logical ID."""
    kind = rendered()["Resources"][logical_id]["Type"]
    if kind == "AWS::DynamoDB::Table":
        return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{logical_id}"
    if kind == "AWS::SQS::Queue":
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{logical_id}.fifo"
    if kind == "AWS::KMS::Key":
        return KEY_ARN
    if kind == "AWS::SecretsManager::Secret":
        # CloudFormation generates the name; the tests use this one.
        return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:amzlinkr/local/service-??????"
    raise LookupError(logical_id)
