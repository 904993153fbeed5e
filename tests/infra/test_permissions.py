"""Tests of the functions' IAM roles: least privilege, and who reads credentials and queues."""

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
    """Return the roles of the functions by function name."""
    return {
        logical_id.removesuffix("FunctionRole"): role
        for logical_id, role in of_type(template, "AWS::IAM::Role").items()
        if logical_id.endswith("FunctionRole")
    }


def statements(role: dict[str, Any]) -> Iterator[Statement]:
    """Return the statements of the role's inline policies."""
    for policy in role.get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]


def functions_that(template: Template, action: str, resource: str) -> set[str]:
    """Return the functions that may run `action` on a resource that contains this text."""
    return {
        name
        for name, role in roles(template).items()
        for statement in statements(role)
        if action in statement["Action"] and resource in str(statement["Resource"])
    }


def test_each_function_has_one_inline_policy_with_named_statements(source: Template) -> None:
    functions = {
        name: resource["Properties"]
        for name, resource in source["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }

    # A caller without an API key reaches no permission through it.
    assert "Policies" not in functions.pop("DocumentsFunction")
    for function in functions.values():
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
def test_only_functions_that_call_amazon_read_credentials(
    action: str, expected: set[str], template: Template
) -> None:
    assert functions_that(template, action, SITE_SECRETS) == expected


def test_authorizer_reads_and_updates_one_table_by_key(template: Template) -> None:
    (statement,) = statements(roles(template)["Authorizer"])

    # The update records when an API key was last used.
    assert statement["Action"] == ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    assert statement["Resource"] == {"Fn::GetAtt": ["SitesTable", "Arn"]}


def test_only_the_worker_reads_its_queue(template: Template) -> None:
    for queue in ("ImportQueue", "SandboxImportQueue"):
        assert functions_that(template, "sqs:ReceiveMessage", queue) == {"ImportWorker"}
        senders = {"ImportItems", "ImportWorker", "PriceSync"}
        assert functions_that(template, "sqs:SendMessage", queue) == senders
    assert functions_that(template, "sqs:ReceiveMessage", "RefreshQueue") == {"RefreshShelves"}
