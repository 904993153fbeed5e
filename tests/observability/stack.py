"""The alarms, the dashboard and the log queries, as deployed.

`infra/observability.yaml` has those that watch the service, `template.yaml` those that roll back a
deployment.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.stack.transform import Template, load
from tests.infra.template_reader import of_type, resolve
from tests.observability.emf import MetricName

ROOT = Path(__file__).parents[2]
STAGE = "local"
PSEUDO = {"AWS::Region": "us-east-1"}
SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]+)\} stage=\"(?P<stage>\w+)\" (?P<term>\w+)'")


@dataclass(frozen=True)
class Alarm:
    """One alarm. `metrics` are its inputs by ID; an alarm on one metric has no expression."""

    name: str
    description: str
    metrics: dict[str, tuple[MetricName, str]]
    expression: str
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    operator: str
    threshold: float
    missing_data: str


@dataclass(frozen=True)
class LogQuery:
    """A query of a log widget, with the name of its log group's parameter."""

    group: str
    text: str


@cache
def nested() -> Template:
    """Return the template of alarms and the dashboard."""
    return load(ROOT / "infra" / "observability.yaml")


def created(**parameters: object) -> Template:
    """Return what CloudFormation creates; a name that is a parameter has its own name as value."""
    names = {name: name for name in nested()["Parameters"]}
    values = names | {"Stage": STAGE, "Alarms": "all", "ApiStage": "api", "ConcurrencyWarning": 8}
    values |= {"AlarmEmail": "", "MonthlyBudget": 50} | parameters
    return {"Resources": _substituted(resolve(nested(), **values)["Resources"], values)}


def _substituted(node: Any, values: dict[str, Any]) -> Any:
    """Return the node with its `Fn::Sub` texts resolved."""
    if isinstance(node, dict) and set(node) == {"Fn::Sub"}:
        text: str = node["Fn::Sub"]
        for name, value in {**PSEUDO, **values}.items():
            text = text.replace(f"${{{name}}}", str(value))
        return text
    if isinstance(node, dict):
        return {key: _substituted(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_substituted(value, values) for value in node]
    return node


def alarms(level: str = "all") -> dict[str, Alarm]:
    """Return the alarms of a level by logical ID."""
    found = of_type(created(Alarms=level), "AWS::CloudWatch::Alarm")
    return {logical_id: _alarm(properties) for logical_id, properties in found.items()}


@cache
def rollback_alarms() -> dict[str, Alarm]:
    """Return the alarms that roll back a deployment, with `Canary`, by logical ID."""
    template = load(ROOT / "template.yaml")
    functions = of_type(template, "AWS::Serverless::Function")
    names = {name: one["FunctionName"]["Fn::Sub"] for name, one in functions.items()}
    values = {name: text.replace("${Stage}", STAGE) for name, text in names.items()}
    values |= {"Stage": STAGE, "Canary": "true"}
    found = of_type(template, "AWS::CloudWatch::Alarm")
    needed = {key: one for key, one in template["Resources"].items() if key in found}
    created_alarms = resolve(template | {"Resources": needed}, **values)
    return {
        logical_id: _alarm({"AlarmName": logical_id} | _substituted(properties, values))
        for logical_id, properties in of_type(created_alarms, "AWS::CloudWatch::Alarm").items()
    }


def _alarm(properties: dict[str, Any]) -> Alarm:
    entries = properties.get("Metrics", [])
    stats = {entry["Id"]: entry["MetricStat"] for entry in entries if "MetricStat" in entry}
    expressions = [entry["Expression"] for entry in entries if "Expression" in entry]
    metrics = {name: (_name(stat["Metric"]), stat["Stat"]) for name, stat in stats.items()}
    if not entries:
        statistic = properties.get("Statistic") or properties["ExtendedStatistic"]
        metrics = {"value": (_name(properties), statistic)}
    periods = {stat["Period"] for stat in stats.values()} or {properties["Period"]}
    (period,) = periods
    return Alarm(
        properties["AlarmName"],
        properties["AlarmDescription"],
        metrics,
        expressions[0] if expressions else "value",
        period,
        properties["EvaluationPeriods"],
        properties.get("DatapointsToAlarm", properties["EvaluationPeriods"]),
        properties["ComparisonOperator"],
        float(properties["Threshold"]),
        properties["TreatMissingData"],
    )


def _name(metric: dict[str, Any]) -> MetricName:
    dimensions = ((entry["Name"], entry["Value"]) for entry in metric.get("Dimensions", []))
    return metric["Namespace"], metric["MetricName"], frozenset(dimensions)


def widgets(kind: str) -> Iterator[dict[str, Any]]:
    """Yield the properties of the dashboard's widgets of one type."""
    ((_, properties),) = of_type(created(), "AWS::CloudWatch::Dashboard").items()
    for widget in json.loads(properties["DashboardBody"])["widgets"]:
        if widget["type"] == kind:
            yield widget["properties"]


def dashboard_metrics() -> Iterator[MetricName]:
    """Yield the metrics that widgets name."""
    for widget in widgets("metric"):
        for entry in widget["metrics"]:
            words = [word for word in entry if not isinstance(word, dict)]
            if words:
                namespace, name, *dimensions = words
                pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
                yield namespace, name, frozenset(pairs)


def dashboard_searches() -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield namespace, names of dimensions, and the term of each search expression."""
    for widget in widgets("metric"):
        for entry in widget["metrics"]:
            text = entry[0].get("expression", "") if isinstance(entry[0], dict) else ""
            if "SEARCH" in text:
                match = SEARCH.search(text)
                assert match, text
                assert match["stage"] == STAGE
                namespace, *dimensions = match["schema"].split(",")
                yield namespace, frozenset(dimensions), match["term"]


def log_queries() -> Iterator[LogQuery]:
    """Yield the queries of log widgets."""
    for widget in widgets("log"):
        source, _, text = widget["query"].partition(" | ")
        yield LogQuery(source.removeprefix("SOURCE '").removesuffix("'"), text)


def named_metrics() -> set[MetricName]:
    """Return every metric that an alarm or a widget names."""
    every_alarm = (*alarms().values(), *alarms("essential").values(), *rollback_alarms().values())
    of_alarms = {name for alarm in every_alarm for name, _ in alarm.metrics.values()}
    return of_alarms | set(dashboard_metrics())
