"""Alarms and widgets name metrics and log fields that exist."""

from itertools import product

import pytest

from amzlinkr.domain.connections import State
from infra.local.stack.transform import load
from tests.infra.template_reader import access_log_fields, of_type
from tests.observability.documented import is_documented
from tests.observability.emf import MetricName
from tests.observability.stack import (
    ROOT,
    STAGE,
    alarms,
    dashboard_searches,
    log_queries,
    named_metrics,
    widgets,
)
from tests.observability.written import queried_fields, queried_messages

TEMPLATE = load(ROOT / "template.yaml")
STACK = TEMPLATE["Resources"]["Observability"]["Properties"]
FUNCTIONS = {
    resource["Properties"]["FunctionName"]["Fn::Sub"].replace("${Stage}", STAGE)
    for resource in TEMPLATE["Resources"].values()
    if resource["Type"] == "AWS::Serverless::Function"
}


def of(namespace: str) -> set[MetricName]:
    return {metric for metric in named_metrics() if metric[0] == namespace}


def test_own_metrics_have_the_service_of_a_function_and_the_stage() -> None:
    services = {name.removeprefix(f"amzlinkr-{STAGE}-") for name in FUNCTIONS} | {"api"}
    own = of("AmzLinkr")

    assert own
    for _, name, dimensions in own:
        found = dict(dimensions)
        assert set(found) == {"service", "stage"}, name
        assert (found["stage"], found["service"] in services) == (STAGE, True), name


def test_service_of_metrics_is_the_name_of_the_function() -> None:
    for resource in TEMPLATE["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            variables = resource["Properties"]["Environment"]["Variables"]
            name = resource["Properties"]["FunctionName"]["Fn::Sub"]
            assert name == f"amzlinkr-${{Stage}}-{variables['POWERTOOLS_SERVICE_NAME']}"


def test_metrics_of_aws_are_documented_with_their_dimensions() -> None:
    others = named_metrics() - of("AmzLinkr")

    assert others
    assert [metric for metric in others if not is_documented(metric)] == []


def test_every_function_has_an_alarm_on_errors() -> None:
    watched = {
        dict(dimensions).get("FunctionName")
        for alarm in alarms().values()
        for (_, name, dimensions), _ in alarm.metrics.values()
        if name == "Errors"
    }
    assert watched - {None} == FUNCTIONS


def test_every_queue_of_failures_has_an_alarm_on_its_messages() -> None:
    targets = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in of_type(TEMPLATE, "AWS::SQS::Queue").values()
        if "RedrivePolicy" in queue
    }
    for function in of_type(TEMPLATE, "AWS::Serverless::Function").values():
        on_failure = function.get("EventInvokeConfig", {}).get("DestinationConfig", {})
        if "OnFailure" in on_failure:
            targets.add(on_failure["OnFailure"]["Destination"]["Fn::GetAtt"][0])
    watched = {
        STACK["Parameters"][dict(dimensions)["QueueName"]]["Fn::GetAtt"][0]
        for alarm in alarms().values()
        for (_, name, dimensions), _ in alarm.metrics.values()
        if name == "ApproximateNumberOfMessagesVisible"
    }
    assert watched == targets


def test_names_of_tables_and_queues_are_those_of_the_template() -> None:
    for name, value in STACK["Parameters"].items():
        if name.endswith("QueueName"):
            assert value == {"Fn::GetAtt": [name.removesuffix("Name"), "QueueName"]}
        if name.endswith(("TableName", "LogGroupName")):
            assert value == {"Ref": name.removesuffix("Name")}
    assert STACK["Parameters"]["ApiName"] == TEMPLATE["Resources"]["Api"]["Properties"]["Name"]
    assert (
        STACK["Parameters"]["ApiStage"] == (TEMPLATE["Resources"]["Api"]["Properties"]["StageName"])
    )


def test_throttles_of_every_table_and_its_global_indexes_have_alarms() -> None:
    """Throttles of a global index are not among those of its table."""
    watched = {metric for alarm in alarms().values() for metric, _ in alarm.metrics.values()}
    for logical_id, table in of_type(TEMPLATE, "AWS::DynamoDB::Table").items():
        indexes = table.get("GlobalSecondaryIndexes", [])
        resources: list[dict[str, str]] = [{}]
        resources += [{"GlobalSecondaryIndexName": index["IndexName"]} for index in indexes]
        for name, index in product(("ReadThrottleEvents", "WriteThrottleEvents"), resources):
            dimensions = {"TableName": f"{logical_id}Name", **index}
            assert ("AWS/DynamoDB", name, frozenset(dimensions.items())) in watched


def test_costs_on_the_dashboard_include_every_table_and_its_global_indexes() -> None:
    """Units of a global index are not among those of its table."""
    (widget,) = (one for one in widgets("metric") if "tables at list prices" in one["title"])
    counted = {
        (entry[1], tuple(entry[2:-1]))
        for entry in widget["metrics"]
        if entry[0] == "AWS/DynamoDB"
        and any(f"FILL({entry[-1]['id']}, 0)" in str(each[0]) for each in widget["metrics"])
    }
    expected = set[tuple[str, tuple[str, ...]]]()
    for logical_id, table in of_type(TEMPLATE, "AWS::DynamoDB::Table").items():
        names = [one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])]
        of_table = ("TableName", f"{logical_id}Name")
        resources = [of_table, *((*of_table, "GlobalSecondaryIndexName", one) for one in names)]
        for kind, resource in product(("Read", "Write"), resources):
            expected.add((f"Consumed{kind}CapacityUnits", resource))

    assert counted == expected


def test_dashboard_shows_the_accounts_of_each_state() -> None:
    """Each run counts all accounts, so a sum of several runs would be a multiple."""
    (widget,) = (one for one in widgets("metric") if "by state" in one["title"])
    shown = [entry[1] for entry in widget["metrics"]]

    assert (widget["stat"], widget["metrics"][-1][-1]["stat"]) == ("Maximum", "Average")
    assert shown == [*(f"Accounts_{state}" for state in State), "AccountsDownPercent"]


def test_access_log_contains_no_text_of_errors() -> None:
    """API Gateway does not escape it: a quotation mark would end the line's JSON."""
    variables = access_log_fields(TEMPLATE).values()
    texts = (".error", ".message", ".messageString", "ErrorMessage")

    assert [each for each in variables if each.endswith(texts)] == []


def test_fields_of_access_log_queries_are_in_its_format() -> None:
    fields = set(access_log_fields(TEMPLATE))
    queries = [query for query in log_queries() if query.group == "ApiLogGroupName"]

    assert queries
    for query in queries:
        assert queried_fields(query.text) <= fields


def test_queries_and_searches_are_read_by_the_check_of_a_complete_run() -> None:
    assert queried_messages() == {"stale", "refresh failed"}
    assert {term for _, _, term in dashboard_searches()} == {"Problem"}
    assert queried_fields('filter message = "a b" | stats max(c) as d by e | sort d desc') == {
        "c",
        "e",
    }


@pytest.mark.parametrize(("level", "count"), [("none", 0), ("essential", 10)])
def test_essential_alarms_are_within_the_free_ones(level: str, count: int) -> None:
    """AWS bills per metric of an alarm; ten are free."""
    assert sum(len(alarm.metrics) for alarm in alarms(level).values()) == count


def test_names_have_the_stage() -> None:
    names = [alarm.name for alarm in alarms().values()]

    assert all(name.startswith(f"amzlinkr-{STAGE}-") for name in names)
    assert len(set(names)) == len(names)
