"""An account loses its eligibility and gets it back, over three days in steps of half an hour.

The long proof goes in the schedule's own five minutes.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(35)]
DAY = timedelta(hours=24)
AMAZONS = ("title", "url", "image", "brand", "binding", "price", "list_price", "condition",
           "merchant", "deal", "availability")  # fmt: skip


class Days:
    """The site's life, looked at again and again."""

    def __init__(self, site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon):
        self.site, self.deps, self.clock, self.amazon = site, deps, clock, amazon
        self.cursor = site.changes()[1]
        self.news: list[tuple[datetime, str, str]] = []
        self.minutes = 30

    def live(self, hours: float) -> None:
        """Step by step: a planner's round, a look at what is shown and told."""
        ends = self.clock.now() + timedelta(hours=hours)
        while self.clock.now() < ends:
            self.clock.advance(minutes=self.minutes)
            run_sync(self.deps)
            changed, self.cursor = self.site.changes(self.cursor)
            self.news += [(self.clock.now(), c["asin"], c["kind"]) for c in changed]
            shown = self.site.get("/v1/products", limit="100").json["products"]
            assert len(shown) == len(ASINS)
            for product in shown + [c["product"] for c in changed]:
                self.check(product)

    def check(self, product: Any) -> None:
        """Nothing but the ASIN is older than 24 hours."""
        seen = datetime.fromisoformat(product["observed_at"])
        if self.clock.now() - seen >= DAY:
            assert product["price_status"] == "expired"
            assert not [name for name in AMAZONS if product.get(name)], product
        else:
            assert product["price_status"] != "expired"

    def asked(self) -> int:
        """Calls to Amazon's catalogue since the last time; tokens are not its calls."""
        count = sum(call.operation == "GetItems" for call in self.amazon.control.calls())
        self.amazon.control.forget_calls()
        return count

    def told(self, kind: str) -> list[str]:
        """The products of which the feed said this, with repetitions."""
        return sorted(asin for _, asin, said in self.news if said == kind)


@pytest.mark.parametrize(
    ("api", "minutes"),
    [
        ("paapi5", 30),
        ("creators", 30),
        pytest.param("creators", 5, marks=pytest.mark.prove),
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
    days = Days(site, deps, clock, amazon)
    days.minutes = minutes

    days.live(hours=3)
    assert days.asked() >= 3 * 4 - 4
    assert site.connection()["state"] == "valid"

    amazon.control.put_account(account, AccountBody(state="not_eligible"))
    lost_at = clock.now()
    days.live(hours=48)
    down = site.connection()
    assert down["state"] == "not_eligible"
    assert datetime.fromisoformat(down["since"]) - lost_at < timedelta(hours=1, minutes=40)
    assert datetime.fromisoformat(down["next_probe_at"]) > clock.now()
    assert "10 qualified sales" in down["problem"]["action"]
    assert days.asked() <= 10
    assert days.told("expired") == ASINS
    told = site.get("/v1/changes", cursor=days.cursor).json
    assert told["connections"]["US"]["state"] == "not_eligible"
    assert told["connections"]["US"]["action"] == down["problem"]["action"]
    assert told["checked_at"] == {}
    kept = [
        row for row in aws_spy.table(deps.config.products_table).values() if row["type"] != "feed"
    ]
    assert all(row["type"] == "offer" and not row.get("offer") for row in kept), kept[0]

    amazon.control.put_account(account, AccountBody(state="ok"))
    days.live(hours=14)
    back = site.connection()
    assert (back["state"], back["next_probe_at"], back["problem"]) == ("valid", None, None)
    assert days.told("expired") == days.told("price") == ASINS
    assert site.get("/v1/sync").json["fresh"] == len(ASINS)
    assert site.get("/v1/changes").json["connections"]["US"]["state"] == "valid"
    days.asked()

    days.live(hours=3)
    assert days.asked() >= 3 * 4 - 4
