"""Functions that send to a queue that invokes them, which AWS Lambda ends by default."""

import re
from collections.abc import Mapping

from infra.local.stack.transform import Template
from tests.infra.hardening.access import as_list, granted
from tests.infra.template_reader import of_type
from tests.observability.stack import alarms

SENDING = {"sqs:SendMessage", "sqs:*", "*"}


def invoked_by_queues(template: Template) -> Mapping[str, set[str]]:
    """Return the functions that each queue invokes."""
    found: dict[str, set[str]] = {}
    for source in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        function = source["FunctionName"]["Ref"].removesuffix("Aliaslive")
        found.setdefault(source["EventSourceArn"]["Fn::GetAtt"][0], set()).add(function)
    return found


def queues_that_receive_from(template: Template) -> Mapping[str, set[str]]:
    """Return the queues to which the role of each function may send."""
    queues = set(of_type(template, "AWS::SQS::Queue"))
    found: dict[str, set[str]] = {
        name: set() for name in of_type(template, "AWS::Lambda::Function")
    }
    for role, statement in granted(template):
        function = role.removesuffix("Role")
        if function in found and SENDING & set(as_list(statement["Action"])):
            resources = str(statement["Resource"])
            found[function] |= queues if "*" in resources else set()
            found[function] |= queues & set(re.findall(r"\w+", resources))
    return found


def functions_in_loops(template: Template) -> set[str]:
    """Return the functions that their own messages can invoke again, also by other functions."""
    sends, invoked = queues_that_receive_from(template), invoked_by_queues(template)
    after = {
        function: set[str]().union(*(invoked.get(queue, set()) for queue in queues))
        for function, queues in sends.items()
    }
    reached = after
    for _ in after:
        reached = {
            function: others.union(*(after[other] for other in others))
            for function, others in reached.items()
        }
    return {function for function, others in reached.items() if function in others}


def test_exactly_the_functions_in_loops_may_be_invoked_in_one(template: Template) -> None:
    """AWS Lambda ends a chain of messages after 16 invocations, in the middle of an import job."""
    loops = functions_in_loops(template)
    functions = of_type(template, "AWS::Lambda::Function")
    allowed = {name for name, one in functions.items() if one.get("RecursiveLoop") == "Allow"}

    assert "ImportWorkerFunction" in loops
    assert allowed == loops


def test_an_alarm_reports_chains_of_messages_that_lambda_ended(template: Template) -> None:
    functions = of_type(template, "AWS::Lambda::Function")
    names = {functions[name]["FunctionName"]["Fn::Sub"] for name in functions_in_loops(template)}
    watched = {
        dict(dimensions)["FunctionName"]
        for alarm in alarms().values()
        for (_, name, dimensions), _ in alarm.metrics.values()
        if name == "RecursiveInvocationsDropped"
    }

    assert watched == {name.replace("${Stage}", "local") for name in names}
