"""Each function may do what it does, on the very things it does it to."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type

Statement = dict[str, Any]

SITE_SECRETS = "secret:amzlinkr/${Stage}/site_*"
READERS_OF_CREDENTIALS = {"Diagnostics", "Search", "ImportItems", "ImportWorker", "RefreshShelves"}
WRITERS_OF_CREDENTIALS = {"Validate"}


def roles(template: Template) -> dict[str, dict[str, Any]]:
    """The functions' roles, by the function's name."""
    return {
        logical_id.removesuffix("FunctionRole"): role
        for logical_id, role in of_type(template, "AWS::IAM::Role").items()
        if logical_id.endswith("FunctionRole")
    }


def statements(role: dict[str, Any]) -> Iterator[Statement]:
    """The role's own statements."""
    for policy in role["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def functions_that(template: Template, action: str, resource: str) -> set[str]:
    """Names of the functions that may do this to resources whose text holds `resource`."""
    return {
        name
        for name, role in roles(template).items()
        for statement in statements(role)
        if action in statement["Action"] and resource in str(statement["Resource"])
    }


def test_policies_are_written_out(source: Template) -> None:
    functions = [
        resource["Properties"]
        for resource in source["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]

    for function in functions:
        (policy,) = function["Policies"]
        assert set(policy) == {"Version", "Statement"}
        assert all(statement["Sid"] for statement in policy["Statement"])


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("secretsmanager:GetSecretValue", READERS_OF_CREDENTIALS),
        ("secretsmanager:CreateSecret", WRITERS_OF_CREDENTIALS),
        ("secretsmanager:PutSecretValue", WRITERS_OF_CREDENTIALS),
    ],
)
def test_credentials_are_read_where_amazon_is_asked(
    action: str, expected: set[str], template: Template
) -> None:
    assert functions_that(template, action, SITE_SECRETS) == expected


def test_the_authorizer_reads_one_table_by_key(template: Template) -> None:
    (statement,) = statements(roles(template)["Authorizer"])

    # It notes when a key was last used.
    assert statement["Action"] == ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    assert statement["Resource"] == {"Fn::GetAtt": ["SitesTable", "Arn"]}


def test_a_queue_is_read_by_its_worker_alone(template: Template) -> None:
    assert functions_that(template, "sqs:ReceiveMessage", "ImportQueue") == {"ImportWorker"}
    assert functions_that(template, "sqs:ReceiveMessage", "RefreshQueue") == {"RefreshShelves"}
