"""Each alarm names a section of the runbook, which states meaning, checks, and remedy."""

import re

import pytest

from infra.prices import ALARM_MONTH
from tests.docs.markdown import anchors
from tests.observability.stack import ROOT, Alarm, alarms, rollback_alarms

OPERATIONS = ROOT / "docs" / "operations.md"
LINK = re.compile(r"See docs/operations\.md#([a-z0-9-]+)$")
ALL = alarms("essential") | alarms()
PARTS = ("**Means:**", "**Look at:**", "**Do:**")


def chapter() -> dict[str, str]:
    """Return the sections of the chapter "Alarms" by anchor."""
    text = OPERATIONS.read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
    _, *sections = text.split("\n### ")
    return {
        heading.lower().replace(" ", "-"): body
        for heading, _, body in (section.partition("\n") for section in sections)
    }


def section_of(description: str) -> str:
    match = LINK.search(description)
    assert match, description
    return match[1]


@pytest.mark.parametrize("alarm_id", ALL)
def test_alarm_links_to_a_section(alarm_id: str) -> None:
    anchor = section_of(ALL[alarm_id].description)

    assert anchor in anchors(OPERATIONS.read_text())
    for part in PARTS:
        assert part in chapter()[anchor], anchor


def test_every_section_has_an_alarm() -> None:
    linked = {section_of(alarm.description) for alarm in ALL.values()}

    assert set(chapter()) == linked | {"the-dashboard"}


def test_parameter_states_the_number_of_metrics() -> None:
    def cost_of(every_alarm: dict[str, Alarm]) -> tuple[int, str]:
        metrics = sum(len(alarm.metrics) for alarm in every_alarm.values())
        return metrics, f"{metrics * ALARM_MONTH:.2f}"

    text = OPERATIONS.read_text()
    metrics, dollars = cost_of(alarms())
    assert f"`all` ({metrics} metrics, ${dollars} a month)" in text
    canary, more = cost_of(rollback_alarms())
    assert f"reads {canary} metrics in its alarms, ${more} a month" in text
    assert f"${(metrics + canary) * ALARM_MONTH:.2f} for alarms" in text


def test_first_deployment_names_the_alarms_that_begin_in_alarm() -> None:
    """Missing data is breaching until the first runs, in each new stack."""
    section = OPERATIONS.read_text().partition("\n## First deployment\n")[2].partition("\n## ")[0]
    owner = (ROOT / "docs" / "owner.md").read_text()
    begin = {name for name, alarm in ALL.items() if alarm.missing_data == "breaching"}

    assert begin == {"PlannerStoppedAlarm", "PurgeStoppedAlarm"}
    for name in begin:
        assert f"`{ALL[name].name.replace('-local-', '-<stage>-')}`" in section
    assert "`amzlinkr-owner-planner-stopped`" in owner
