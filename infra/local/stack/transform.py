"""The SAM transform: translates template.yaml to the CloudFormation template that AWS deploys."""

import copy
import functools
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

Template = dict[str, Any]

# The translator warns about feature toggles that exist only inside AWS.
logging.getLogger("samtranslator.feature_toggle").setLevel(logging.ERROR)

CODE_PROPERTIES = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::CloudFormation::Stack": "TemplateURL",
}


def load(path: Path) -> Template:
    """Return the template with short intrinsic functions (`!Ref`) in their long form."""
    return copy.deepcopy(_parse(path.read_text()))


@functools.cache  # parsing takes five times as long as copying
def _parse(text: str) -> Template:
    template: Template = yaml_parse(text)
    return template


def transform(
    template: Template,
    parameters: Mapping[str, str],
    region: str,
    locate: Callable[[str, str], str],
) -> Template:
    """Translate `template`; `locate(logical_id, path)` returns the location of what is uploaded.

    That is the S3 URI of the code in a folder, and the URL of a nested template.
    """
    for logical_id, resource in template["Resources"].items():
        if code := CODE_PROPERTIES.get(resource["Type"]):
            path = resource["Properties"][code]
            resource["Properties"][code] = locate(logical_id, path)
    session = boto3.Session(
        region_name=region,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - the translator signs nothing
    )
    translator = Translator({}, Parser(), boto_session=session)
    translated: Template = translator.translate(template, dict(parameters))
    return translated


if __name__ == "__main__":
    as_deployed = transform(
        load(Path("template.yaml")),
        {"Stage": "prod"},
        "us-east-1",
        lambda name, _path: f"s3://code/{name}",
    )
    print(json.dumps(as_deployed, indent=2))
