"""Queries on the transformed template, with parameters and conditions resolved."""

import json
from typing import Any

from infra.local.stack.transform import Template

Resources = dict[str, dict[str, Any]]

NO_VALUE = {"Ref": "AWS::NoValue"}


def of_type(template: Template, name: str) -> Resources:
    """Return the properties of all resources of one type by logical ID."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == name
    }


def resolve(template: Template, **parameters: object) -> Template:
    """Return what CloudFormation creates with these parameters and defaults for the others."""
    defaults = {name: entry.get("Default", "") for name, entry in template["Parameters"].items()}
    return _Resolver(template, defaults | parameters).resources()


class _Resolver:
    def __init__(self, template: Template, parameters: dict[str, Any]) -> None:
        self._template = template
        self._parameters = parameters

    def resources(self) -> Template:
        """Return the template without resources that have a false condition."""
        created = {
            logical_id: self._value(resource)
            for logical_id, resource in self._template["Resources"].items()
            if "Condition" not in resource or self._is_true({"Condition": resource["Condition"]})
        }
        return self._template | {"Resources": created}

    def _is_true(self, test: dict[str, Any]) -> bool:
        ((operator, operand),) = test.items()
        match operator:
            case "Condition":
                return self._is_true(self._template["Conditions"][operand])
            case "Fn::Equals":
                left, right = (str(self._value(side)) for side in operand)
                return left == right
            case "Fn::Not":
                return not self._is_true(operand[0])
            case "Fn::And":
                return all(map(self._is_true, operand))
            case "Fn::Or":
                return any(map(self._is_true, operand))
        raise ValueError(f"unsupported condition function: {operator}")

    def _value(self, node: Any) -> Any:
        match node:
            case {"Fn::If": [name, when, otherwise]}:
                return self._value(when if self._is_true({"Condition": name}) else otherwise)
            case {"Ref": str(name)} if name in self._parameters:
                return self._parameters[name]
            case dict():
                values = {key: self._value(value) for key, value in node.items()}
                return {key: value for key, value in values.items() if value != NO_VALUE}
            case list():
                return [value for value in map(self._value, node) if value != NO_VALUE]
        return node


def access_log_fields(template: Template) -> dict[str, str]:
    """Return the fields of the API's access log with their values in the template."""
    (api,) = of_type(template, "AWS::Serverless::Api").values()
    return fields_of_format(api["AccessLogSetting"]["Format"])


def fields_of_format(text: str | dict[str, str]) -> dict[str, str]:
    """Return the fields of the format of an access log."""
    found: dict[str, str] = json.loads(text["Fn::Sub"] if isinstance(text, dict) else text)
    return found
