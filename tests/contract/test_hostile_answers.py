"""Amazon's answers are a stranger's words: plain text, Amazon's links and real prices come out."""

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
from amzlinkr.amazon.reading import Reader
from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials, paapi_credentials
from amzlinkr.domain.money import MAX_AMOUNT
from amzlinkr.domain.ports import Catalog
from amzlinkr.domain.products import Product
from amzlinkr.domain.searching import Search
from amzlinkr.http.outputs import ProductOut
from amzlinkr.http.responses import product_out
from tests.clock import START, FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.contract.hostile import (
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
from tests.unit.amazon.accounts import FreePacer
from tests.unit.wire import Script, Wire, answer

ASIN = re.compile(r"[A-Z0-9]{10}")
HOSTS = re.compile(r"www\.amazon\.com|([a-z0-9-]+\.)+(media|ssl-images|images)-amazon\.com")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LONGEST = 1_000
PICTURE = 20_000
GOOD = {"asin": "B0GOOD0000", "itemInfo": {"title": {"displayValue": "Good"}}}
TOKEN = answer(200, {"access_token": "t" * 40, "token_type": "bearer", "expires_in": 3600})


@dataclass(frozen=True)
class Api:
    """One of Amazon's APIs: how it spells, what reads it, and what it sends first."""

    spelt: Callable[[bytes], bytes]
    reader: Reader
    credentials: Any
    first: Sequence[Script]

    def lookup(self, *items: Any) -> dict[str, Product]:
        """The products of an answer, each proved to be harmless; the good one is among them."""
        body = self.spelt(json.dumps({"itemsResult": {"items": [GOOD, *items]}}).encode())
        return self.read(body)

    def read(self, body: bytes) -> dict[str, Product]:
        found = self.reader.found(Answer(200, {}, body), START).items
        for product in found:
            check(product)
        products = {product.asin: product for product in found}
        assert products["B0GOOD0000"].details.title == "Good"
        return products

    def catalog(self, url: str, clock: FakeClock) -> Catalog:
        return open_catalog(self.credentials, FreePacer(), clock, url)


def in_capitals(body: bytes) -> bytes:
    """The Creators API's JSON as PA-API 5.0 spells it."""

    def capital(found: re.Match[bytes]) -> bytes:
        name = found[1]
        known = {b"asin": b"ASIN", b"url": b"URL"}
        return b'"' + known.get(name, name[:1].upper() + name[1:]) + b'":'

    return re.sub(rb'"([a-z][A-Za-z0-9]*)": ?', capital, body)


@pytest.fixture(params=["creators", "paapi5"], scope="module")
def api(request: pytest.FixtureRequest) -> Api:
    if request.param == "creators":
        reader = creators_parser.reader(marketplace="US")
        return Api(bytes, reader, creators_credentials(*CREDENTIAL, TAG, "US"), [TOKEN])
    reader = paapi5_parser.reader(marketplace="US")
    return Api(in_capitals, reader, paapi_credentials(ACCESS_KEY, SECRET_KEY, TAG, "US"), [])


def check(product: Product) -> None:
    """What comes out can be shown and stored, whatever went in."""
    assert ASIN.fullmatch(product.asin)
    shown = msgspec.json.encode(product_out(product, START))
    msgspec.json.decode(shown, type=ProductOut)
    assert len(shown) < 64 * 1024
    for text in texts(json.loads(shown)):
        assert len(text) <= LONGEST
        assert not UNSEEN & {unicodedata.category(char) for char in text}, text
    image = product.details.image
    if product.details.url:
        check_link(product.details.url)
    if image:
        check_link(image.url)
        assert 0 <= image.width <= PICTURE
        assert 0 <= image.height <= PICTURE
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
    """Every text in an answer of ours."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from texts(each)


def everywhere(text: str) -> dict[str, Any]:
    """A product that says one text wherever it can say anything."""
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


def linked(url: str) -> dict[str, Any]:
    return {
        "asin": "B0EVIL0001",
        "detailPageURL": url,
        "images": {"primary": {"large": {"url": url, "width": 500, "height": 500}}},
    }


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:40]))
def test_text_is_text(api: Api, text: str) -> None:
    product = api.lookup(everywhere(text))["B0EVIL0001"]

    seen = [char for char in text if not char.isspace() and char.isprintable()]
    kept = [char for char in product.details.title if not char.isspace()]
    assert kept[:100] == (seen or list("B0EVIL0001"))[:100], "nothing visible is lost or unescaped"


@pytest.mark.parametrize("url", [*LINKS, *QUOTES, LONG], ids=lambda url: ascii(url[:60]))
def test_a_link_is_amazons_or_none(api: Api, url: str) -> None:
    product = api.lookup(linked(url))["B0EVIL0001"]

    assert (product.details.url, product.details.image) == ("", None)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure[:20])
def test_a_figure_is_in_bounds_or_none(api: Api, figure: str) -> None:
    numbers = linked("https://m.media-amazon.com/a.jpg") | {
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
        api.read(api.spelt(body.encode()))
        found = api.reader.found(Answer(200, {}, api.spelt(body.encode())), START)
        assert 0 <= found.total <= 2**53


@pytest.mark.parametrize("currency", CURRENCIES, ids=ascii)
def test_a_price_without_a_currency_is_none(api: Api, currency: str) -> None:
    price = {"money": {"amount": 9.99, "currency": currency, "displayAmount": "$9.99"}}
    item = {"asin": "B0EVIL0001", "offersV2": {"listings": [{"price": price}]}}

    assert api.lookup(item)["B0EVIL0001"].offer.price is None


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_a_product_without_an_asin_is_none(api: Api, name: str) -> None:
    assert set(api.lookup({"asin": name, "itemInfo": GOOD["itemInfo"]})) == {"B0GOOD0000"}


def places(part: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of an answer."""
    if above:
        yield above
    if isinstance(part, dict | list):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from places(value, (*above, name))


WHOLE = everywhere("Kettle") | linked("https://www.amazon.com/dp/B0EVIL0001")
PLACES = list(places(WHOLE))
ODD = st.sampled_from(
    [*FIGURES, '"<b>"', "[[]]", "[null]", '{"a":{}}', '[{"asin":1}]', '"\\ud800"']
)


def spoilt(place: tuple[Any, ...], odd: str) -> str:
    """The whole product with one value exchanged for another, of whatever kind."""
    item = json.loads(json.dumps(WHOLE))
    part = item
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = "@odd@"
    return json.dumps(item).replace('"@odd@"', odd)


@pytest.mark.parametrize("count", [400, pytest.param(20_000, marks=pytest.mark.slow)])
def test_a_value_of_another_kind_spoils_no_other_product(api: Api, count: int) -> None:
    @settings(
        max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(place=st.sampled_from(PLACES), odd=ODD)
    def one(place: tuple[Any, ...], odd: str) -> None:
        body = '{"itemsResult": {"items": [%s, %s]}}' % (spoilt(place, odd), json.dumps(GOOD))  # noqa: UP031 - braces
        api.read(api.spelt(body.encode()))

    one()


ASKING: list[Callable[[Catalog, Deadline], object]] = [
    lambda catalog, deadline: catalog.items(["B0GOOD0001"], deadline),
    lambda catalog, deadline: catalog.search(Search("kettle"), deadline),
    lambda catalog, deadline: catalog.variations("B0GOOD0001", 1, deadline),
    lambda catalog, deadline: catalog.browse_nodes(["1"], deadline),
]


@pytest.mark.parametrize("status", [200, 400, 429, 503])
@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_any_kind_is_an_answer_or_an_error_of_amazons(
    api: Api, name: str, status: int, clock: FakeClock
) -> None:
    body = api.spelt(BODIES[name]) if len(BODIES[name]) < 1_000_000 else BODIES[name]
    headers = {"Content_Encoding": "gzip"} if name == "a bomb" else {}
    with Wire([*api.first, answer(status, body, **headers)]) as wire:
        catalog = api.catalog(wire.url, clock)
        for ask in ASKING:
            try:
                ask(catalog, Deadline.after(clock, 3))
            except AmazonError as error:
                told = f"{error} {error.upstream}"
                assert len(told) < LONGEST, "no more of the answer than a code and a sentence"


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("name", HEADERS)
def test_a_header_of_any_kind_is_no_fault(
    api: Api, name: str, status: int, clock: FakeClock
) -> None:
    with Wire([*api.first, answer(status, {}, **HEADERS[name])]) as wire:
        try:
            api.catalog(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))
        except AmazonError as error:
            assert error.retry_after is None or 0 <= error.retry_after <= 3600  # noqa: PT017 - any
            assert "<" not in f"{error} {error.upstream}"  # noqa: PT017 - any


def test_an_answer_is_read_to_two_megabytes_and_no_further(api: Api, clock: FakeClock) -> None:
    with Wire([*api.first, answer(200, BODIES["too much"])]) as wire:
        catalog = api.catalog(wire.url, clock)
        with pytest.raises(AmazonUnavailable) as failed:
            catalog.items(["B0GOOD0001"], Deadline.after(clock, 3))
    assert failed.value.upstream is not None
    assert failed.value.upstream.code == "AnswerTooLarge"


def test_a_redirect_leads_nowhere(api: Api, clock: FakeClock) -> None:
    with Wire([answer(200, {})]) as elsewhere:
        away = answer(302, b"", Location=f"{elsewhere.url}/secrets")
        with Wire([*api.first, away]) as wire, pytest.raises(AmazonError):
            api.catalog(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))
    assert [sent.path for sent in elsewhere.sent] == []


def test_the_corpus_is_not_small() -> None:
    count = len(TEXTS) + len(LINKS) + len(QUOTES) + len(FIGURES) + len(CURRENCIES) + len(NAMES)
    assert count + len(BODIES) >= 400
