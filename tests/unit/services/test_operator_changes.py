"""The operator's changes: what they do, and the audit record of each."""

from typing import Any

import pytest

from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.operator_views import SiteChanges
from amzlinkr.domain.service_switches import ServiceSwitches, Switch, SwitchedOn
from amzlinkr.domain.sites import Caller
from amzlinkr.services.operator_changes import OperatorChanges, Statement
from amzlinkr.wiring import Dependencies
from tests.clock import START, deadline_in

STATEMENT = Statement("ops", "maintenance")


@pytest.fixture
def changes(deps: Dependencies) -> OperatorChanges:
    return OperatorChanges(deps, deps.sign_up)


def audits(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.message == "audit"]


@pytest.mark.parametrize("switch", Switch)
def test_switch_is_turned_on_and_off_with_an_audit_record_each(
    changes: OperatorChanges, caplog: pytest.LogCaptureFixture, switch: Switch
) -> None:
    on = changes.turn(switch, STATEMENT, on=True)
    off = changes.turn(switch, STATEMENT, on=False)

    state = SwitchedOn(START, "ops", "maintenance")
    assert (on, off) == (ServiceSwitches(**{switch.value: state}), ServiceSwitches())
    assert [(record["done"], record["by"], record["reason"]) for record in audits(caplog)] == [
        (f"{switch.value}_on", "ops", "maintenance"),
        (f"{switch.value}_off", "ops", "maintenance"),
    ]


@pytest.mark.parametrize("site", ["site_a", "https://a.example"])
def test_host_is_suspended_and_resumed_by_id_or_url(
    changes: OperatorChanges, caller: Caller, caplog: pytest.LogCaptureFixture, site: str
) -> None:
    for change in (
        changes.suspend(site, STATEMENT, deadline_in()),
        changes.resume(site, STATEMENT, deadline_in()),
    ):
        assert (change.host, change.site_id) == ("a.example", caller.site_id)
        assert change.sites == SiteChanges((caller.site_id,))
    assert [(record["done"], record["site"]) for record in audits(caplog)] == [
        ("suspended", site), ("pardoned", site),
    ]  # fmt: skip


@pytest.mark.parametrize(("site", "error"), [("site_x", NotFound), ("nonsense", InvalidRequest)])
def test_unknown_site_is_refused_without_an_audit_record(
    changes: OperatorChanges,
    caplog: pytest.LogCaptureFixture,
    site: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error, match=r"No site has this ID|neither a site ID nor a URL"):
        changes.suspend(site, STATEMENT, deadline_in())
    assert audits(caplog) == []


def test_code_of_an_invite_is_not_in_its_audit_record(
    changes: OperatorChanges, caplog: pytest.LogCaptureFixture
) -> None:
    invite = changes.invite("https://new.example", "ops")

    (record,) = audits(caplog)
    assert (record["done"], record["host"], record["by"]) == ("invited", "new.example", "ops")
    assert invite.code.reveal() not in str(record)
