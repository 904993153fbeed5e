"""The translated template with its parameters and conditions decided."""

from typing import Any

from infra.local.stack.transform import Template

Resources = dict[str, dict[str, Any]]

NO_VALUE = {"Ref": "AWS::NoValue"}


def of_type(template: Template, name: str) -> Resources:
    """Logical ids and properties of all resources of one type."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == name
    }


def resolve(template: Template, **parameters: object) -> Template:
    """What CloudFormation creates with these parameters; the others keep their defaults."""
    defaults = {name: one.get("Default", "") for name, one in template["Parameters"].items()}
    return _Decision(template, defaults | parameters).resources()


class _Decision:
    def __init__(self, template: Template, parameters: dict[str, Any]) -> None:
        self._template = template
        self._parameters = parameters

    def resources(self) -> Template:
        """The template without the resources whose conditions do not hold."""
        created = {
            logical_id: self._value(resource)
            for logical_id, resource in self._template["Resources"].items()
            if "Condition" not in resource or self._holds({"Condition": resource["Condition"]})
        }
        return self._template | {"Resources": created}

    def _holds(self, test: dict[str, Any]) -> bool:
        ((operator, operand),) = test.items()
        match operator:
            case "Condition":
                return self._holds(self._template["Conditions"][operand])
            case "Fn::Equals":
                one, other = (str(self._value(each)) for each in operand)
                return one == other
            case "Fn::Not":
                return not self._holds(operand[0])
            case "Fn::And":
                return all(self._holds(each) for each in operand)
            case "Fn::Or":
                return any(self._holds(each) for each in operand)
        raise ValueError(f"no such condition: {operator}")

    def _value(self, node: Any) -> Any:
        match node:
            case {"Fn::If": [name, when, otherwise]}:
                return self._value(when if self._holds({"Condition": name}) else otherwise)
            case {"Ref": str(name)} if name in self._parameters:
                return self._parameters[name]
            case dict():
                values = {key: self._value(value) for key, value in node.items()}
                return {key: value for key, value in values.items() if value != NO_VALUE}
            case list():
                return [value for value in map(self._value, node) if value != NO_VALUE]
        return node
