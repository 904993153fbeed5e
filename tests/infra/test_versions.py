"""Tests of the functions' versions: what publishes one, and that events invoke it by the alias."""

import re
from itertools import product
from typing import Any

import pytest

from infra.local.stack.transform import Template, load, transform
from tests.infra.conftest import REGION, ROOT, translated
from tests.infra.template_reader import of_type, resolve

FIXED = {"Stage", "AmazonUrl"}
"""A changed stage creates other functions, and the stage `local` is deployed once."""
NOT_IN_VERSIONS = ("FunctionName", "ReservedConcurrentExecutions", "Tags")
"""Properties of a function that its versions do not have."""
MAX_DESCRIPTION = 256
DOCUMENTS = "DocumentsFunction"
"""The function of public documents, to which no limit applies."""


def functions() -> list[str]:
    return sorted(of_type(translated(), "AWS::Lambda::Function"))


def parameters_in(node: Any, template: Template) -> set[str]:
    """Return the parameters on which a value depends, by references and conditions."""
    match node:
        case {"Ref": str(name)}:
            return {name} & set(template["Parameters"])
        case {"Fn::Sub": str(text)}:
            return set(re.findall(r"\$\{(\w+)\}", text)) & set(template["Parameters"])
        case {"Fn::If": [condition, *values]}:
            children = [{"Condition": condition}, *values]
        case {"Condition": str(name)}:
            children = [template["Conditions"][name]]
        case dict():
            children = list(node.values())
        case list():
            children = node
        case _:
            children = []
    return set[str]().union(*(parameters_in(child, template) for child in children))


def version_of(function: str, template: Template) -> tuple[str, dict[str, Any]]:
    versions = of_type(template, "AWS::Lambda::Version")
    ((logical_id, properties),) = (
        (name, each) for name, each in versions.items() if each["FunctionName"] == {"Ref": function}
    )
    return logical_id, properties


def test_events_schedules_and_queues_invoke_the_alias(template: Template) -> None:
    invoked = [
        each["FunctionName"] for each in of_type(template, "AWS::Lambda::Permission").values()
    ]
    sources = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    invoked += [each["FunctionName"] for each in sources]
    for rule in of_type(template, "AWS::Events::Rule").values():
        invoked += [target["Arn"] for target in rule["Targets"]]

    assert len(invoked) > len(functions())
    assert {next(iter(each)) for each in invoked} == {"Ref"}
    assert [each["Ref"] for each in invoked if not each["Ref"].endswith("Aliaslive")] == []


def test_the_gateway_invokes_the_alias(template: Template) -> None:
    invoked = re.findall(
        r"(?:functions/\$\{|'Ref': ')(\w*Function\w*)",
        str(template["Resources"]["Api"]["Properties"]["Body"]),
    )
    named = [name for name in invoked if name != "__FunctionArn__"]

    assert len(named) > 20
    assert "AuthorizerFunctionAliaslive" in named
    assert [name for name in named if not name.endswith("FunctionAliaslive")] == []


def read_by(function: str, template: Template) -> set[str]:
    """Return the parameters that a version of a function depends on."""
    configuration = {
        name: value
        for name, value in template["Resources"][function]["Properties"].items()
        if name not in NOT_IN_VERSIONS
    }
    used = parameters_in(configuration, template) - FIXED
    if function != DOCUMENTS:
        return used
    return {name for name in used if template["Parameters"][name]["Type"] != "Number"}


@pytest.mark.parametrize("function", functions())
def test_a_changed_parameter_publishes_a_version(function: str, template: Template) -> None:
    """SAM does not detect it; CloudFormation replaces a version with another description."""
    _, version = version_of(function, template)

    assert parameters_in(version["Description"], template) == read_by(function, template)


def test_a_version_is_published_only_if_its_function_changes(template: Template) -> None:
    """AWS Lambda publishes no version of the same code and configuration, so the update fails."""
    parts = {"AWS::Lambda::Function", "AWS::Lambda::Version"}
    resources = {name: one for name, one in template["Resources"].items() if one["Type"] in parts}
    small = template | {"Resources": resources}
    for store, kept in product(("secretsmanager", "kms"), ("false", "true")):
        before = {"Stage": "prod", "CredentialStore": store, "KeepCredentialKey": kept}
        values = settings_of_versions(small, before)
        for name in parameters_in([each["Description"] for each in versions_of(small)], small):
            after = settings_of_versions(small, before | {name: other_value(name, small, before)})
            for function, (description, configuration) in values.items():
                if after[function][0] != description:
                    assert after[function][1] != configuration, (name, before, function)


def versions_of(template: Template) -> list[dict[str, Any]]:
    return list(of_type(template, "AWS::Lambda::Version").values())


def settings_of_versions(
    template: Template, parameters: dict[str, str]
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the description of each function's version, and what the version contains."""
    created = resolve(template, **parameters)
    functions_created = of_type(created, "AWS::Lambda::Function")
    described = {one["FunctionName"]["Ref"]: one["Description"] for one in versions_of(created)}
    return {
        name: (
            str(described[name]),
            {key: value for key, value in one.items() if key not in NOT_IN_VERSIONS},
        )
        for name, one in functions_created.items()
    }


def other_value(name: str, template: Template, parameters: dict[str, str]) -> str:
    """Return another value of a parameter, of the allowed ones if they are named."""
    declared = template["Parameters"][name]
    now = parameters.get(name, str(declared["Default"]))
    return next(
        (str(one) for one in declared.get("AllowedValues", []) if str(one) != now), now + "1"
    )


@pytest.mark.parametrize("function", functions())
def test_the_description_of_a_version_is_short_enough(function: str, template: Template) -> None:
    _, version = version_of(function, template)
    parameters = [
        template["Parameters"][name] for name in parameters_in(version["Description"], template)
    ]

    longest = [
        max(map(len, map(str, each.get("AllowedValues", [each.get("MaxLength", 0) * "x"]))))
        if each["Type"] == "String"
        else len("100000")
        for each in parameters
    ]

    assert all(longest), "a text needs a MaxLength or AllowedValues"
    assert sum(longest) + len(longest) <= MAX_DESCRIPTION


@pytest.mark.parametrize("changed", ["AmzlinkrLayer", "SearchFunction"])
def test_changed_code_publishes_versions(changed: str, template: Template) -> None:
    """Publish all functions for a new layer, which contains nearly all code."""
    after = transform(
        load(ROOT / "template.yaml"),
        {"Stage": "prod", "AmazonUrl": "http://elsewhere.example"},
        REGION,
        lambda name, _folder: f"s3://code/{name}{'-2' if name == changed else ''}",
    )

    published = {
        each for each in functions() if version_of(each, after)[0] != version_of(each, template)[0]
    }

    assert published == ({changed} if changed in functions() else set(functions()))


def test_earlier_versions_are_deleted(template: Template) -> None:
    """Delete them, because a snapshot is billed as long as its version exists."""
    versions = [
        each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Version"
    ]

    assert len(versions) == len(functions())
    assert {each["DeletionPolicy"] for each in versions} == {"Delete"}


@pytest.mark.parametrize(("value", "applied"), [("off", "None"), ("on", "PublishedVersions")])
def test_snapshots_are_a_parameter(value: str, applied: str, template: Template) -> None:
    found = of_type(resolve(template, SnapStart=value), "AWS::Lambda::Function").values()

    assert template["Parameters"]["SnapStart"]["Default"] == "off"
    assert [each["SnapStart"] for each in found] == [{"ApplyOn": applied}] * len(functions())


def test_the_layer_is_for_the_runtime_of_the_functions_only(template: Template) -> None:
    (layer,) = of_type(template, "AWS::Lambda::LayerVersion").values()
    runtimes = {each["Runtime"] for each in of_type(template, "AWS::Lambda::Function").values()}

    assert layer["CompatibleRuntimes"] == list(runtimes)
    assert layer["CompatibleArchitectures"] == ["arm64"]
