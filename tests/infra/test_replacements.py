"""Updates that replace a resource: the new one exists before the old one is deleted.

The names of both would be the same if the name were fixed, and the update would fail.
"""

from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from infra.local.stack.transform import Template, load
from tests.infra.conftest import REGION, ROOT
from tests.infra.test_versions import parameters_in

FIXED = {"Stage"}
"""A changed stage changes every name."""


def create_only(kind: str) -> list[list[str]]:
    """Return the paths of the properties of a type that cannot be changed in place."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    paths = schema.get("createOnlyProperties", [])
    return [path.removeprefix("/properties/").split("/") for path in paths]


def value_at(path: list[str], properties: Any) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def fixed_names(template: Template) -> list[str]:
    """Return the names of resources that a changed parameter replaces without a new name."""
    found = []
    for logical_id, resource in template["Resources"].items():
        if not resource["Type"].startswith("AWS::"):
            continue
        values = {
            path[-1]: value_at(path, resource.get("Properties", {}))
            for path in create_only(resource["Type"])
        }
        names = {key: value for key, value in values.items() if key.endswith("Name") and value}
        named_by = parameters_in(list(names.values()), template)
        replaced_by = parameters_in(list(values.values()), template) - named_by - FIXED
        is_reference = all(isinstance(one, dict) and "Ref" in one for one in names.values())
        if names and replaced_by and not is_reference:
            found.append(f"{logical_id}: {sorted(names)} with {sorted(replaced_by)}")
    return found


@pytest.mark.parametrize("name", ["template.yaml", "infra/observability.yaml"])
def test_a_resource_that_a_parameter_replaces_has_a_generated_name(
    name: str, template: Template
) -> None:
    given = template if name == "template.yaml" else load(ROOT / name)

    assert fixed_names(given) == []


def test_fixed_names_are_found() -> None:
    budget: dict[str, Any] = {
        "Budget": {"BudgetName": {"Fn::Sub": "amzlinkr-${Stage}"}},
        "NotificationsWithSubscribers": [{"Address": {"Ref": "AlarmEmail"}}],
    }
    template = {
        "Parameters": {"Stage": {}, "AlarmEmail": {}},
        "Resources": {"Budget": {"Type": "AWS::Budgets::Budget", "Properties": budget}},
    }

    assert fixed_names(template) == ["Budget: ['BudgetName'] with ['AlarmEmail']"]
    del budget["Budget"]["BudgetName"]
    assert fixed_names(template) == []
