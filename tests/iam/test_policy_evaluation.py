"""Tests of the policy evaluation, the permissions of calls, and the enforcer."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.iam.enforcer import PolicyEnforcer
from tests.iam.policy import PermissionRequest, decide
from tests.iam.required_permissions import required_permissions
from tests.iam.roles import folder_of, roles

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/T"
ALLOW = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": TABLE}


def may(statement: dict[str, Any], request: PermissionRequest, *others: dict[str, Any]) -> bool:
    return decide([statement, *others], request) is not None


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("dynamodb:GetItem", TABLE, True), ("DynamoDB:getitem", TABLE, True),
        ("dynamodb:GetItems", TABLE, False), ("dynamodb:Query", TABLE, False),
        ("dynamodb:GetItem", TABLE + "/index/i", False), ("dynamodb:GetItem", TABLE + "2", False),
        ("dynamodb:GetItem", TABLE.lower(), False),
    ],
)  # fmt: skip
def test_actions_and_resources(action: str, resource: str, allowed: bool) -> None:
    assert may(ALLOW, PermissionRequest(action, resource)) is allowed


@pytest.mark.parametrize(
    ("pattern", "name", "allowed"),
    [
        ("secret:a/site_*", "secret:a/site_1/US/1-AbCdEf", True),
        ("secret:a/site_*", "secret:b/site_1/US/1-AbCdEf", False),
        ("secret:a/service-??????", "secret:a/service-AbCdEf", True),
        ("secret:a/service-??????", "secret:a/service-2-AbCdEf", False),
        ("secret:a/service-??????", "secret:a/service-AbCdE", False),
        ("*", "anything", True), ("a.c", "abc", False),
    ],
)  # fmt: skip
def test_wildcards(pattern: str, name: str, allowed: bool) -> None:
    statement = {"Effect": "Allow", "Action": "s:G", "Resource": [pattern]}
    assert may(statement, PermissionRequest("s:G", name)) is allowed


def test_explicit_deny_overrides_allow_in_any_order() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": TABLE}
    request = PermissionRequest("dynamodb:GetItem", TABLE)
    assert not may(ALLOW, request, deny)
    assert not may(deny, request, ALLOW)
    assert decide([], request) is None


def test_not_action_and_not_resource() -> None:
    statement = {"Effect": "Allow", "NotAction": "dynamodb:Scan", "NotResource": TABLE + "2"}
    assert may(statement, PermissionRequest("dynamodb:Query", TABLE))
    assert not may(statement, PermissionRequest("dynamodb:Scan", TABLE))
    assert not may(statement, PermissionRequest("dynamodb:Query", TABLE + "2"))


KEY = "dynamodb:LeadingKeys"


@pytest.mark.parametrize(
    ("condition", "context", "allowed"),
    [
        ({"ForAllValues:StringEquals": {KEY: ["a", "b"]}}, {KEY: ["a"]}, True),
        ({"ForAllValues:StringEquals": {KEY: ["a", "b"]}}, {KEY: ["a", "b"]}, True),
        ({"ForAllValues:StringEquals": {KEY: ["a"]}}, {KEY: ["a", "c"]}, False),
        # An absent key satisfies ForAllValues; a Null condition excludes it.
        ({"ForAllValues:StringEquals": {KEY: ["a"]}}, {}, True),
        ({"ForAllValues:StringEquals": {KEY: ["a"]}, "Null": {KEY: "false"}}, {}, False),
        ({"ForAllValues:StringEquals": {KEY: ["a"]}}, {KEY: []}, True),
        ({"ForAnyValue:StringEquals": {KEY: ["a"]}}, {KEY: ["c", "a"]}, True),
        ({"ForAnyValue:StringEquals": {KEY: ["a"]}}, {KEY: []}, False),
        ({"ForAnyValue:StringEquals": {KEY: ["a"]}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {KEY: ["a"]}}, {KEY: ["a", "c"]}, True),
        ({"ForAnyValue:StringNotEquals": {KEY: ["a"]}}, {KEY: ["a"]}, False),
        # ForAnyValue requires a value, whether negated or not.
        ({"ForAnyValue:StringNotEquals": {KEY: ["a"]}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {KEY: ["a"]}}, {KEY: []}, False),
        ({"ForAllValues:StringNotEquals": {KEY: ["a"]}}, {}, True),
        ({"ForAllValues:StringLike": {KEY: ["abc-*"]}}, {KEY: ["abc-def-1"]}, True),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringEquals": {"k": "a"}}, {"K": ["a"]}, True),
        ({"StringEquals": {"k": "a"}}, {"k": ["A"]}, False),
        ({"StringEqualsIgnoreCase": {"k": "a"}}, {"k": ["A"]}, True),
        ({"StringEqualsIfExists": {"k": "a"}}, {}, True),
        ({"StringEqualsIfExists": {"k": "a"}}, {"k": ["b"]}, False),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": ["c"]}, True),
        ({"StringNotEquals": {"k": ["a", "b"]}}, {"k": ["b"]}, False),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": ["true"]}, False),
        ({"Null": {"k": "true"}}, {}, True), ({"Null": {"k": "true"}}, {"k": ["a"]}, False),
        ({"StringEquals": {"k": "a", "l": "b"}}, {"k": ["a"]}, False),
    ],
)  # fmt: skip
def test_conditions(condition: dict[str, Any], context: dict[str, Any], allowed: bool) -> None:
    statement = {**ALLOW, "Condition": condition}
    assert may(statement, PermissionRequest("dynamodb:GetItem", TABLE, context)) is allowed


@pytest.mark.parametrize(
    ("pattern", "arn", "fits"),
    [
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:us-?ast-1:1:q*", "arn:aws:sqs:us-east-1:1:queue", True),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:*:*:1:q", "arn:aws:sns:us-east-1:2:1:q", False),
        ("arn:aws:sns:*:1:t*", "arn:aws:sns:us-east-1:1:t:subscription", True),
        ("*", "arn:aws:sqs:us-east-1:1:q", False),
    ],
)
@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals"])
def test_wildcard_in_an_arn_does_not_match_a_colon(
    operator: str, pattern: str, arn: str, fits: bool
) -> None:
    like, unlike = (
        {**ALLOW, "Condition": {name: {"aws:SourceArn": pattern}}}
        for name in (operator, operator.replace("Arn", "ArnNot"))
    )
    request = PermissionRequest("dynamodb:GetItem", TABLE, {"aws:SourceArn": [arn]})
    assert (may(like, request), may(unlike, request)) == (fits, not fits)


def test_permissions_that_calls_require() -> None:
    def required(service: str, operation: str, **arguments: Any) -> list[tuple[str, str]]:
        found = required_permissions(service, operation, arguments)
        return [(request.action, request.resource.rpartition(":")[2]) for request in found]

    key = {"pk": {"S": "a"}}
    assert required(
        "dynamodb",
        "TransactWriteItems",
        TransactItems=[
            {"Put": {"TableName": "T", "Item": key}},
            {"ConditionCheck": {"TableName": "U", "Key": key}},
        ],
    ) == [("dynamodb:PutItem", "table/T"), ("dynamodb:ConditionCheckItem", "table/U")]
    assert required("dynamodb", "Query", TableName="T", IndexName="due") == [
        ("dynamodb:Query", "table/T/index/due")
    ]
    (batch,) = required_permissions(
        "dynamodb",
        "BatchGetItem",
        {"RequestItems": {"T": {"Keys": [key, {"pk": {"S": "b"}}]}}},
    )
    assert batch.context == {"dynamodb:LeadingKeys": ["a", "b"]}
    assert required("sqs", "SendMessageBatch", QueueUrl="https://q/1/Q.fifo") == [
        ("sqs:SendMessage", "Q.fifo")
    ]
    assert required("secretsmanager", "CreateSecret", Name="a/site_1/US/1") == [
        ("secretsmanager:CreateSecret", "a/site_1/US/1-AbCdEf")
    ]


def test_missing_permission_is_recorded_and_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[tuple[str, str, str]] = set()
    monkeypatch.setattr("tests.iam.enforcer.USED_GRANTS", used)
    enforcer, secret = PolicyEnforcer(), {"SecretId": "amzlinkr/local/site_1/US/1"}
    with pytest.raises(ClientError, match="validate may not secretsmanager:GetSecretValue"):
        enforcer.check("validate", "secretsmanager", "GetSecretValue", secret)
    assert len(enforcer.denied) == 1
    enforcer.check("search", "secretsmanager", "GetSecretValue", secret)
    assert {grant[0] for grant in used} == {"search"}


def test_every_function_has_a_role() -> None:
    assert folder_of("ImportItemsFunction") == "import_items"
    assert {"signup", "authorizer", "validate", "admin", "purge_deleted_sites"} <= set(roles())
    assert [name for name, statements in roles().items() if not statements] == ["documents"]
