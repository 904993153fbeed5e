"""Rates and memory sizes of `template.yaml`, from which costs are computed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.stack.transform import load

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
SECONDS_PER_DAY, WINDOWS_PER_DAY = 86_400, 288
"""A rate-based rule of AWS WAF counts in windows of five minutes."""


@dataclass(frozen=True, slots=True)
class TemplateRates:
    """The rates and memory sizes of `template.yaml`, with the defaults of its parameters."""

    template: dict[str, Any]

    def calls_per_address(self, rule: str) -> int:
        """Return the calls per day that a firewall rule allows one address."""
        rules = self.template["Resources"]["ApiFirewall"]["Properties"]["Rules"]
        (found,) = [entry for entry in rules if entry["Name"] == rule]
        limit = self._value(found["Statement"]["RateBasedStatement"]["Limit"])
        return int(limit) * WINDOWS_PER_DAY

    def default_of(self, parameter: str) -> int:
        """Return the default of a parameter."""
        return int(self.template["Parameters"][parameter]["Default"])

    def calls_of_all_addresses(self, resource_path: str) -> int:
        """Return the calls per day that the `MethodSettings` allow all addresses together.

        HEAD requests have the same rates apart, and cost less.
        """
        settings = self.template["Resources"]["Api"]["Properties"]["MethodSettings"]
        (found,) = [
            entry
            for entry in settings
            if entry["ResourcePath"] == resource_path and entry["HttpMethod"] != "HEAD"
        ]
        return int(self._value(found["ThrottlingRateLimit"])) * SECONDS_PER_DAY

    def memory_gb(self, function: str) -> float:
        """Return the memory of a function in GB."""
        properties = self.template["Resources"][function]["Properties"]
        default = self.template["Globals"]["Function"]["MemorySize"]
        return float(properties.get("MemorySize", default)) / 1024

    def _value(self, node: Any) -> Any:
        match node:
            case {"Ref": name}:
                return self.template["Parameters"][name]["Default"]
            case {"Fn::If": ["IsDeployed", deployed, _]}:
                return deployed
        return node


def read_template() -> TemplateRates:
    """Return the rates of the template in this repository."""
    return TemplateRates(load(TEMPLATE))
