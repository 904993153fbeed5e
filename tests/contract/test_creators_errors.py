"""What the Creators backend asks, and what it makes of the documented refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.catalog import Dimension, Search
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import Shop, endpoint_for, shop_at
from tests.contract.creators_products import Goods, listing
from tests.contract.creators_rules import Refused
from tests.contract.creators_variants import Dialect

ASINS = tuple(f"B0TEST{number:04}" for number in range(23))
GOODS = tuple(
    Goods(
        asin,
        f"Kettle {number}",
        (listing(),),
        parent="B0PARENT00",
        attributes=(("color_name", ("Red", "Blue")[number % 2]), ("size_name", f"{number % 3}")),
    )
    for number, asin in enumerate(ASINS)
)

SPELLINGS = {
    "as the SDK has it": Dialect(),
    "as the pages print it": Dialect(error_type="__type", field_list="objects"),
}


@pytest.fixture(params=list(SPELLINGS.values()), ids=list(SPELLINGS))
def shop(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[Shop]:
    with endpoint_for(clock, *GOODS, dialect=request.param) as endpoint:
        yield shop_at(endpoint, clock)


REFUSALS: list[tuple[int, str, str | None, type[AmazonError]]] = [
    (400, "ValidationException", "InvalidPartnerTag", AmazonPartnerTagRejected),
    (400, "ValidationException", "InvalidAssociate", AmazonPartnerTagRejected),
    (400, "ValidationException", "FieldValidationFailed", AmazonRejectedRequest),
    (400, "ValidationException", "UnknownOperation", AmazonRejectedRequest),
    (400, "ValidationException", "CannotParse", AmazonRejectedRequest),
    (400, "ValidationException", "Other", AmazonRejectedRequest),
    (401, "UnauthorizedException", "InvalidClient", AmazonKeysRejected),
    (401, "UnauthorizedException", "InvalidIssuer", AmazonKeysRejected),
    (401, "UnauthorizedException", "MissingClaim", AmazonKeysRejected),
    (401, "UnauthorizedException", "MissingKeyId", AmazonKeysRejected),
    (401, "UnauthorizedException", "UnsupportedClient", AmazonKeysRejected),
    (401, "UnauthorizedException", "MissingCredential", AmazonKeysRejected),
    (401, "UnauthorizedException", "Other", AmazonKeysRejected),
    (403, "AccessDeniedException", "AssociateNotEligible", AmazonNotEligible),
    (403, "AccessDeniedException", "AuthorizationFailed", AmazonAccessDenied),
    (403, "AccessDeniedException", "Other", AmazonAccessDenied),
    (429, "ThrottleException", None, AmazonThrottled),
]


@pytest.mark.parametrize(("status", "kind", "reason", "error"), REFUSALS)
def test_each_documented_refusal_has_its_row(
    shop: Shop, status: int, kind: str, reason: str | None, error: type[AmazonError]
) -> None:
    fields = ("itemIds",) if reason == "FieldValidationFailed" else ()
    shop.endpoint.refuse(Refused(status, kind, reason, fields))

    with pytest.raises(AmazonError) as failed:
        shop.item(ASINS[0])

    assert type(failed.value) is error
    upstream = failed.value.upstream
    assert upstream is not None
    assert upstream.status == status
    assert upstream.code in ((reason,) if reason not in {None, "Other"} else (kind, reason))
    assert upstream.request_id == "request-2"
    assert len(shop.endpoint.calls) == 1


def test_a_wrong_field_is_named(shop: Shop) -> None:
    refused = Refused(400, "ValidationException", "FieldValidationFailed", ("searchIndex",))
    shop.endpoint.refuse(refused)

    with pytest.raises(AmazonRejectedRequest) as failed:
        shop.catalog.search(Search("kettle", category="Nothing"), shop.deadline())

    assert "searchIndex" in failed.value.detail


@pytest.mark.parametrize(("way", "seconds"), [("body", 60), ("header", 60), ("absent", None)])
def test_a_throttled_account_hears_how_long_to_wait(
    clock: FakeClock, way: Any, seconds: int | None
) -> None:
    with endpoint_for(clock, *GOODS, dialect=Dialect(retry_after=way)) as endpoint:
        shop = shop_at(endpoint, clock)
        endpoint.refuse(Refused(429, "ThrottleException"))
        with pytest.raises(AmazonThrottled) as failed:
            shop.item(ASINS[0])

    if seconds is not None:
        assert failed.value.retry_after == seconds
    assert len(endpoint.calls) == 1


def test_a_server_error_is_tried_again_and_then_reported(shop: Shop) -> None:
    shop.endpoint.refuse(Refused(500, "InternalServerException"))
    mended = shop.item(ASINS[0])
    shop.endpoint.refuse(Refused(500, "InternalServerException"), times=9)
    with pytest.raises(AmazonUnavailable) as failed:
        shop.item(ASINS[0])

    assert mended.asin == ASINS[0]
    assert failed.value.upstream is not None
    assert failed.value.upstream.code == "InternalServerException"
    assert len(shop.endpoint.token_fetches) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, b"<html>Bad Gateway</html>"), (200, b""), (200, b"[]"), (200, b"{"), (200, b"null")],
)
def test_unreadable_answers_can_be_tried_again(shop: Shop, status: int, body: bytes) -> None:
    shop.endpoint.plan("api", status, body, times=9)

    with pytest.raises(AmazonUnavailable):
        shop.item(ASINS[0])


def test_an_account_that_lost_its_right_and_a_foreign_tag_are_told_apart(shop: Shop) -> None:
    owner = shop.endpoint.accounts[0]
    owner.eligible = False
    with pytest.raises(AmazonNotEligible):
        shop.item(ASINS[0])
    owner.eligible, owner.tags = True, {"www.amazon.com": "sold-20"}
    with pytest.raises(AmazonPartnerTagRejected):
        shop.item(ASINS[0])
    assert len(shop.endpoint.token_fetches) == 1


def test_ten_are_one_call_and_eleven_too_many(shop: Shop) -> None:
    assert set(shop.catalog.items(ASINS[:10], shop.deadline()).found) == set(ASINS[:10])
    with pytest.raises(AmazonRejectedRequest):
        shop.catalog.items(ASINS[:11], shop.deadline())


def test_a_lookup_knows_when_it_asked_and_amazons_request_id(shop: Shop) -> None:
    lookup = shop.catalog.items(ASINS[:2], shop.deadline())

    assert lookup.requested_at == shop.clock.now()
    assert lookup.request_id == "request-2"


def test_a_search_is_asked_in_the_apis_words(shop: Shop) -> None:
    search = Search(
        "kettle", category="Kitchen", page=2, sort="Price:LowToHigh", brand="Maker",
        min_price=100, max_price=90000, min_rating=4, min_saving=5, in_stock=False,
    )  # fmt: skip

    found = shop.catalog.search(search, shop.deadline())
    shop.catalog.search(replace(search, in_stock=True), shop.deadline())

    body, second = (call.body for call in shop.endpoint.calls)
    wanted = {
        "keywords": "kettle", "searchIndex": "Kitchen", "itemPage": 2, "brand": "Maker",
        "sortBy": "Price:LowToHigh", "minPrice": 100, "maxPrice": 90000, "minReviewsRating": 4,
        "minSavingPercent": 5, "availability": "IncludeOutOfStock",
    }  # fmt: skip
    assert {name: body.get(name) for name in wanted} == wanted
    assert second.get("availability", "Available") == "Available"
    assert {item.asin for item in found.items} == set(ASINS[10:20])
    assert (found.total, found.pages) == (23, 3)


@pytest.mark.parametrize(("capitals", "absent"), [(False, "missing"), (True, "null")])
def test_a_family_comes_in_pages_with_its_dimensions(
    clock: FakeClock, capitals: bool, absent: Any
) -> None:
    dialect = Dialect(capitals=capitals, absent=absent)
    with endpoint_for(clock, *GOODS, dialect=dialect) as endpoint:
        shop = shop_at(endpoint, clock)
        first = shop.catalog.variations("B0PARENT00", 1, shop.deadline())
        last = shop.catalog.variations(ASINS[4], 3, shop.deadline())

    assert {item.asin for item in first.items} == set(ASINS[:10])
    assert {item.asin for item in last.items} == set(ASINS[20:])
    assert first.total == last.total == 23
    assert first.dimensions == (
        Dimension("color_name", "Color", ("Red", "Blue")),
        Dimension("size_name", "Size", ("0", "1", "2")),
    )
    assert all(item.offer.price is not None for item in first.items)
