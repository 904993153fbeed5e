"""Malformed and hostile responses: only plain text, links to Amazon, and valid prices come out."""

import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.amazon.creators import parser as creators_parser
from amzlinkr.amazon.paapi5 import parser as paapi5_parser
from amzlinkr.amazon.reader import Reader
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials, paapi_credentials
from amzlinkr.domain.money import MAX_AMOUNT
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.products import Product
from amzlinkr.http.presenters.products import product_out
from amzlinkr.http.schemas.products import ProductOut
from tests.clock import START, FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.contract.malformed_responses import (
    BODIES,
    CURRENCIES,
    FIGURES,
    HEADERS,
    LINKS,
    LONG,
    NAMES,
    QUOTES,
    TEXTS,
)
from tests.unit.amazon.accounts import UnlimitedRateLimiter
from tests.unit.wire import Script, Wire, reply

ASIN = re.compile(r"[A-Z0-9]{10}")
HOSTS = re.compile(r"www\.amazon\.com|([a-z0-9-]+\.)+(media|ssl-images|images)-amazon\.com")
JOINERS = "\u200c\u200d"
"""Invisible parts of emoji, Persian, and Indian words; kept between visible characters."""
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MAX_CHARS = 1_000
MAX_PIXELS = 20_000
GOOD = {"asin": "B0GOOD0000", "itemInfo": {"title": {"displayValue": "Good"}}}
TOKEN = reply(200, {"access_token": "t" * 40, "token_type": "bearer", "expires_in": 3600})


@dataclass(frozen=True)
class Api:
    """One API: its member names, reader, credentials, and the replies before the first call."""

    encode: Callable[[bytes], bytes]
    reader: Reader
    credentials: Any
    first: Sequence[Script]

    def lookup(self, *items: Any) -> dict[str, Product]:
        """Return the checked products of a response with these items and a valid item."""
        body = self.encode(json.dumps({"itemsResult": {"items": [GOOD, *items]}}).encode())
        return self.read(body)

    def read(self, body: bytes) -> dict[str, Product]:
        found = self.reader.search_page(AmazonResponse(200, {}, body), START).items
        for product in found:
            check(product)
        products = {product.asin: product for product in found}
        assert products["B0GOOD0000"].details.title == "Good"
        return products

    def catalog(self, url: str, clock: FakeClock) -> Catalog:
        return open_catalog(self.credentials, UnlimitedRateLimiter(), clock, url)


def to_pascal_case(body: bytes) -> bytes:
    """Return JSON of the Creators API with the member names of PA-API 5.0."""

    def capital(found: re.Match[bytes]) -> bytes:
        name = found[1]
        known = {b"asin": b"ASIN", b"url": b"URL"}
        return b'"' + known.get(name, name[:1].upper() + name[1:]) + b'":'

    return re.sub(rb'"([a-z][A-Za-z0-9]*)": ?', capital, body)


@pytest.fixture(params=["creators", "paapi5"], scope="module")
def api(request: pytest.FixtureRequest) -> Api:
    if request.param == "creators":
        reader = creators_parser.reader(marketplace_code="US")
        return Api(bytes, reader, creators_credentials(*CREDENTIAL, TAG, "US"), [TOKEN])
    reader = paapi5_parser.reader(marketplace_code="US")
    return Api(to_pascal_case, reader, paapi_credentials(ACCESS_KEY, SECRET_KEY, TAG, "US"), [])


def check(product: Product) -> None:
    """Assert that a product can be shown and stored."""
    assert ASIN.fullmatch(product.asin)
    shown = msgspec.json.encode(product_out(product, START))
    msgspec.json.decode(shown, type=ProductOut)
    assert len(shown) < 64 * 1024
    for text in texts(json.loads(shown)):
        assert len(text) <= MAX_CHARS
        hidden = {char for char in text if unicodedata.category(char) in INVISIBLE}
        assert hidden <= set(JOINERS), text
        assert text == text.strip(JOINERS)
    image = product.details.image
    if product.details.url:
        check_link(product.details.url)
    if image:
        check_link(image.url)
        assert 0 <= image.width <= MAX_PIXELS
        assert 0 <= image.height <= MAX_PIXELS
    offer = product.offer
    for price in filter(None, [offer.price, offer.list_price]):
        assert 0 <= price.amount <= MAX_AMOUNT
        assert re.fullmatch("[A-Z]{3}", price.currency, re.ASCII)
    assert offer.savings_percent is None or 0 <= offer.savings_percent <= 100


def check_link(url: str) -> None:
    parts = urlsplit(url)
    assert parts.scheme == "https"
    assert HOSTS.fullmatch(parts.netloc), url
    assert re.fullmatch(r"[!#-;=?-\[\]_a-z~]{1,2048}", url), url


def texts(part: Any) -> Iterator[str]:
    """Yield every text in a response of the service."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from texts(each)


def item_with_text(text: str) -> dict[str, Any]:
    """Return an item with the same text in every text member."""
    value = {"displayValue": text, "value": text}
    return {
        "asin": "B0EVIL0001",
        "itemInfo": {
            "title": value,
            "features": {"displayValues": [text] * 3},
            "byLineInfo": {"brand": value, "manufacturer": value},
            "classifications": {"binding": value},
        },
        "offersV2": {
            "listings": [
                {
                    "type": text,
                    "price": {"money": {"amount": 9.99, "currency": "USD", "displayAmount": text}},
                    "availability": {"type": text},
                    "condition": {"value": text},
                    "merchantInfo": {"name": text},
                    "dealDetails": {"badge": text, "accessType": text, "endTime": text},
                    "isBuyBoxWinner": True,
                }
            ]
        },
    }


def item_with_link(url: str) -> dict[str, Any]:
    return {
        "asin": "B0EVIL0001",
        "detailPageURL": url,
        "images": {"primary": {"large": {"url": url, "width": 500, "height": 500}}},
    }


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:40]))
def test_text_is_plain_text(api: Api, text: str) -> None:
    product = api.lookup(item_with_text(text))["B0EVIL0001"]

    kept = [char for char in text if char.isprintable() or char in JOINERS]
    visible = [char for char in kept if not char.isspace()]
    shown = [char for char in product.details.title if not char.isspace()]
    assert shown[:100] == (visible or list("B0EVIL0001"))[:100], "visible text was changed"


@pytest.mark.parametrize("url", [*LINKS, *QUOTES, LONG], ids=lambda url: ascii(url[:60]))
def test_link_to_another_host_is_dropped(api: Api, url: str) -> None:
    product = api.lookup(item_with_link(url))["B0EVIL0001"]

    assert (product.details.url, product.details.image) == ("", None)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure[:20])
def test_number_is_in_bounds_or_none(api: Api, figure: str) -> None:
    numbers = item_with_link("https://m.media-amazon.com/a.jpg") | {
        "offersV2": {
            "listings": [
                {
                    "price": {
                        "money": {"amount": "@", "currency": "USD"},
                        "savingBasis": {"money": {"amount": "@", "currency": "USD"}},
                        "savings": {"percentage": "@"},
                    }
                }
            ]
        }
    }
    numbers["images"]["primary"]["large"] |= {"width": "@", "height": "@"}
    whole = {"searchResult": {"totalResultCount": "@", "items": [GOOD, numbers]}}
    before, *parts = json.dumps(whole).split('"@"')
    for odd in range(len(parts)):
        figures = (figure if at == odd else "1" for at in range(len(parts)))
        body = before + "".join(map("".join, zip(figures, parts, strict=True)))
        api.read(api.encode(body.encode()))
        found = api.reader.search_page(AmazonResponse(200, {}, api.encode(body.encode())), START)
        assert 0 <= found.total <= 2**53


@pytest.mark.parametrize("currency", CURRENCIES, ids=ascii)
def test_price_without_valid_currency_is_none(api: Api, currency: str) -> None:
    price = {"money": {"amount": 9.99, "currency": currency, "displayAmount": "$9.99"}}
    item = {"asin": "B0EVIL0001", "offersV2": {"listings": [{"price": price}]}}

    assert api.lookup(item)["B0EVIL0001"].offer.price is None


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_item_without_valid_asin_is_ignored(api: Api, name: str) -> None:
    assert set(api.lookup({"asin": name, "itemInfo": GOOD["itemInfo"]})) == {"B0GOOD0000"}


def paths(part: Any, parent: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a document."""
    if parent:
        yield parent
    if isinstance(part, dict | list):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from paths(value, (*parent, name))


WHOLE = item_with_text("Kettle") | item_with_link("https://www.amazon.com/dp/B0EVIL0001")
PATHS = list(paths(WHOLE))
ODD = st.sampled_from(
    [*FIGURES, '"<b>"', "[[]]", "[null]", '{"a":{}}', '[{"asin":1}]', '"\\ud800"']
)


def with_value(path: tuple[Any, ...], odd: str) -> str:
    """Return the complete item as JSON, with one value replaced by the given JSON."""
    item = json.loads(json.dumps(WHOLE))
    part = item
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = "@odd@"
    return json.dumps(item).replace('"@odd@"', odd)


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_malformed_value_does_not_hide_other_products(api: Api, count: int) -> None:
    @settings(
        max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(path=st.sampled_from(PATHS), odd=ODD)
    def check_one(path: tuple[Any, ...], odd: str) -> None:
        body = '{"itemsResult": {"items": [%s, %s]}}' % (with_value(path, odd), json.dumps(GOOD))  # noqa: UP031 - braces
        api.read(api.encode(body.encode()))

    check_one()


CALLS: list[Callable[[Catalog, Deadline], object]] = [
    lambda catalog, deadline: catalog.items(["B0GOOD0001"], deadline),
    lambda catalog, deadline: catalog.search(Search("kettle"), deadline),
    lambda catalog, deadline: catalog.variations("B0GOOD0001", 1, deadline),
    lambda catalog, deadline: catalog.browse_nodes(["1"], deadline),
]


REFUSED = (400, 429, 503)
ONE_REFUSED = dict(zip(BODIES, itertools.cycle(REFUSED), strict=False))
"""One status besides 200 for each body; the others are slow."""
STATUSES = [
    pytest.param(name, status, marks=[] if status in (200, usual) else [pytest.mark.slow])
    for name, usual in ONE_REFUSED.items()
    for status in (200, *REFUSED)
]


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_any_body_gives_a_result_or_an_amazon_error(
    api: Api, name: str, status: int, clock: FakeClock
) -> None:
    body = api.encode(BODIES[name]) if len(BODIES[name]) < 1_000_000 else BODIES[name]
    headers = {"Content_Encoding": "gzip"} if name == "gzip bomb" else {}
    with Wire([*api.first, reply(status, body, **headers)]) as wire:
        catalog = api.catalog(wire.url, clock)
        for call in CALLS:
            try:
                call(catalog, Deadline.after(clock, 3))
            except AmazonError as error:
                text = f"{error} {error.upstream}"
                assert len(text) < MAX_CHARS, "the error repeats the response"


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("name", HEADERS)
def test_any_header_gives_a_result_or_an_amazon_error(
    api: Api, name: str, status: int, clock: FakeClock
) -> None:
    with Wire([*api.first, reply(status, {}, **HEADERS[name])]) as wire:
        try:
            api.catalog(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))
        except AmazonError as error:
            assert error.retry_after is None or 0 <= error.retry_after <= 3600  # noqa: PT017 - any
            assert "<" not in f"{error} {error.upstream}"  # noqa: PT017 - any


def test_response_over_two_megabytes_is_refused(api: Api, clock: FakeClock) -> None:
    with Wire([*api.first, reply(200, BODIES["too large"])]) as wire:
        catalog = api.catalog(wire.url, clock)
        with pytest.raises(AmazonUnavailable) as failed:
            catalog.items(["B0GOOD0001"], Deadline.after(clock, 3))
    assert failed.value.upstream is not None
    assert failed.value.upstream.code == "AnswerTooLarge"


def test_redirect_is_not_followed(api: Api, clock: FakeClock) -> None:
    with Wire([reply(200, {"items": []})]) as other_site:
        away = reply(302, b"", Location=f"{other_site.url}/secrets")
        with Wire([*api.first, away]) as wire, pytest.raises(AmazonError):
            api.catalog(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))
    assert [sent.path for sent in other_site.sent] == []


def test_corpus_has_at_least_400_values() -> None:
    count = len(TEXTS) + len(LINKS) + len(QUOTES) + len(FIGURES) + len(CURRENCIES) + len(NAMES)
    assert count + len(BODIES) >= 400
