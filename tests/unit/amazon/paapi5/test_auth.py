"""Signatures of PA-API requests, compared with botocore's over the same bytes."""

import json
from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.marketplaces import MARKETPLACES
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import ACCESS_KEY, SECRET_KEY, catalog_at
from tests.unit.wire import Sent, Wire, reply

SIGNED = ["content-encoding", "content-type", "host", "x-amz-date", "x-amz-target"]
KEYWORDS = ["kettle", "Käse für 5 €", "やかん 電気", "a+b&c=d/e?f#g", '"quoted" \\ 😀', "قلم"]
ASINS = [f"B0{number:08d}" for number in range(10)]


def request_of(operation: str, code: str, keywords: str = "", at: datetime = START) -> Sent:
    clock = FakeClock(at)
    with Wire([reply(200, {"Items": []})]) as wire:
        catalog = catalog_at(wire.url, clock, code)
        if operation == "SearchItems":
            catalog.search(Search(keywords), Deadline.after(clock, 3))
        else:
            catalog.items(ASINS, Deadline.after(clock, 3))
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


@pytest.mark.parametrize("code", list(MARKETPLACES))
def test_get_items_signature_of_every_marketplace_equals_botocore(code: str) -> None:
    sent = request_of("GetItems", code)

    expected = signed_by_botocore(sent, MARKETPLACES[code].paapi5_region)
    assert sent.headers["authorization"] == expected


@pytest.mark.parametrize("code", ["US", "DE", "JP"])
@pytest.mark.parametrize("keywords", KEYWORDS)
def test_search_signature_in_any_script_equals_botocore(code: str, keywords: str) -> None:
    sent = request_of("SearchItems", code, keywords)

    expected = signed_by_botocore(sent, MARKETPLACES[code].paapi5_region)
    assert sent.headers["authorization"] == expected
    assert json.loads(sent.body)["Keywords"] == keywords


@pytest.mark.parametrize(
    "at", [datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
)
def test_scope_contains_the_day_of_the_signature(at: datetime) -> None:
    sent = request_of("GetItems", "US", at=at)

    assert sent.headers["x-amz-date"] == at.strftime("%Y%m%dT%H%M%SZ")
    assert sent.headers["authorization"] == signed_by_botocore(sent, "us-east-1")


def test_two_accounts_do_not_share_a_signer() -> None:
    clock = FakeClock()
    with Wire([reply(200, {"Items": []})]) as wire:
        for code in ("US", "DE"):
            catalog_at(wire.url, clock, code).items(ASINS, Deadline.after(clock, 3))

    regions = [sent.headers["authorization"].split("/")[2] for sent in wire.sent]
    assert regions == ["us-east-1", "eu-west-1"]
