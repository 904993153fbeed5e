"""Deployment of the template to the emulator, with the steps of `sam deploy`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import WaiterError

from infra.gateway_problems import problem_text
from infra.local.stack.emulator import REGION, client_options
from infra.local.stack.packaging import zip_package
from infra.local.stack.processes import StackError
from infra.local.stack.transform import Template, load, transform

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import WaiterConfigTypeDef
    from mypy_boto3_s3 import S3Client

CODE_BUCKET = "amzlinkr-code"
STACK_NAME = "amzlinkr-local"
_logger = logging.getLogger(__name__)


def deploy(endpoint: str, root: Path, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploy `root`/template.yaml and return the physical name of each logical ID."""
    s3: S3Client = boto3.client("s3", **client_options(endpoint))
    s3.create_bucket(Bucket=CODE_BUCKET)

    def upload(logical_id: str, folder: str) -> str:
        if (root / folder).is_file():
            nested = without_metric_math(load(root / folder))
            s3.put_object(Bucket=CODE_BUCKET, Key=folder, Body=json.dumps(nested).encode())
            return f"{endpoint}/{CODE_BUCKET}/{folder}"
        # A layer's folder also contains its build files; Lambda needs only the package.
        layer = (root / folder / "requirements.txt").exists()
        code = (
            zip_package(root / folder / "amzlinkr", "python/amzlinkr")
            if layer
            else zip_package(root / folder)
        )
        s3.put_object(Bucket=CODE_BUCKET, Key=f"{logical_id}.zip", Body=code)
        return f"s3://{CODE_BUCKET}/{logical_id}.zip"

    _logger.info("Transforming template.yaml and packaging the code")
    template = transform(load(root / "template.yaml"), parameters, REGION, upload)
    allow_batch_sends(template)
    s3.put_object(Bucket=CODE_BUCKET, Key="template.json", Body=json.dumps(template).encode())

    types = [resource["Type"] for resource in template["Resources"].values()]
    functions = types.count("AWS::Lambda::Function")
    _logger.info("Creating %d functions, their tables and queues", functions)
    resources = execute_change_set(endpoint, parameters)
    apply_gateway_responses(endpoint, resources, template)
    return resources


def api_url_of(endpoint: str, resources: Mapping[str, str]) -> str:
    """Return the URL of the API: it ends in `/v1`."""
    return f"{endpoint}/restapis/{resources['Api']}/api/_user_request_/v1"


def execute_change_set(endpoint: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Create the stack from the uploaded template with a change set."""
    cloudformation: CloudFormationClient = boto3.client(
        "cloudformation", **client_options(endpoint)
    )
    cloudformation.create_change_set(
        StackName=STACK_NAME,
        ChangeSetName="deploy",
        ChangeSetType="CREATE",
        TemplateURL=f"{endpoint}/{CODE_BUCKET}/template.json",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    wait: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 60}
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(
            StackName=STACK_NAME, ChangeSetName="deploy", WaiterConfig=wait
        )
        cloudformation.execute_change_set(StackName=STACK_NAME, ChangeSetName="deploy")
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK_NAME, WaiterConfig=wait
        )
    except WaiterError as exc:
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        reasons = [
            f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
            for event in events
            if event.get("ResourceStatusReason")
        ]
        raise StackError("The template could not be deployed.\n" + "\n".join(reasons)) from exc
    response = cloudformation.describe_stack_resources(StackName=STACK_NAME)
    return {
        resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "")
        for resource in response["StackResources"]
    }


def without_metric_math(template: Template) -> Template:
    """Return the template without alarms on expressions, which the emulator refuses."""
    kept = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if "Metrics" not in resource.get("Properties", {})
    }
    return template | {"Resources": kept}


def allow_batch_sends(template: Template) -> None:
    """Add `sqs:SendMessageBatch` to each statement that allows `sqs:SendMessage`.

    In AWS the permission to send includes batches. The emulator checks a separate action.
    """
    for role in template["Resources"].values():
        for policy in role.get("Properties", {}).get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if "sqs:SendMessage" in statement["Action"]:
                    statement["Action"] = [*statement["Action"], "sqs:SendMessageBatch"]


def apply_gateway_responses(
    endpoint: str, resources: Mapping[str, str], template: Template
) -> None:
    """Create the template's gateway responses by API call, because the emulator ignores them.

    The emulator states no host either, so a stage variable has the URL of the API.
    """
    gateway: APIGatewayClient = boto3.client("apigateway", **client_options(endpoint))
    api_id, api_url = resources["Api"], api_url_of(endpoint, resources)
    body = template["Resources"]["Api"]["Properties"]["Body"]
    for response_type, response in body["x-amazon-apigateway-gateway-responses"].items():
        gateway.put_gateway_response(
            restApiId=api_id,
            responseType=response_type,
            statusCode=response["statusCode"],
            responseParameters=response["responseParameters"],
            responseTemplates={
                media_type: problem_text(text, api_url)
                for media_type, text in response["responseTemplates"].items()
            },
        )
    stage = template["Resources"]["ApiapiStage"]["Properties"]["StageName"]
    gateway.create_deployment(restApiId=api_id, stageName=stage)
    gateway.update_stage(
        restApiId=api_id,
        stageName=stage,
        patchOperations=[{"op": "replace", "path": "/variables/api_url", "value": api_url}],
    )
