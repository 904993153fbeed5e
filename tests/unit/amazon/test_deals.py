"""Deals: which of them run when they are read, their access, and their times."""

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


def details_of(**members: object) -> DealDetails:
    return msgspec.json.decode(msgspec.json.encode(members), type=DealDetails)


def read(**members: object) -> Deal | None:
    """Return the deal that runs at `START`."""
    return deal_from_details(details_of(**members), START)


def test_template_of_a_badge_is_not_shown() -> None:
    assert read(badge="Ends in ", endTime="2026-11-24T12:00Z") == Deal(
        ends_at=datetime(2026, 11, 24, 12, tzinfo=UTC)
    )


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


@pytest.mark.parametrize("early", [1_800_000, 1_800_000.0, "1800000", "1800000.0"])
def test_duration_of_early_access_is_a_number_or_its_text(early: object) -> None:
    deal = read(
        accessType="PRIME_EARLY_ACCESS",
        startTime=minutes(-10),
        endTime=minutes(60),
        earlyAccessDurationInMilliseconds=early,
    )
    assert deal is not None
    assert (deal.access, deal.opens_at) == ("prime_early_access", START + HOUR / 3)


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
    "value",
    ["2026-11-24T05:35UTC", "2026-11-24T05:35:00gmt",
     "2026-11-24T05:35z", "2026-11-24t05:35:00z", "2026-11-24 05:35:00 UTC", "20261124T053500Z",
     "2026-11-24T05:35:00.0000000Z", 1795498500, 1795498500.0, "1795498500", "1795498500.000",
     1795498500000, "1795498500000", " 1795498500 "],
)  # fmt: skip
def test_times_are_read_as_text_and_as_unix_time(value: object) -> None:
    moment = datetime(2026, 11, 24, 5, 35, tzinfo=UTC)
    deal = read(endTime=value)
    assert deal is not None
    assert (deal.ends_at, deal.ends_at and deal.ends_at.tzinfo) == (moment, UTC)
    assert read(startTime=value) is None


@pytest.mark.parametrize("text", ["2026-11-24", "20261124", "2026-W48-2"])
def test_date_alone_starts_and_ends_with_its_day_in_utc(text: str) -> None:
    deal = read(endTime=text)
    assert deal is not None
    assert deal.ends_at == datetime(2026, 11, 25, tzinfo=UTC)
    assert read(startTime=text) is None
    started = read(startTime="2026-11-23")
    assert started is not None
    assert started.starts_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_last_possible_date_is_read() -> None:
    deal = read(endTime="9999-12-31")
    assert deal is not None
    assert deal.ends_at == datetime(9999, 12, 31, tzinfo=UTC)


UNREADABLE_TIMES = [
    "soon", 0, 5, -1795498500, 10**30, [], {}, True, "0000-00-00", "9999-12-31T23:59-14", "5",
    "2026-11-24T25:00Z", "24.11.2026", {"value": "2026-11-24T05:35Z"}, "9" * 16,
]  # fmt: skip


@pytest.mark.parametrize("value", UNREADABLE_TIMES)
def test_deal_with_an_unreadable_end_is_an_error(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text depends on the kind of value
        read(endTime=value, badge="Deal")


@pytest.mark.parametrize("value", UNREADABLE_TIMES)
def test_deal_with_an_unreadable_start_has_started(value: object) -> None:
    assert read(startTime=value, badge="Deal") == Deal(badge="Deal")


@pytest.mark.parametrize("value", [None, "", " "])
def test_absent_times_are_no_limit(value: object) -> None:
    assert read(startTime=value, endTime=value, badge="Deal") == Deal(badge="Deal")


@given(st.integers(10**9, 4 * 10**9))
def test_all_forms_of_a_time_are_equal(seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    forms = [at.isoformat(), at.isoformat().lower(), seconds, str(seconds), seconds * 1000]
    assert len({(deal := read(endTime=form)) and deal.ends_at for form in forms}) == 1


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


@pytest.mark.parametrize(
    ("number", "year"), [(10**9, 2001), (10**11 - 1, 5138), (10**11, 1973), (10**12, 2001)]
)
def test_unix_time_is_in_seconds_or_milliseconds_by_its_size(number: int, year: int) -> None:
    for value in (number, str(number)):
        deal = deal_from_details(
            details_of(endTime=value), datetime(min(year, 2000), 1, 1, tzinfo=UTC)
        )
        assert deal is not None
        assert deal.ends_at is not None
        assert deal.ends_at.year == year


def test_smaller_number_is_no_time() -> None:
    with pytest.raises(ValueError, match="no time"):
        read(endTime=10**9 - 1)
