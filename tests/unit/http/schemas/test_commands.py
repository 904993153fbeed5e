"""Commands of the operator: bounds, and required statements."""

from typing import Any

import msgspec
import pytest

from amzlinkr.http.schemas.commands import (
    AdminCommand,
    PauseSyncCommand,
    ReadOnlyCommand,
    SiteCommand,
    SitesCommand,
    StatusCommand,
    SuspendCommand,
)

STATEMENT = {"by": "ops", "reason": "maintenance"}


def parsed(**fields: Any) -> Any:
    return msgspec.convert(fields, AdminCommand)


def test_order_selects_the_command() -> None:
    assert parsed(order="status") == StatusCommand()
    assert parsed(order="sites") == SitesCommand(limit=50, cursor="")
    assert parsed(order="site", site="site_a") == SiteCommand(site="site_a")
    assert parsed(order="suspend", site="s", **STATEMENT) == SuspendCommand(site="s", **STATEMENT)
    assert parsed(order="pause_sync", **STATEMENT) == PauseSyncCommand(**STATEMENT)
    assert parsed(order="read_only", on=True, **STATEMENT) == ReadOnlyCommand(on=True, **STATEMENT)


@pytest.mark.parametrize("order", ["suspend", "resume", "pause_sync", "resume_sync", "read_only"])
@pytest.mark.parametrize("missing", ["by", "reason"])
def test_change_needs_a_person_and_a_reason(order: str, missing: str) -> None:
    fields: dict[str, Any] = {"site": "s"} if order in ("suspend", "resume") else {}
    fields |= {"on": True} if order == "read_only" else {}
    parsed(order=order, **fields, **STATEMENT)

    with pytest.raises(msgspec.ValidationError, match=missing):
        parsed(order=order, **fields, **{k: v for k, v in STATEMENT.items() if k != missing})


@pytest.mark.parametrize(
    ("order", "field", "value"),
    [
        ("sites", "limit", 0), ("sites", "limit", 101), ("sites", "cursor", "x" * 2_001),
        ("site", "site", ""), ("site", "site", "x" * 501), ("status", "site", "s"),
        ("invite", "by", ""), ("invite", "by", "x" * 101), ("read_only", "on", 1),
        ("pause_sync", "reason", ""), ("pause_sync", "reason", "x" * 501),
    ],
)  # fmt: skip
def test_value_out_of_bounds_is_refused(order: str, field: str, value: object) -> None:
    valid: dict[str, dict[str, Any]] = {
        "invite": {"site_url": "https://example.com"},
        "read_only": STATEMENT,
        "pause_sync": STATEMENT,
    }
    with pytest.raises(msgspec.ValidationError, match=field):
        parsed(order=order, **valid.get(order, {}) | {field: value})
