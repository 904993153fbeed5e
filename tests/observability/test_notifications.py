"""Alarms and warnings of the budget reach the operator's address."""

import pytest

from tests.infra.template_reader import of_type
from tests.observability.stack import created

ADDRESS = "ops@example.com"


@pytest.mark.parametrize("level", ["all", "essential"])
def test_begin_and_end_of_every_alarm_are_sent(level: str) -> None:
    found = of_type(created(Alarms=level), "AWS::CloudWatch::Alarm")
    topic = [{"Ref": "AlarmTopic"}]

    assert found
    for name, alarm in found.items():
        assert (alarm.get("AlarmActions"), alarm.get("OKActions")) == (topic, topic), name


def test_address_receives_alarms_and_warnings_of_the_budget() -> None:
    template = created(AlarmEmail=ADDRESS)
    ((_, subscription),) = of_type(template, "AWS::SNS::Subscription").items()
    ((_, budget),) = of_type(template, "AWS::Budgets::Budget").items()
    warnings = budget["NotificationsWithSubscribers"]

    assert subscription == {
        "TopicArn": {"Ref": "AlarmTopic"},
        "Protocol": "email",
        "Endpoint": ADDRESS,
    }
    assert len(warnings) == 2
    for warning in warnings:
        assert warning["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": ADDRESS}]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}


def test_without_an_address_nothing_is_subscribed() -> None:
    template = created()

    assert of_type(template, "AWS::SNS::Subscription") == {}
    assert of_type(template, "AWS::Budgets::Budget") == {}
