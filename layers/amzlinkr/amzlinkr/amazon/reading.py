"""From the bytes of an answer to the domain: the same four readings for both APIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, DecimalException
from typing import Any, TypeVar

import msgspec

from amzlinkr.amazon.items import product_of
from amzlinkr.amazon.json_depth import is_too_deep
from amzlinkr.amazon.shapes import Body, DimensionShape, Item, Leaf, Node, Result, Summary
from amzlinkr.amazon.text import amazon_url, plain
from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.products import Product
from amzlinkr.domain.searching import BrowseNode, Dimension, Family, Found, Lookup, NodeName

NOT_FOUND = 404
MOST_ANCESTORS = 20
T = TypeVar("T")
MOST_COUNTED = 10**9
_ASIN = re.compile(r"[A-Z0-9]{10}")
_NAMES = re.compile(r"\b[A-Z0-9]{10}\b")
_HALF_A_PAIR = re.compile(
    rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>u[dD][89a-fA-F]..)|.)", re.DOTALL
)
"""Every escape in a JSON text; `half` is a cut emoji, which no decoder takes."""
_ITEMS = ("items", "Items")


def _figure(text: str) -> Decimal | None:
    """To the last digit; None if the exponent is beyond all figures."""
    try:
        return Decimal(text)
    except DecimalException:
        return None


_exactly = msgspec.json.Decoder(float_hook=_figure)
_numbers = msgspec.json.Encoder(decimal_format="number")
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reader:
    """One API's spelling of the shapes, for one marketplace.

    `respelt` puts the names of a decoded answer right; `may_be_misspelt` says whether that could
    help, and is asked only when something is missing.
    """

    service: str
    marketplace: str
    body: type[Body]
    item: type[Item]
    node: type[Node]
    may_be_misspelt: Callable[[bytes], bool] = lambda _: False
    respelt: Callable[[Any], Any] = lambda whole: whole

    def found(self, answer: Answer, observed_at: datetime) -> Found:
        """A SearchItems answer; no hits are an empty page."""
        result = self._decoded(answer)[0].result
        return Found(
            self._products(result, observed_at),
            _count(result.total_result_count) or 0,
            amazon_url(result.search_url),
            answer.request_id,
        )

    def lookup(self, answer: Answer, asked: Sequence[str], observed_at: datetime) -> Lookup:
        """A GetItems answer: the products asked for, and Amazon's code for each ASIN it names.

        A 404 means that none of them exists (Creators API, error page).
        """
        body, unreadable = self._decoded(answer)
        refused = dict.fromkeys(unreadable, "Unreadable")
        if answer.status == NOT_FOUND:
            refused = dict.fromkeys(asked, "ItemNotFound")
        for error in body.errors or ():
            named = _NAMES.findall(error.message or "")
            refused |= dict.fromkeys(named, plain(error.code, 80) or "Unknown")
        return Lookup(
            observed_at,
            {
                product.asin: product
                for product in self._products(body.result, observed_at)
                if product.asin in asked
            },
            {asin: code for asin, code in refused.items() if asin in asked},
            answer.request_id,
        )

    def family(self, answer: Answer, observed_at: datetime) -> Family:
        """A GetVariations answer; a product without variations has an empty family."""
        result = self._decoded(answer)[0].result
        summary = result.variation_summary or Summary()
        products = self._products(result, observed_at)
        dimensions = tuple(map(_dimension, summary.variation_dimensions or ()))
        return Family(products, dimensions, _count(summary.variation_count) or len(products))

    def nodes(self, answer: Answer) -> tuple[BrowseNode, ...]:
        """A GetBrowseNodes answer; unknown nodes are left out."""
        nodes = self._decoded(answer)[0].result.browse_nodes or ()
        return tuple(
            BrowseNode(*_named(node), self._above(node), tuple(map(_name, node.children or ())))
            for node in nodes
            if node.id
        )

    def _above(self, node: Node) -> tuple[NodeName, ...]:
        names: list[NodeName] = []
        above = _decoded_or_none(node.ancestor, self.node)
        while above is not None and len(names) < MOST_ANCESTORS:
            names.append(_name(above))
            above = _decoded_or_none(above.ancestor, self.node)
        return tuple(names)

    def _decoded(self, answer: Answer) -> tuple[Body, list[str]]:
        """The answer, and the ASINs of items that could not be read: they spoil no other."""
        try:
            body = msgspec.json.decode(answer.body, type=self.body, strict=False)
        except _BROKEN:
            return self._piece_by_piece(answer)
        items = body.result.items
        # Complete items can be used whatever comes with them, so that most answers need no search.
        if items and all(item.is_whole for item in items):
            return body, []
        if self.may_be_misspelt(answer.body) or is_too_deep(answer.body):
            return self._piece_by_piece(answer)
        return body, []

    def _piece_by_piece(self, answer: Answer) -> tuple[Body, list[str]]:
        """The same, slower, of an answer with odd names or odd items in it."""
        unreadable: list[str] = []
        if is_too_deep(answer.body):
            raise self._unreadable(answer)
        try:
            whole = self.respelt(_exactly.decode(_HALF_A_PAIR.sub(_whole_only, answer.body)))
            for part in [whole, *whole.values()] if isinstance(whole, dict) else ():
                for name in _ITEMS:
                    if isinstance(part, dict) and isinstance(part.get(name), list):
                        part[name], odd = self._sorted_out(part[name])
                        unreadable += odd
            return _as(self.body, whole), unreadable
        except _BROKEN as error:
            raise self._unreadable(answer) from error

    def _unreadable(self, answer: Answer) -> AmazonUnavailable:
        return AmazonUnavailable(
            "Amazon's answer could not be read.",
            upstream=Upstream(self.service, answer.status, "Unreadable"),
        )

    def _sorted_out(self, items: list[Any]) -> tuple[list[Any], list[str]]:
        """The items that can be read, and the ASINs of the others."""
        good, odd = [], []
        for item in items:
            try:
                _as(self.item, item)
            except msgspec.ValidationError:
                named = item.values() if isinstance(item, dict) else ()
                odd += [text for text in named if isinstance(text, str) and _NAMES.fullmatch(text)]
            else:
                good.append(item)
        return good, odd

    def _products(self, result: Result, observed_at: datetime) -> tuple[Product, ...]:
        return tuple(
            product_of(item, self.marketplace, observed_at)
            for item in result.items or ()
            if _ASIN.fullmatch(item.asin)
        )


def _whole_only(escape: re.Match[bytes]) -> bytes:
    return b"" if escape["half"] else escape[0]


def _count(raw: msgspec.Raw) -> int | None:
    count = _decoded_or_none(raw, int)
    return count if count is not None and 0 <= count <= MOST_COUNTED else None


def _as(shape: type[T], part: object) -> T:
    """The shape of a part of a decoded answer, its numbers to the last digit."""
    return msgspec.json.decode(_numbers.encode(part), type=shape, strict=False)


def _decoded_or_none(raw: msgspec.Raw, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=shape, strict=False)
    except _BROKEN:
        return None


def _dimension(shape: DimensionShape) -> Dimension:
    name = plain(shape.name, 100) or ""
    values = (plain(value, 200) for value in shape.values or ())
    return Dimension(
        name, plain(shape.display_name, 200) or name, tuple(value for value in values if value)
    )


def _named(node: Leaf) -> tuple[str, str]:
    number = plain(node.id, 40) or ""
    return number, plain(node.display_name or node.context_free_name, 200) or number


def _name(node: Leaf) -> NodeName:
    return NodeName(*_named(node))
