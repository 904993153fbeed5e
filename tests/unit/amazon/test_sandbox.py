"""The simulated catalog: pages, prices, and the inputs that select errors and states."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.sandbox import (
    ASIN_STATES,
    EXPIRED_ASIN,
    FAILING_ASINS,
    GONE_ASIN,
    MISSING_ASIN,
    NO_HITS,
    OMITTED_ASIN,
    SERVICE_ERROR_CODES,
    TOTAL_HITS,
    Sandbox,
)
from amzlinkr.amazon.sandbox_offers import CHANGING, DEAL, SOLD_OUT
from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.catalog import (
    RESULTS_PER_PAGE,
    BrowseNode,
    Dimension,
    NodeName,
    Search,
    SearchPage,
)
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import AmzlinkrError, RateLimited, StoreUnavailable
from amzlinkr.domain.products import Details, Product
from tests.clock import START, FakeClock

ASIN = "B0ANY00001"
ASINS = st.from_regex(r"B0[A-Z0-9]{8}", fullmatch=True).filter(
    lambda asin: asin not in ASIN_STATES and asin not in FAILING_ASINS
)
AMAZON_CODES = sorted(error.code for error in AmazonError.__subclasses__())
SELECTING_KEYWORDS = {NO_HITS, *SERVICE_ERROR_CODES, *AMAZON_CODES}
Call = Callable[[Sandbox, Deadline], object]
CALLS: list[Call] = [
    lambda sandbox, end: sandbox.search(Search("tea"), end),
    lambda sandbox, end: sandbox.items([ASIN], end),
    lambda sandbox, end: sandbox.variations(ASIN, 1, end),
    lambda sandbox, end: sandbox.browse_nodes(["17"], end),
]


def sandbox_of(clock: FakeClock, code: str = "US", tag: str = "unit-20") -> Sandbox:
    return Sandbox(code, tag, clock)


def product_of(asin: str, clock: FakeClock, code: str = "US") -> Product:
    return sandbox_of(clock, code).items([asin], Deadline.after(clock, 3)).found[asin]


# The generator also draws texts from the code, among them those that select an error.
@given(st.text(max_size=20).filter(lambda text: text not in SELECTING_KEYWORDS))
def test_pages_have_ten_hits_and_the_last_one_has_the_rest(keywords: str) -> None:
    clock = FakeClock()
    pages = [
        sandbox_of(clock).search(Search(keywords, page=page), Deadline.after(clock, 3))
        for page in range(1, 6)
    ]
    asins = [item.asin for page in pages for item in page.items]

    assert [len(page.items) for page in pages] == [10, 10, 10, 7, 0]
    assert {(page.total, page.pages) for page in pages} == {(37, 4)}
    assert len(set(asins)) == TOTAL_HITS
    assert all(re.fullmatch(r"[A-Z0-9]{10}", asin) for asin in asins)
    assert len(pages[0].items) == RESULTS_PER_PAGE


def test_hits_do_not_depend_on_letter_case() -> None:
    clock = FakeClock()
    first, second = (
        sandbox_of(clock).search(Search(keywords), Deadline.after(clock, 3))
        for keywords in ("Tea", "tEA")
    )

    assert first == second


@given(ASINS, st.sampled_from(["US", "DE", "JP"]), st.integers(0, 100_000))
def test_ordinary_product_keeps_its_price(asin: str, code: str, seconds: int) -> None:
    clock = FakeClock()
    before = product_of(asin, clock, code)
    clock.advance(seconds=seconds)
    after = product_of(asin, clock, code)

    assert after.offer == before.offer
    assert (before.offer.availability, before.offer.condition) == ("in_stock", "New")
    assert before.offer.price is not None
    assert 500 <= before.offer.price.amount < 10_000
    assert before.offer.price.currency == {"US": "USD", "DE": "EUR", "JP": "JPY"}[code]
    assert before.details.url.endswith(f"/dp/{asin}?tag=unit-20")


@given(st.integers(0, 10**7))
def test_changing_product_has_a_new_price_every_minute(seconds: int) -> None:
    clock = FakeClock(START + timedelta(seconds=seconds - seconds % 60))
    prices = []
    for step in (0, 59, 1):
        clock.advance(seconds=step)
        prices.append(product_of(CHANGING, clock).offer.price)

    assert prices[0] == prices[1] != prices[2]


def test_deal_and_sold_out_product_have_prices(clock: FakeClock) -> None:
    deal, sold_out = (product_of(asin, clock).offer for asin in (DEAL, SOLD_OUT))

    assert deal.deal is not None
    assert deal.price is not None
    assert deal.list_price is not None
    assert deal.savings_percent == 100 - 100 * deal.price.amount // deal.list_price.amount
    assert (sold_out.availability, sold_out.price is not None) == ("out_of_stock", True)


def test_expired_product_alone_is_older_than_a_day(clock: FakeClock) -> None:
    lookup = sandbox_of(clock).items([ASIN, EXPIRED_ASIN], Deadline.after(clock, 3))

    assert lookup.requested_at == lookup.found[ASIN].observed_at == START
    assert lookup.found[EXPIRED_ASIN].observed_at < START - timedelta(hours=24)


def test_product_that_is_gone_is_refused_beside_others(clock: FakeClock) -> None:
    lookup = sandbox_of(clock).items([GONE_ASIN, ASIN], Deadline.after(clock, 3))

    assert (set(lookup.found), dict(lookup.refused)) == ({ASIN}, {GONE_ASIN: "ItemNotFound"})


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("code", AMAZON_CODES)
def test_tag_selects_an_error_of_every_call(clock: FakeClock, code: str, call: Call) -> None:
    sandbox = sandbox_of(clock, tag=f"{code.replace('_', '-')}-20")

    with pytest.raises(AmazonError) as error:
        call(sandbox, Deadline.after(clock, 3))

    assert error.value.code == code
    assert error.value.upstream is not None
    assert (error.value.upstream.service, error.value.upstream.code) == ("sandbox", code)


@pytest.mark.parametrize("code", sorted(SERVICE_ERROR_CODES))
def test_keywords_select_an_error_of_the_service(clock: FakeClock, code: str) -> None:
    with pytest.raises(AmzlinkrError) as error:
        sandbox_of(clock).search(Search(code), Deadline.after(clock, 3))

    assert error.value.code == code
    assert error.value.retry_after == (60 if code == "rate_limited" else None)


@pytest.mark.parametrize(("asin", "code"), FAILING_ASINS.items())
def test_one_failing_asin_fails_the_whole_call(clock: FakeClock, asin: str, code: str) -> None:
    sandbox, end = sandbox_of(clock), Deadline.after(clock, 3)

    for call in (
        lambda: sandbox.items([ASIN, asin], end),
        lambda: sandbox.variations(asin, 1, end),
    ):
        with pytest.raises(AmazonError) as error:
            call()
        assert error.value.code == code


@pytest.mark.parametrize("call", CALLS)
def test_call_after_the_deadline_fails(clock: FakeClock, call: Call) -> None:
    call(sandbox_of(clock), Deadline.after(clock, 0.001))
    with pytest.raises(AmazonUnavailable):
        call(sandbox_of(clock), Deadline.after(clock, 0))


def test_three_variations_are_on_the_first_page(clock: FakeClock) -> None:
    first, second = (
        sandbox_of(clock).variations(ASIN, page, Deadline.after(clock, 3)) for page in (1, 2)
    )

    assert len({item.asin for item in first.items}) == 3
    assert len(first.dimensions[0].values) == first.total == 3
    assert (second.items, second.total, second.dimensions) == ((), 3, first.dimensions)


def test_every_browse_node_exists(clock: FakeClock) -> None:
    nodes = sandbox_of(clock).browse_nodes(["17", "18"], Deadline.after(clock, 3))

    assert [node.id for node in nodes] == ["17", "18"]
    assert all(node.name and node.ancestors for node in nodes)


@pytest.mark.parametrize(
    ("minute", "refused", "absent"),
    [
        (0, {GONE_ASIN}, set()),
        (29, {GONE_ASIN}, set()),
        (30, {GONE_ASIN, MISSING_ASIN}, {OMITTED_ASIN}),
        (59, {GONE_ASIN, MISSING_ASIN}, {OMITTED_ASIN}),
    ],
)
def test_some_products_are_absent_in_the_second_half_of_every_hour(
    minute: int, refused: set[str], absent: set[str]
) -> None:
    clock = FakeClock(START + timedelta(minutes=minute))
    asins = [ASIN, GONE_ASIN, MISSING_ASIN, OMITTED_ASIN]

    lookup = sandbox_of(clock).items(asins, Deadline.after(clock, 3))

    assert lookup.refused == dict.fromkeys(refused, "ItemNotFound")
    assert set(lookup.found) == set(asins) - refused - absent
    assert lookup.request_id == "sandbox"


def test_only_requested_products_are_refused(clock: FakeClock) -> None:
    lookup = sandbox_of(clock).items([ASIN], Deadline.after(clock, 3))

    assert (set(lookup.found), lookup.refused) == ({ASIN}, {})


def test_price_sync_gets_products_that_fail_elsewhere(clock: FakeClock) -> None:
    sandbox = Sandbox("US", "unit-20", clock, is_sync=True)
    found = sandbox.items(list(FAILING_ASINS), Deadline.after(clock, 3)).found

    assert set(found) == set(FAILING_ASINS)


def test_search_for_nothing_has_no_hits(clock: FakeClock) -> None:
    page = sandbox_of(clock).search(Search(NO_HITS), Deadline.after(clock, 3))

    assert page == SearchPage(request_id="sandbox")


def test_hits_depend_on_all_terms_and_have_an_address(clock: FakeClock) -> None:
    searches = [
        Search("tea"), Search("tee"), Search(author="tea ltd"), Search("tea", browse_node="17"),
        Search(browse_node="17"),
    ]  # fmt: skip
    pages = [sandbox_of(clock).search(one, Deadline.after(clock, 3)) for one in searches]

    assert len({page.items[0].asin for page in pages}) == len(searches)
    assert {page.search_url for page in pages} == {"https://www.amazon.com/s"}
    assert {page.request_id for page in pages} == {"sandbox"}


def test_product_is_recognizable_as_made_up(clock: FakeClock) -> None:
    details = product_of(ASIN, clock, "DE").details

    assert details == Details(
        f"Test product {ASIN}",
        f"https://www.amazon.de/dp/{ASIN}?tag=unit-20",
        brand="AmzLinkr Sandbox",
        features=("Made up", "Never sold"),
        binding="Paperback",
    )
    past = product_of(EXPIRED_ASIN, clock)
    assert past.observed_at == START - timedelta(hours=25)


def test_variations_and_nodes_are_the_same_for_every_call(clock: FakeClock) -> None:
    page = sandbox_of(clock).variations(ASIN, 1, Deadline.after(clock, 3))
    (node,) = sandbox_of(clock).browse_nodes(["17"], Deadline.after(clock, 3))

    assert page.dimensions == (Dimension("color_name", "Color", ("Black", "Blue", "Red")),)
    assert [item.asin[:-2] for item in page.items] == [page.items[0].asin[:-2]] * 3
    assert [item.asin[-2:] for item in page.items] == ["00", "01", "02"]
    assert node == BrowseNode("17", "Test category 17", (NodeName("1000", "Books"),))


def test_tag_without_an_error_code_selects_none(clock: FakeClock) -> None:
    for tag in ("amazon-throttled", "my-amazon-throttled-20", "amazonthrottled-20"):
        sandbox_of(clock, tag=tag).browse_nodes(["17"], Deadline.after(clock, 3))


def test_simulated_failures_of_our_own_are_no_faults(clock: FakeClock) -> None:
    with pytest.raises(StoreUnavailable) as unavailable:
        sandbox_of(clock).search(Search("store_unavailable"), Deadline.after(clock, 3))
    with pytest.raises(RateLimited) as limited:
        sandbox_of(clock).search(Search("rate_limited"), Deadline.after(clock, 3))

    assert not unavailable.value.is_fault
    usage = limited.value.usage
    assert usage is not None
    assert (usage.limit.maximum, usage.used, usage.resets_in) == (0, 0, 60)
