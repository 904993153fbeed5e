"""Each function may do what it does, on the very things it does it to."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.transform import Template
from tests.infra.test_template import of_type

Statement = dict[str, Any]

SITE_SECRETS = "secret:amzlinkr/${Stage}/site_*"
LOGS_ONLY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
READERS_OF_CREDENTIALS = {"Diagnose", "Search", "ImportItems", "ImportChunks", "RefreshShelves"}
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


def resources_of(statement: Statement) -> list[Any]:
    resource = statement["Resource"]
    return resource if isinstance(resource, list) else [resource]


def functions_that(template: Template, action: str, resource: str) -> set[str]:
    """Names of the functions that may do this to resources whose text holds `resource`."""
    return {
        name
        for name, role in roles(template).items()
        for statement in statements(role)
        if action in statement["Action"] and resource in str(statement["Resource"])
    }


def test_no_statement_says_anything(template: Template) -> None:
    for name, role in roles(template).items():
        for statement in statements(role):
            assert statement["Sid"], name
            assert statement["Effect"] == "Allow", name
            for action in statement["Action"]:
                assert re.fullmatch(r"(dynamodb|secretsmanager|sqs):[A-Za-z]+", action), name
            for resource in resources_of(statement):
                assert resource != "*", name


def test_only_the_logs_are_left_to_a_policy_of_aws(template: Template) -> None:
    for role in roles(template).values():
        assert role["ManagedPolicyArns"] == [LOGS_ONLY]


def test_policies_are_written_out(source: Template) -> None:
    functions = [
        resource["Properties"]
        for resource in source["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]

    for function in functions:
        (policy,) = function["Policies"]
        assert set(policy) == {"Version", "Statement"}


def test_wildcards_end_the_names_of_sites_credentials_only(template: Template) -> None:
    for role in roles(template).values():
        for statement in statements(role):
            text = str(statement["Resource"])
            assert "*" not in text.replace(SITE_SECRETS, "")


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
    (statement,) = statements(roles(template)["Authorize"])

    # It notes when a key was last used.
    assert statement["Action"] == ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    assert statement["Resource"] == {"Fn::GetAtt": ["SitesTable", "Arn"]}


def test_no_function_scans_a_table(template: Template) -> None:
    assert functions_that(template, "dynamodb:Scan", "") == set()


def test_a_queue_is_read_by_its_worker_alone(template: Template) -> None:
    assert functions_that(template, "sqs:ReceiveMessage", "ImportQueue") == {"ImportChunks"}
    assert functions_that(template, "sqs:ReceiveMessage", "RefreshQueue") == {"RefreshShelves"}
