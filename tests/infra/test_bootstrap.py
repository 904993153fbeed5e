"""Tests of the bootstrap template: the settings of an account that all stacks share."""

import pytest

from infra.local.stack.transform import Template, load
from tests.infra.conftest import ROOT
from tests.infra.hardening import access
from tests.infra.hardening.storage import RETAINED
from tests.infra.template_reader import of_type

SHARED_TYPES = ("AWS::ApiGateway::Account",)
"""Types with one instance per account and region: two stacks would overwrite each other's."""


@pytest.fixture(scope="module")
def bootstrap() -> Template:
    return load(ROOT / "infra" / "bootstrap.yaml") | {"Parameters": {}}


def test_account_settings_are_in_the_bootstrap_template_only(
    bootstrap: Template, template: Template
) -> None:
    for kind in SHARED_TYPES:
        assert len(of_type(bootstrap, kind)) == 1
        assert of_type(template, kind) == {}


def test_role_of_the_access_logs_is_used_by_api_gateway_only(bootstrap: Template) -> None:
    (account,) = of_type(bootstrap, "AWS::ApiGateway::Account").values()
    ((name, role),) = of_type(bootstrap, "AWS::IAM::Role").items()
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert account["CloudWatchRoleArn"] == {"Fn::GetAtt": [name, "Arn"]}
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert list(access.managed_policies_allow_logging_only(bootstrap)) == []
    assert list(access.nothing_is_public(bootstrap)) == []


def test_other_apis_of_the_account_keep_the_role_when_the_stack_is_deleted(
    bootstrap: Template,
) -> None:
    for resource in bootstrap["Resources"].values():
        assert resource["DeletionPolicy"] == RETAINED
