"""Tests of the functions' IAM roles: least privilege, and who reads credentials and queues."""

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

Statement = dict[str, Any]

SITE_SECRETS = "secret:amzlinkr/${Stage}/site_*"
READERS_OF_CREDENTIALS = {"Diagnostics", "Search", "ImportItems", "ImportWorker", "RefreshShelves"}
WRITERS_OF_CREDENTIALS = {"Validate"}


def roles(template: Template) -> dict[str, dict[str, Any]]:
    """Return the roles of the functions by function name, with the policies attached to them."""
    attached = of_type(template, "AWS::IAM::Policy").values()
    found = {}
    for logical_id, role in of_type(template, "AWS::IAM::Role").items():
        if logical_id.endswith("FunctionRole"):
            more = [policy for policy in attached if {"Ref": logical_id} in policy["Roles"]]
            policies = [*role.get("Policies", ()), *more]
            found[logical_id.removesuffix("FunctionRole")] = {**role, "Policies": policies}
    return found


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
        ("secretsmanager:TagResource", WRITERS_OF_CREDENTIALS),
        ("secretsmanager:DescribeSecret", WRITERS_OF_CREDENTIALS),
    ],
)
def test_only_functions_that_call_amazon_read_credentials(
    action: str, expected: set[str], template: Template
) -> None:
    assert functions_that(template, action, SITE_SECRETS) == expected


@pytest.mark.parametrize(
    ("store", "keeps_key", "expected"),
    [
        ("secretsmanager", "false", (set(), set(), WRITERS_OF_CREDENTIALS)),
        ("secretsmanager", "true", (set(), READERS_OF_CREDENTIALS, WRITERS_OF_CREDENTIALS)),
        ("kms", "false", (WRITERS_OF_CREDENTIALS, READERS_OF_CREDENTIALS, set())),
        ("kms", "true", (WRITERS_OF_CREDENTIALS, READERS_OF_CREDENTIALS, set())),
    ],
)
def test_store_of_credentials_decides_who_encrypts_decrypts_and_creates_secrets(
    store: str, keeps_key: str, expected: tuple[set[str], ...], template: Template
) -> None:
    created = resolve(template, CredentialStore=store, KeepCredentialKey=keeps_key)

    assert (
        functions_that(created, "kms:Encrypt", "CredentialKey"),
        functions_that(created, "kms:Decrypt", "CredentialKey"),
        functions_that(created, "secretsmanager:CreateSecret", SITE_SECRETS),
    ) == expected
    assert functions_that(created, "secretsmanager:GetSecretValue", SITE_SECRETS) == (
        READERS_OF_CREDENTIALS
    )
    assert bool(of_type(created, "AWS::KMS::Key")) is bool(expected[1])


def test_key_of_credentials_is_rotated_retained_and_used_with_a_context_only(
    source: Template,
) -> None:
    key = source["Resources"]["CredentialKey"]
    assert (key["UpdateReplacePolicy"], key["DeletionPolicy"]) == ("Retain", "RetainExceptOnCreate")
    assert key["Properties"]["EnableKeyRotation"] is True
    cryptographic = {"kms:*", "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant"}
    for statement in key["Properties"]["KeyPolicy"]["Statement"]:
        if cryptographic & set(statement["Action"]):
            assert set(statement["Action"]) == {"kms:Encrypt", "kms:Decrypt"}
            assert set(statement["Condition"]["StringLike"]) == {
                "kms:EncryptionContext:site_id", "kms:EncryptionContext:marketplace",
            }  # fmt: skip


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
    assert functions_that(template, "sqs:ChangeMessageVisibility", "ImportQueue") == {
        "ImportWorker"
    }
    assert functions_that(template, "sqs:ReceiveMessage", "RefreshQueue") == {"RefreshShelves"}
