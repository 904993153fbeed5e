"""What a call to AWS needs: each action on each resource (Service Authorization Reference)."""

from collections.abc import Iterator
from typing import Any

from tests.iam.policy import PermissionRequest
from tests.iam.roles import ACCOUNT, REGION

TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
BATCHED = {"SendMessageBatch": "SendMessage"}
SUFFIX = "-AbCdEf"
"""What Secrets Manager adds to a name in its ARN: six characters of its own."""


def required_permissions(
    service: str, operation: str, arguments: dict[str, Any]
) -> Iterator[PermissionRequest]:
    """Everything this call must be allowed to do."""
    if service == "dynamodb":
        yield from _dynamodb(operation, arguments)
    elif service == "secretsmanager":
        yield _secret(operation, arguments)
    elif service == "sqs":
        queue = arguments["QueueUrl"].rpartition("/")[2]
        action = BATCHED.get(operation, operation)
        yield PermissionRequest(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    else:
        yield PermissionRequest(f"{service}:{operation}", "*")


def _dynamodb(operation: str, arguments: dict[str, Any]) -> Iterator[PermissionRequest]:
    match operation:
        case "TransactWriteItems":
            for entry in arguments["TransactItems"]:
                ((kind, item),) = entry.items()
                yield _item(TRANSACTED[kind], item["TableName"], [item.get("Key") or item["Item"]])
        case "BatchGetItem":
            for table, request in arguments["RequestItems"].items():
                yield _item(operation, table, request["Keys"])
        case "BatchWriteItem":
            for table, requests in arguments["RequestItems"].items():
                yield _item(operation, table, [_written(request) for request in requests])
        case "Query" | "Scan":
            index = arguments.get("IndexName")
            table = arguments["TableName"] + (f"/index/{index}" if index else "")
            yield PermissionRequest(f"dynamodb:{operation}", _table(table))
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
        # An ask for a name that does not end in the suffix is decided on the full ARN.
        name = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}{SUFFIX}"
    return PermissionRequest(f"secretsmanager:{operation}", name)
