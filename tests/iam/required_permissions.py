"""Permissions that a call to AWS requires, per the Service Authorization Reference."""

from collections.abc import Iterator
from typing import Any

from tests.iam.policy import PermissionRequest
from tests.iam.roles import ACCOUNT, KEY_ARN, REGION

TRANSACTION_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
BATCH_ACTIONS = {"SendMessageBatch": "SendMessage"}
ARN_SUFFIX = "-AbCdEf"
"""An example of the random suffix that Secrets Manager appends to a name in its ARN."""


def required_permissions(
    service: str, operation: str, arguments: dict[str, Any]
) -> Iterator[PermissionRequest]:
    """Yield each permission that the call requires."""
    if service == "dynamodb":
        yield from _dynamodb(operation, arguments)
    elif service == "secretsmanager":
        yield _secret(operation, arguments)
        if arguments.get("Tags"):
            yield _secret("TagResource", arguments)
    elif service == "kms":
        context = arguments.get("EncryptionContext", {})
        values = {f"kms:EncryptionContext:{name}": [value] for name, value in context.items()}
        keys = {"kms:EncryptionContextKeys": list(context)} if context else {}
        # The key's ID differs by test; there is one key.
        assert arguments["KeyId"].startswith(KEY_ARN.rpartition("/")[0])
        yield PermissionRequest(f"kms:{operation}", KEY_ARN, values | keys)
    elif service == "sqs":
        queue = arguments["QueueUrl"].rpartition("/")[2]
        action = BATCH_ACTIONS.get(operation, operation)
        yield PermissionRequest(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    else:
        yield PermissionRequest(f"{service}:{operation}", "*")


def _dynamodb(operation: str, arguments: dict[str, Any]) -> Iterator[PermissionRequest]:
    match operation:
        case "TransactWriteItems":
            for entry in arguments["TransactItems"]:
                ((kind, item),) = entry.items()
                yield _item(
                    TRANSACTION_ACTIONS[kind], item["TableName"], [item.get("Key") or item["Item"]]
                )
        case "BatchGetItem":
            for table, request in arguments["RequestItems"].items():
                yield _item(operation, table, request["Keys"])
        case "BatchWriteItem":
            for table, requests in arguments["RequestItems"].items():
                yield _item(operation, table, [_written(request) for request in requests])
        case "Query" | "Scan" | "DescribeTable":
            index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
            table = _table(arguments["TableName"] + index)
            yield PermissionRequest(f"dynamodb:{operation}", table)
        case _:
            key = arguments.get("Key") or arguments["Item"]
            yield _item(operation, arguments["TableName"], [key])


def _written(request: dict[str, Any]) -> dict[str, Any]:
    put: dict[str, Any] | None = request.get("PutRequest", {}).get("Item")
    return put or request["DeleteRequest"]["Key"]


def _item(operation: str, table: str, keys: list[dict[str, Any]]) -> PermissionRequest:
    leading = sorted({next(iter(key["pk"].values())) for key in keys})
    return PermissionRequest(
        f"dynamodb:{operation}", _table(table), {"dynamodb:LeadingKeys": leading}
    )


def _table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def _secret(operation: str, arguments: dict[str, Any]) -> PermissionRequest:
    name = arguments.get("SecretId") or arguments.get("Name") or "*"
    if not name.startswith("arn:"):
        # IAM evaluates a request by name against the full ARN with the suffix.
        name = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}{ARN_SUFFIX}"
    return PermissionRequest(f"secretsmanager:{operation}", name)
