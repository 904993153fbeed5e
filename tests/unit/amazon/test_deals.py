"""Deals: which of them run when they are read, their access, and their badges."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.deals import MAX_TIME_DIFFERENCE, deal_from_details
from amzlinkr.amazon.offer_shapes import DealDetails
from amzlinkr.domain.deals import offer_at
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer
from tests.clock import START

HOUR = timedelta(hours=1)
NO_DETAILS = msgspec.json.decode(b"{}", type=DealDetails)


def read(**members: object) -> Deal | None:
    """Return the deal that runs at `START`."""
    details = msgspec.json.decode(msgspec.json.encode(members), type=DealDetails)
    return deal_from_details(details, START)


@pytest.mark.parametrize(
    "badge",
    ["Ends in ", "Ends In", "ends in:", "Endet in", "Se termine dans", "Termina en", "Scade tra",
     "Eindigt over", "Termina em", "Slutar om", "終了まで", "Ends in {time}", "Ends in %s",
     "Ends in…", "Noch ", "Ends at", "Lõpeb "],
)  # fmt: skip
def test_template_of_a_badge_is_not_shown(badge: str) -> None:
    deal = read(badge=badge, endTime="2026-11-24T12:00Z")
    assert deal is not None
    assert deal.badge == ""


@pytest.mark.parametrize(
    "badge",
    ["Limited time deal", "With Prime", "Black Friday Deal", "-20% Deal", "20% discount",
     "Befristetes Angebot", "Oferta flash", "数量限定タイムセール", "Deal of the Day", "Big Win"],
)  # fmt: skip
def test_complete_badge_is_shown(badge: str) -> None:
    deal = read(badge=badge)
    assert deal is not None
    assert deal.badge == badge


@pytest.mark.parametrize(
    ("kind", "access"),
    [
        (None, "all"),
        ("ALL", "all"),
        ("all", "all"),
        ("PRIME_EXCLUSIVE", "prime_exclusive"),
        ("PrimeExclusive", "prime_exclusive"),
        ("PRIME_EARLY_ACCESS", "prime_early_access"),
        ("primeEarlyAccess", "prime_early_access"),
        ("STUDENTS_ONLY", "prime_exclusive"),
    ],
)
def test_access_is_read_in_every_spelling(kind: str | None, access: str) -> None:
    deal = read(accessType=kind)
    assert deal is not None
    assert deal.access == access


def minutes(count: int) -> str:
    return (START + timedelta(minutes=count)).isoformat()


@pytest.mark.parametrize(
    ("kind", "start", "end", "early", "access"),
    [
        ("ALL", None, None, None, "all"),
        ("ALL", -60, 60, None, "all"),
        ("ALL", 0, 1, None, "all"),
        ("ALL", 1, 60, None, None),
        ("ALL", -60, -1, None, None),
        ("ALL", None, -1, None, None),
        ("PRIME_EARLY_ACCESS", -10, 60, 30, "prime_early_access"),
        ("PRIME_EARLY_ACCESS", 10, 60, 30, "prime_early_access"),
        ("PRIME_EARLY_ACCESS", 40, 60, 30, None),
        ("PRIME_EARLY_ACCESS", -30, 60, 30, "all"),
        ("PRIME_EARLY_ACCESS", -60, 60, 30, "all"),
        ("PRIME_EARLY_ACCESS", -60, -1, 30, None),
        ("PRIME_EARLY_ACCESS", -60, 60, None, "prime_early_access"),
        ("PRIME_EARLY_ACCESS", None, 60, 30, "prime_early_access"),
        ("PRIME_EXCLUSIVE", -60, 60, 30, "prime_exclusive"),
    ],
)
def test_deal_is_present_while_it_runs(
    kind: str, start: int | None, end: int | None, early: int | None, access: str | None
) -> None:
    deal = read(
        accessType=kind,
        startTime=None if start is None else minutes(start),
        endTime=None if end is None else minutes(end),
        earlyAccessDurationInMilliseconds=None if early is None else early * 60_000,
    )
    assert (deal.access if deal else None) == access


@pytest.mark.parametrize("early", [None, 60_000])
@pytest.mark.parametrize("seconds", [0, 1, 10, 11])
def test_deal_that_starts_within_seconds_limits_the_price(seconds: int, early: int | None) -> None:
    starts_at = START + timedelta(seconds=seconds, milliseconds=early or 0)
    deal = read(
        accessType="PRIME_EARLY_ACCESS",
        startTime=starts_at.isoformat(),
        endTime=minutes(60),
        earlyAccessDurationInMilliseconds=early,
    )
    assert (deal is not None) == (seconds <= 10)
    assert deal is None or deal.ends_at == START + HOUR


@pytest.mark.parametrize("kind", ["ALL", "PRIME_EARLY_ACCESS"])
@pytest.mark.parametrize("seconds", [0, 1, 10, 11])
def test_price_of_a_deal_that_ended_within_seconds_is_hidden(kind: str, seconds: int) -> None:
    ends_at = START - timedelta(seconds=seconds)
    deal = read(accessType=kind, startTime=minutes(-60), endTime=ends_at.isoformat(),
                earlyAccessDurationInMilliseconds=60_000)  # fmt: skip
    assert (deal is not None) == (seconds <= 10)
    offer = Offer(price=Money(100, "USD", "$1.00"), deal=deal)
    assert offer_at(offer, START).hidden == (seconds <= 10)


@pytest.mark.parametrize(
    "text",
    ["2026-11-24T05:35Z", "2026-11-24T05:35:00Z", "2026-11-24T05:35:00.000Z", "2026-11-24T05:35",
     "2026-11-24T06:35+01:00", "2026-11-24 05:35:00Z", " 2026-11-24T05:35Z "],
)  # fmt: skip
def test_times_are_read_in_every_form(text: str) -> None:
    deal = read(endTime=text)
    assert deal is not None
    assert deal.ends_at == datetime(2026, 11, 24, 5, 35, tzinfo=UTC)
    assert deal.ends_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value", ["soon", "", 5, [], {}, True, "0000-00-00", "9999-12-31T23:59-14"]
)
def test_malformed_time_is_ignored(value: object) -> None:
    deal = read(startTime=value, endTime=value, badge="Deal")
    assert deal == Deal(badge="Deal")


@pytest.mark.parametrize("value", ["x", [], {}, "1e400", 1e300, None])
def test_malformed_duration_leaves_the_price_to_prime_members(value: object) -> None:
    deal = read(
        accessType="PRIME_EARLY_ACCESS",
        startTime=minutes(-60),
        earlyAccessDurationInMilliseconds=value,
    )
    assert deal is not None
    assert deal.access == "prime_early_access"


def test_no_details_are_no_deal() -> None:
    assert deal_from_details(None, START) is None
    assert deal_from_details(NO_DETAILS, START) == Deal()


@given(
    st.datetimes(), st.datetimes(), st.integers(), st.sampled_from(["ALL", "PRIME_EARLY_ACCESS"])
)
def test_any_times_are_read(start: datetime, end: datetime, early: int, kind: str) -> None:
    deal = read(
        accessType=kind,
        startTime=start.isoformat(),
        endTime=end.isoformat(),
        earlyAccessDurationInMilliseconds=early,
    )
    assert deal is None or deal.ends_at is None or deal.ends_at >= START - MAX_TIME_DIFFERENCE
