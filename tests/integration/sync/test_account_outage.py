"""An account that loses its eligibility and regains it, over three days in steps of 30 minutes.

The slow variant uses the schedule's own steps of five minutes.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(35)]
DAY = timedelta(hours=24)


class Timeline:
    """A site over time: the scheduled price sync, and a reader of its feed and products."""

    def __init__(self, site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon):
        self.site, self.deps, self.clock, self.amazon = site, deps, clock, amazon
        self.cursor = site.changes()[1]
        self.changes: list[tuple[datetime, str, str]] = []
        self.observed_at: dict[str, datetime] = {}
        self.step_minutes = 30

    def advance(self, hours: float) -> None:
        """Advance in steps; after each, run the price sync and check all products shown."""
        ends = self.clock.now() + timedelta(hours=hours)
        while self.clock.now() < ends:
            self.clock.advance(minutes=self.step_minutes)
            run_sync(self.deps)
            changed, self.cursor = self.site.changes(self.cursor)
            self.changes += [(self.clock.now(), c["asin"], c["kind"]) for c in changed]
            shown = self.site.get("/v1/products", limit="100").json["products"]
            assert len(shown) == len(ASINS)
            for product in shown + [c["product"] for c in changed]:
                self.check(product)

    def check(self, product: Any) -> None:
        """Fail if content that is 24 or more hours old is shown, or newer content is not."""
        if product["price_status"] == "expired":
            assert set(product) == {"asin", "marketplace", "url", "price_status"}
            assert self.clock.now() - self.observed_at[product["asin"]] >= DAY
            return
        observed_at = datetime.fromisoformat(product["observed_at"])
        assert self.clock.now() - observed_at < DAY
        self.observed_at[product["asin"]] = observed_at

    def take_call_count(self) -> int:
        """Return the number of GetItems calls since the last time."""
        count = sum(call.operation == "GetItems" for call in self.amazon.control.calls())
        self.amazon.control.clear_calls()
        return count

    def changed_asins(self, kind: str) -> list[str]:
        """Return the ASINs of all changes of a kind, sorted, with repetitions."""
        return sorted(asin for _, asin, changed in self.changes if changed == kind)


@pytest.mark.parametrize(
    ("api", "minutes"),
    [
        ("creators", 30),
        pytest.param("paapi5", 30, marks=pytest.mark.slow),
        pytest.param("creators", 5, marks=pytest.mark.slow),
    ],
)
def test_account_that_is_ineligible_for_two_days(
    api: str, minutes: int, request: pytest.FixtureRequest, deps: Dependencies, clock: FakeClock,
    amazon: FakeAmazon,
) -> None:  # fmt: skip
    site: Site = request.getfixturevalue("site" if api == "paapi5" else "creators_site")
    account = ACCESS_KEY if api == "paapi5" else CREDENTIAL[0]
    site.post("/v1/import", {"items": ASINS})
    run_imports(deps)
    timeline = Timeline(site, deps, clock, amazon)
    timeline.step_minutes = minutes

    timeline.advance(hours=3)
    assert timeline.take_call_count() >= 3 * 4 - 4
    assert site.connection()["state"] == "valid"

    amazon.control.put_account(account, AccountBody(state="not_eligible"))
    lost_at = clock.now()
    timeline.advance(hours=48)
    down = site.connection()
    assert down["state"] == "not_eligible"
    assert datetime.fromisoformat(down["since"]) - lost_at < timedelta(hours=1, minutes=40)
    assert datetime.fromisoformat(down["next_probe_at"]) > clock.now()
    assert "10 qualified sales" in down["problem"]["action"]
    assert timeline.take_call_count() <= 10
    assert timeline.changed_asins("expired") == ASINS
    page = site.get("/v1/changes", cursor=timeline.cursor).json
    assert page["connections"]["US"]["state"] == "not_eligible"
    assert page["connections"]["US"]["action"] == down["problem"]["action"]
    assert page["checked_at"] == {}
    rows = [
        row for row in aws_spy.table(deps.config.products_table).values() if row["type"] != "feed"
    ]
    assert all(row["type"] == "offer" and not row.get("offer") for row in rows), rows[0]

    amazon.control.put_account(account, AccountBody(state="ok"))
    timeline.advance(hours=14)
    recovered = site.connection()
    assert recovered["state"] == "valid"
    assert not {"next_probe_at", "problem"} & set(recovered)
    assert timeline.changed_asins("expired") == timeline.changed_asins("price") == ASINS
    assert site.get("/v1/sync").json["products"]["fresh"] == len(ASINS)
    assert site.get("/v1/changes").json["connections"]["US"]["state"] == "valid"
    timeline.take_call_count()

    timeline.advance(hours=3)
    assert timeline.take_call_count() >= 3 * 4 - 4
