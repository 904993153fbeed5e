"""Reads of a list during a change: its items must be the results of one refresh.

Every read is interrupted before each of its AWS calls by one change.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.list_refresh import ListResults
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import offer, product
from tests.iam.enforcer import without_enforcement
from tests.integration.aws_spy import run_before_call
from tests.site_client import Site
from tests.stored_sites import key, signup

ASINS = [f"B0{number:08d}" for number in range(6)]
TEA = ListDefinition("tea", Search("tea"), 20)
Items = tuple[tuple[str, int], ...]


@dataclass
class ListScenario:
    """A site with one list; `results` has what each refresh found, by marketplace and time."""

    deps: Dependencies
    clock: FakeClock
    number: int
    results: dict[tuple[str, str], Items] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.site = Site(self.deps, f"site_{self.number:020d}", "")
        claim = signup(f"{self.number}.example")
        self.deps.signups.claim(claim, self.site.site_id, key(), START)
        self.put(TEA)
        self.refresh(ASINS[:3], 1000)

    def put(self, definition: ListDefinition, marketplace: str = "US") -> None:
        """Define the list."""
        self.deps.product_writer.lists.put(self.site.site_id, marketplace, definition, 9)

    def refresh(self, asins: list[str], amount: int) -> None:
        """Refresh the list with these results, five minutes later."""
        self.clock.advance(minutes=5)
        (shelf,) = self.deps.shelves.lists(self.site.site_id)
        at, code = self.clock.now(), shelf.marketplace
        items = tuple(product(asin, offer(amount), at, marketplace=code) for asin in asins)
        self.deps.product_writer.lists.refresh(shelf, ListResults(at, items))
        shown = tuple((asin, amount) for asin in asins)
        self.results[code, f"{at:%Y-%m-%dT%H:%M}"] = shown

    def check(self, shown: dict[str, Any]) -> None:
        """Fail unless the items are those of the refresh at their time."""
        items = tuple((item["asin"], item["price"]["amount"]) for item in shown["items"])
        if "observed_at" in shown:
            assert items == self.results[shown["marketplace"], shown["observed_at"][:16]]
            assert {item["observed_at"] for item in shown["items"]} <= {shown["observed_at"]}
        else:
            assert items == ()


def same_again(scenario: ListScenario) -> None:
    scenario.refresh(ASINS[:3], 1000)


def other_prices(scenario: ListScenario) -> None:
    scenario.refresh(ASINS[:3], 2000)


def other_order(scenario: ListScenario) -> None:
    scenario.refresh([ASINS[1], ASINS[0], ASINS[2]], 1000)


def other_products(scenario: ListScenario) -> None:
    scenario.refresh(ASINS[2:6], 3000)
    scenario.refresh(ASINS[1:4], 4000)


def replace_and_refresh(scenario: ListScenario) -> None:
    scenario.put(ListDefinition("tea", Search("kettle"), 20))
    scenario.refresh(ASINS[3:5], 5000)


def move(scenario: ListScenario) -> None:
    scenario.put(TEA, "DE")
    scenario.refresh(ASINS[3:5], 5000)


def expire(scenario: ListScenario) -> None:
    scenario.clock.advance(hours=25)
    (shelf,) = scenario.deps.shelves.lists(scenario.site.site_id)
    scenario.deps.product_writer.expire(shelf, scenario.clock.now())


def remove_and_define_again(scenario: ListScenario) -> None:
    scenario.deps.product_writer.lists.remove(scenario.site.site_id, "tea")
    scenario.put(TEA)
    scenario.refresh(ASINS[:2], 6000)


def shown_in_feed(site: Site) -> list[dict[str, Any]]:
    changes = site.get("/v1/changes").json["changes"]
    return [change["list"] for change in changes if change["kind"] == "list"]


def shown_alone(site: Site) -> list[dict[str, Any]]:
    reply = site.get("/v1/lists/tea")
    assert reply.status in (200, 404)
    return [reply.json] if reply.status == 200 else []


READS: dict[str, Callable[[Site], list[dict[str, Any]]]] = {
    "list": shown_alone,
    "changes": shown_in_feed,
    "lists": lambda site: list(site.get("/v1/lists").json["lists"]),
    "export": lambda site: list(site.get("/v1/export").json["lists"]),
}
CHANGES = [
    other_prices, same_again, other_order, other_products, replace_and_refresh, move, expire,
    remove_and_define_again,
]  # fmt: skip
QUICK = [("changes", other_prices), ("changes", other_products), ("list", move)]
CASES = [
    pytest.param(read, change, id=f"{read}, {change.__name__}", marks=marks)
    for read in READS
    for change in CHANGES
    for marks in [() if (read, change) in QUICK else (pytest.mark.slow,)]
]


@pytest.mark.parametrize(("read", "make_change"), CASES)
def test_list_read_during_a_change_is_consistent(
    make_change: Callable[[ListScenario], None], read: str, aws: Config, clock: FakeClock
) -> None:
    numbers, deps = count(), Dependencies(aws, clock)

    def read_with_change(number: int) -> int:
        """Make the change before this AWS call of the read; return the number of calls."""
        scenario = ListScenario(deps, clock, next(numbers))

        def interrupt() -> None:
            with without_enforcement():
                make_change(scenario)

        with run_before_call(number, interrupt) as made:
            shown = READS[read](scenario.site)
        for one in shown:
            scenario.check(one)
        return len(made)

    calls = read_with_change(0)
    assert calls >= 3
    for number in range(1, calls + 1):
        read_with_change(number)
