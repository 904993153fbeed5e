"""Requests of the Creators backend, and its errors for the documented refusals."""

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
from tests.contract.creators_marketplaces import CatalogSetup, endpoint_for, setup_at
from tests.contract.creators_products import FakeProduct, listing
from tests.contract.creators_rules import Refusal
from tests.contract.creators_variants import Variant

ASINS = tuple(f"B0TEST{number:04}" for number in range(23))
PRODUCTS = tuple(
    FakeProduct(
        asin,
        f"Kettle {number}",
        (listing(),),
        parent="B0PARENT00",
        attributes=(("color_name", ("Red", "Blue")[number % 2]), ("size_name", f"{number % 3}")),
    )
    for number, asin in enumerate(ASINS)
)

VARIANTS = {
    "as in the SDK": Variant(),
    "as in the documentation": Variant(error_type="__type", field_list="objects"),
}


@pytest.fixture(params=list(VARIANTS.values()), ids=list(VARIANTS))
def setup(request: pytest.FixtureRequest, clock: FakeClock) -> Iterator[CatalogSetup]:
    with endpoint_for(clock, *PRODUCTS, variant=request.param) as endpoint:
        yield setup_at(endpoint, clock)


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
def test_each_documented_refusal_becomes_its_error(
    setup: CatalogSetup, status: int, kind: str, reason: str | None, error: type[AmazonError]
) -> None:
    fields = ("itemIds",) if reason == "FieldValidationFailed" else ()
    setup.endpoint.plan_refusal(Refusal(status, kind, reason, fields))

    with pytest.raises(AmazonError) as failed:
        setup.item(ASINS[0])

    assert type(failed.value) is error
    upstream = failed.value.upstream
    assert upstream is not None
    assert upstream.status == status
    assert upstream.code in ((reason,) if reason not in {None, "Other"} else (kind, reason))
    assert upstream.request_id == "request-2"
    assert len(setup.endpoint.calls) == 1


def test_invalid_field_is_named(setup: CatalogSetup) -> None:
    refused = Refusal(400, "ValidationException", "FieldValidationFailed", ("searchIndex",))
    setup.endpoint.plan_refusal(refused)

    with pytest.raises(AmazonRejectedRequest) as failed:
        setup.catalog.search(Search("kettle", category="Nothing"), setup.deadline())

    assert "searchIndex" in failed.value.detail


@pytest.mark.parametrize(("mode", "seconds"), [("body", 60), ("header", 60), ("absent", None)])
def test_throttling_has_the_wait_that_amazon_asks_for(
    clock: FakeClock, mode: Any, seconds: int | None
) -> None:
    with endpoint_for(clock, *PRODUCTS, variant=Variant(retry_after=mode)) as endpoint:
        setup = setup_at(endpoint, clock)
        endpoint.plan_refusal(Refusal(429, "ThrottleException"))
        with pytest.raises(AmazonThrottled) as failed:
            setup.item(ASINS[0])

    if seconds is not None:
        assert failed.value.retry_after == seconds
    assert len(endpoint.calls) == 1


def test_server_error_is_retried_and_then_reported(setup: CatalogSetup) -> None:
    setup.endpoint.plan_refusal(Refusal(500, "InternalServerException"))
    recovered = setup.item(ASINS[0])
    setup.endpoint.plan_refusal(Refusal(500, "InternalServerException"), times=9)
    with pytest.raises(AmazonUnavailable) as failed:
        setup.item(ASINS[0])

    assert recovered.asin == ASINS[0]
    assert failed.value.upstream is not None
    assert failed.value.upstream.code == "InternalServerException"
    assert len(setup.endpoint.token_fetches) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, b"<html>Bad Gateway</html>"), (200, b""), (200, b"[]"), (200, b"{"), (200, b"null")],
)
def test_undecodable_response_is_unavailable(setup: CatalogSetup, status: int, body: bytes) -> None:
    setup.endpoint.plan_response("api", status, body, times=9)

    with pytest.raises(AmazonUnavailable):
        setup.item(ASINS[0])


def test_lost_eligibility_and_foreign_tag_are_different_errors(setup: CatalogSetup) -> None:
    owner = setup.endpoint.accounts[0]
    owner.eligible = False
    with pytest.raises(AmazonNotEligible):
        setup.item(ASINS[0])
    owner.eligible, owner.tags = True, {"www.amazon.com": "sold-20"}
    with pytest.raises(AmazonPartnerTagRejected):
        setup.item(ASINS[0])
    assert len(setup.endpoint.token_fetches) == 1


def test_lookup_accepts_ten_and_rejects_eleven_asins(setup: CatalogSetup) -> None:
    assert set(setup.catalog.items(ASINS[:10], setup.deadline()).found) == set(ASINS[:10])
    with pytest.raises(AmazonRejectedRequest):
        setup.catalog.items(ASINS[:11], setup.deadline())


def test_lookup_has_request_time_and_request_id(setup: CatalogSetup) -> None:
    lookup = setup.catalog.items(ASINS[:2], setup.deadline())

    assert lookup.requested_at == setup.clock.now()
    assert lookup.request_id == "request-2"


def test_search_request_has_the_documented_members(setup: CatalogSetup) -> None:
    search = Search(
        "kettle", category="Kitchen", page=2, sort="Price:LowToHigh", brand="Maker",
        min_price=100, max_price=90000, min_rating=4, min_saving=5, in_stock=False,
    )  # fmt: skip

    found = setup.catalog.search(search, setup.deadline())
    setup.catalog.search(replace(search, in_stock=True), setup.deadline())

    body, second = (call.body for call in setup.endpoint.calls)
    expected = {
        "keywords": "kettle", "searchIndex": "Kitchen", "itemPage": 2, "brand": "Maker",
        "sortBy": "Price:LowToHigh", "minPrice": 100, "maxPrice": 90000, "minReviewsRating": 4,
        "minSavingPercent": 5, "availability": "IncludeOutOfStock",
    }  # fmt: skip
    assert {name: body.get(name) for name in expected} == expected
    assert second.get("availability", "Available") == "Available"
    assert {item.asin for item in found.items} == set(ASINS[10:20])
    assert (found.total, found.pages) == (23, 3)


@pytest.mark.parametrize(("capitals", "absent"), [(False, "missing"), (True, "null")])
def test_variations_have_pages_and_dimensions(
    clock: FakeClock, capitals: bool, absent: Any
) -> None:
    variant = Variant(capitals=capitals, absent=absent)
    with endpoint_for(clock, *PRODUCTS, variant=variant) as endpoint:
        setup = setup_at(endpoint, clock)
        first = setup.catalog.variations("B0PARENT00", 1, setup.deadline())
        last = setup.catalog.variations(ASINS[4], 3, setup.deadline())

    assert {item.asin for item in first.items} == set(ASINS[:10])
    assert {item.asin for item in last.items} == set(ASINS[20:])
    assert first.total == last.total == 23
    assert first.dimensions == (
        Dimension("color_name", "Color", ("Red", "Blue")),
        Dimension("size_name", "Size", ("0", "1", "2")),
    )
    assert all(item.offer.price is not None for item in first.items)
