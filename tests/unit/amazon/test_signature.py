"""What goes over the wire carries the signature botocore computes over the very same bytes."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.marketplaces import MARKETPLACES
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import ACCESS_KEY, SECRET_KEY, catalog_at
from tests.unit.wire import Sent, Wire, answer

SIGNED = ["content-encoding", "content-type", "host", "x-amz-date", "x-amz-target"]
WORDS = ["kettle", "Käse für 5 €", "やかん 電気", "a+b&c=d/e?f#g", '"quoted" \\ 😀', "قلم"]
ITEMS = [f"B0{number:08d}" for number in range(10)]


def sent_by(operation: str, shop: str, keywords: str = "", at: datetime = START) -> Sent:
    clock = FakeClock(at)
    with Wire([answer(200, {})]) as wire:
        catalog = catalog_at(wire.url, clock, shop)
        if operation == "SearchItems":
            catalog.search(Search(keywords), Deadline.after(clock, 3))
        else:
            catalog.items(ITEMS, Deadline.after(clock, 3))
    return wire.sent[0]


def signed_by_botocore(sent: Sent, region: str) -> str:
    headers = {name: sent.headers[name] for name in SIGNED}
    url = f"https://{sent.headers['host']}{sent.path}"
    request = AWSRequest(sent.method, url, headers, sent.body)
    request.context["timestamp"] = sent.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY), "ProductAdvertisingAPI", region)
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    scope = f"{sent.headers['x-amz-date'][:8]}/{region}/ProductAdvertisingAPI/aws4_request"
    return (
        f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, "
        f"SignedHeaders={';'.join(SIGNED)}, Signature={signature}"
    )


@pytest.mark.parametrize("shop", list(MARKETPLACES))
def test_item_requests_of_every_marketplace_are_signed_as_botocore_signs_them(shop: str) -> None:
    sent = sent_by("GetItems", shop)

    expected = signed_by_botocore(sent, MARKETPLACES[shop].paapi5_region)
    assert sent.headers["authorization"] == expected


@pytest.mark.parametrize("shop", ["US", "DE", "JP"])
@pytest.mark.parametrize("keywords", WORDS)
def test_searches_in_any_script_are_signed_as_botocore_signs_them(shop: str, keywords: str) -> None:
    sent = sent_by("SearchItems", shop, keywords)

    expected = signed_by_botocore(sent, MARKETPLACES[shop].paapi5_region)
    assert sent.headers["authorization"] == expected
    assert json.loads(sent.body)["Keywords"] == keywords


@pytest.mark.parametrize(
    "at", [datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
)
def test_the_scope_follows_the_day_of_the_signature(at: datetime) -> None:
    sent = sent_by("GetItems", "US", at=at)

    assert sent.headers["x-amz-date"] == at.strftime("%Y%m%dT%H%M%SZ")
    assert sent.headers["authorization"] == signed_by_botocore(sent, "us-east-1")


@pytest.mark.parametrize("operation", ["SearchItems", "GetItems"])
def test_path_host_and_headers_are_exactly_amazons(operation: str) -> None:
    sent = sent_by(operation, "UK", "tea")

    assert (sent.method, sent.path) == ("POST", f"/paapi5/{operation.lower()}")
    assert sent.headers["host"] == "webservices.amazon.co.uk"
    assert sent.headers["content-encoding"] == "amz-1.0"
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.headers["x-amz-target"] == (
        f"com.amazon.paapi5.v1.ProductAdvertisingAPIv1.{operation}"
    )
    assert urlsplit(f"//{sent.headers['host']}").port is None
    assert "cookie" not in sent.headers


def test_a_search_says_tag_marketplace_and_filters() -> None:
    clock = FakeClock()
    wish = Search("tea", "Grocery", 2, "Price:LowToHigh", "Maker", 100, 900, 4, 10, in_stock=False)

    with Wire([answer(200, {})]) as wire:
        catalog_at(wire.url, clock, "DE").search(wish, Deadline.after(clock, 3))

    body = json.loads(wire.sent[0].body)
    assert body.pop("Resources")
    assert body == {
        "PartnerTag": "unit-20",
        "PartnerType": "Associates",
        "Marketplace": "www.amazon.de",
        "Keywords": "tea",
        "SearchIndex": "Grocery",
        "ItemPage": 2,
        "ItemCount": 10,
        "SortBy": "Price:LowToHigh",
        "Brand": "Maker",
        "MinPrice": 100,
        "MaxPrice": 900,
        "MinReviewsRating": 4,
        "MinSavingPercent": 10,
        "Availability": "IncludeOutOfStock",
    }


def test_two_accounts_never_share_a_connection_or_a_signature() -> None:
    clock = FakeClock()
    with Wire([answer(200, {})]) as wire:
        for shop in ("US", "DE"):
            catalog_at(wire.url, clock, shop).items(ITEMS, Deadline.after(clock, 3))

    regions = [sent.headers["authorization"].split("/")[2] for sent in wire.sent]
    assert regions == ["us-east-1", "eu-west-1"]
