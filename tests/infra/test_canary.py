"""Deployments of functions: which ones begin with a part of the calls, and what rolls them back."""

import copy
from typing import Any

import cfnlint.template
import pytest

from infra.local.stack.stack import local_parameters
from infra.local.stack.transform import Template
from tests.infra.conftest import translated
from tests.infra.template_reader import of_type, resolve
from tests.infra.test_template import api_body

CANARY = {
    "Fn::Sub": [
        "CodeDeployDefault.Lambda${ConfigName}",
        {"ConfigName": "Canary10Percent5Minutes"},
    ]
}


@pytest.fixture(scope="module")
def deployed(template: Template) -> Template:
    return resolve(template, Stage="prod")


def request_functions(template: Template) -> set[str]:
    """Return the functions that API Gateway invokes, the authorizer included."""
    body = api_body(template)
    operations = [one for methods in body["paths"].values() for one in methods.values()]
    texts = [str(one["x-amazon-apigateway-integration"]) for one in operations]
    texts.append(str(body["components"]["securitySchemes"]))
    names = of_type(template, "AWS::Lambda::Function")
    return {name for name in names if any(name in text for text in texts)}


def test_request_functions_begin_with_a_part_of_the_calls_and_others_do_not(
    template: Template,
) -> None:
    groups = of_type(template, "AWS::CodeDeploy::DeploymentGroup")
    names = request_functions(template)

    assert "AuthorizerFunction" in names
    assert set(groups) == {f"{name}DeploymentGroup" for name in names}
    for name in of_type(template, "AWS::Lambda::Function"):
        policy = template["Resources"][f"{name}Aliaslive"].get("UpdatePolicy", {})
        shifted = policy.get("CodeDeployLambdaAliasUpdate", {}).get("DeploymentGroupName")
        assert shifted == ({"Ref": f"{name}DeploymentGroup"} if name in names else None), name


def test_errors_of_the_function_and_of_the_api_roll_back(deployed: Template) -> None:
    """Read the own metric too: a router answers an exception, which is no error of AWS Lambda."""
    alarms = of_type(deployed, "AWS::CloudWatch::Alarm")
    for logical_id, group in of_type(deployed, "AWS::CodeDeploy::DeploymentGroup").items():
        function = logical_id.removesuffix("DeploymentGroup")
        api, own, *faults = (one["Name"]["Ref"] for one in group["AlarmConfiguration"]["Alarms"])

        assert group["AlarmConfiguration"]["Enabled"] is True
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert group["DeploymentConfigName"] == CANARY
        assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["DeploymentRole", "Arn"]}
        assert metric(alarms[api]) == ("AmzLinkr", "ApiFaults", "Sum")
        assert metric(alarms[own]) == ("AWS/Lambda", "Errors", "Sum")
        assert dimensions(alarms[own]) == {
            "FunctionName": {"Ref": function},
            "Resource": {"Fn::Sub": f"${{{function}}}:live"},
        }
        variables = deployed["Resources"][function]["Properties"]["Environment"]["Variables"]
        service = variables["POWERTOOLS_SERVICE_NAME"]
        assert len(faults) == (0 if service == "authorizer" else 1)
        for name in faults:
            assert metric(alarms[name]) == ("AmzLinkr", "Problem_internal_error", "Sum")
            assert dimensions(alarms[name]) == {"service": service, "stage": "prod"}


def test_every_rollback_alarm_belongs_to_a_deployment(deployed: Template) -> None:
    groups = of_type(deployed, "AWS::CodeDeploy::DeploymentGroup").values()
    used = {one["Name"]["Ref"] for group in groups for one in group["AlarmConfiguration"]["Alarms"]}

    assert used == set(of_type(deployed, "AWS::CloudWatch::Alarm"))


def test_rollback_alarms_are_raised_while_the_canary_runs(deployed: Template) -> None:
    for alarm in of_type(deployed, "AWS::CloudWatch::Alarm").values():
        assert alarm["Period"] * alarm["EvaluationPeriods"] < 300
        assert alarm["TreatMissingData"] == "notBreaching"


def test_api_metric_is_that_of_the_stage(deployed: Template) -> None:
    alarm = of_type(deployed, "AWS::CloudWatch::Alarm")["ApiServerErrorsAlarm"]

    assert dimensions(alarm) == {"service": "api", "stage": "prod"}


def test_no_resource_waits_for_itself(deployed: Template) -> None:
    # cfn-lint changes the conditions of the template that it reads.
    template = cfnlint.template.Template("template.json", copy.deepcopy(deployed))

    assert template.graph is not None
    assert list(template.graph.get_cycles(template)) == []


@pytest.mark.parametrize("parameters", [{"Canary": "false"}, local_parameters("http://a.example")])
def test_without_the_canary_nothing_of_codedeploy_is_created(parameters: dict[str, str]) -> None:
    template = translated(**parameters)
    created = resolve(template, **parameters)["Resources"]

    assert not [one for one in created.values() if one["Type"].startswith("AWS::CodeDeploy::")]
    assert not [name for name in created if name.endswith("Alarm")]


def metric(alarm: dict[str, Any]) -> tuple[str, str, str]:
    return alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]


def dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    return {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
