"""Each alarm names a section of the runbook, which states meaning, checks, and remedy."""

import re

import pytest

from tests.docs.markdown import anchors
from tests.observability.stack import ROOT, alarms

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
    metrics = sum(len(alarm.metrics) for alarm in alarms().values())

    assert f"`all` ({metrics} metrics" in OPERATIONS.read_text()
