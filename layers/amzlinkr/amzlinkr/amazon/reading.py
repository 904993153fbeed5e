"""From the bytes of an answer to the domain: the same four readings for both APIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from amzlinkr.amazon.items import product_of
from amzlinkr.amazon.shapes import Body, DimensionShape, Item, Leaf, Node, OnlyAsin, Summary
from amzlinkr.amazon.text import amazon_url, plain
from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.products import Product
from amzlinkr.domain.searching import BrowseNode, Dimension, Family, Found, Lookup, NodeName

NOT_FOUND = 404
MOST_ANCESTORS = 20
T = TypeVar("T")
_NAMES = re.compile(r"\b[A-Z0-9]{10}\b")
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reader:
    """One API's spelling of the shapes, for one marketplace; `mend` puts odd spellings right."""

    service: str
    marketplace: str
    body: type[Body]
    item: type[Item]
    node: type[Node]
    only_asin: type[OnlyAsin]
    mend: Callable[[bytes], bytes] = bytes

    def found(self, answer: Answer, observed_at: datetime) -> Found:
        """A SearchItems answer; no hits are an empty page."""
        result = self._decoded(answer).result
        products, _ = self._products(result.items, observed_at)
        return Found(
            tuple(products),
            result.total_result_count or 0,
            amazon_url(result.search_url),
            answer.request_id,
        )

    def lookup(self, answer: Answer, asked: Sequence[str], observed_at: datetime) -> Lookup:
        """A GetItems answer: the products asked for, and Amazon's code for each ASIN it names.

        A 404 means that none of them exists (Creators API, error page).
        """
        body = self._decoded(answer)
        products, unreadable = self._products(body.result.items, observed_at)
        refused = dict.fromkeys(unreadable, "Unreadable")
        if answer.status == NOT_FOUND:
            refused = dict.fromkeys(asked, "ItemNotFound")
        for error in body.errors or ():
            named = _NAMES.findall(error.message or "")
            refused |= dict.fromkeys(named, error.code or "Unknown")
        return Lookup(
            observed_at,
            {product.asin: product for product in products if product.asin in asked},
            {asin: code for asin, code in refused.items() if asin in asked},
            answer.request_id,
        )

    def family(self, answer: Answer, observed_at: datetime) -> Family:
        """A GetVariations answer; a product without variations has an empty family."""
        result = self._decoded(answer).result
        summary = result.variation_summary or Summary()
        products, _ = self._products(result.items, observed_at)
        dimensions = tuple(map(_dimension, summary.variation_dimensions or ()))
        return Family(tuple(products), dimensions, summary.variation_count or len(products))

    def nodes(self, answer: Answer) -> tuple[BrowseNode, ...]:
        """A GetBrowseNodes answer; unknown nodes are left out."""
        nodes = self._decoded(answer).result.browse_nodes or ()
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

    def _decoded(self, answer: Answer) -> Body:
        try:
            return msgspec.json.decode(self.mend(answer.body), type=self.body, strict=False)
        except _BROKEN as error:
            raise AmazonUnavailable(
                "Amazon's answer could not be read.",
                upstream=Upstream(self.service, answer.status, "Unreadable"),
            ) from error

    def _products(
        self, items: list[msgspec.Raw] | None, observed_at: datetime
    ) -> tuple[list[Product], list[str]]:
        """The products, and the ASINs of items that could not be read."""
        products, unreadable = [], []
        for raw in items or ():
            item = _decoded_or_none(raw, self.item)
            if item is not None:
                products.append(product_of(item, self.marketplace, observed_at))
            elif (named := _decoded_or_none(raw, self.only_asin)) is not None:
                unreadable.append(named.asin)
        return products, unreadable


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
