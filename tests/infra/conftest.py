"""The template as AWS's serverless transform leaves it, for production and for the local stack."""

from pathlib import Path

import pytest

from infra.local.stack.transform import Template, load, transform

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"


def translated(**parameters: str) -> Template:
    """template.yaml with these parameters; its code is wherever CloudFormation finds it."""
    return transform(
        load(ROOT / "template.yaml"), parameters, REGION, lambda name, _folder: f"s3://code/{name}"
    )


@pytest.fixture(scope="session")
def source() -> Template:
    return load(ROOT / "template.yaml")


@pytest.fixture(scope="session")
def template() -> Template:
    """As deployed to AWS, by someone who tried to point it elsewhere."""
    return translated(Stage="prod", AmazonUrl="http://elsewhere.example")
