"""Decoding of Amazon's responses to domain values, the same for both APIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from amzlinkr.amazon import exact_json
from amzlinkr.amazon.items import product_from_item
from amzlinkr.amazon.json_depth import is_too_deep
from amzlinkr.amazon.json_text import repaired
from amzlinkr.amazon.odd_members import readable_item
from amzlinkr.amazon.refused_items import refused_items
from amzlinkr.amazon.sanitize import amazon_url, sanitize
from amzlinkr.amazon.shapes import Body, DimensionShape, Item, Leaf, Node, Result, Summary
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.catalog import (
    RESULTS_PER_PAGE,
    BrowseNode,
    Dimension,
    LookupResult,
    NodeName,
    SearchPage,
    VariationPage,
)
from amzlinkr.domain.products import Product
from amzlinkr.net.json_decoding import decode_json

MAX_NODES, MAX_ANCESTORS, MAX_CHILDREN = 10, 20, 300
MAX_DIMENSIONS, MAX_DIMENSION_VALUES = 10, 500
"""Bounds for what Amazon may return more of, so that our own response has less than 6 MB."""
MAX_COUNT = 10**9
MAX_REPAIRED_ITEMS = 100
"""The items of a response that are repaired; the Creators API returns at most 100 (its SDK)."""
T = TypeVar("T")
_ASIN = re.compile(r"[A-Z0-9]{10}")
_ITEMS = ("items", "Items")


_DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reader:
    """Decoder for the responses of one API in one marketplace.

    `body`, `item`, and `node` are the shapes with the member names of the API. `normalize_case`
    corrects the letter case of member names in a decoded response. `has_odd_case` reports whether
    that could help; it is called only if an item is incomplete.
    """

    service: str
    marketplace_code: str
    body: type[Body]
    item: type[Item]
    node: type[Node]
    has_odd_case: Callable[[bytes], bool] = lambda _: False
    normalize_case: Callable[[Any], Any] = lambda document: document

    def search_page(self, response: AmazonResponse, observed_at: datetime) -> SearchPage:
        """Return the page of a SearchItems response; it is empty if there are no hits.

        Raises:
            AmazonUnavailable: The response cannot be decoded.
        """
        result = self._decode(response)[0].result
        return SearchPage(
            self._products(result, observed_at)[:RESULTS_PER_PAGE],
            _count(result.total_result_count) or 0,
            amazon_url(result.search_url),
            response.request_id,
            observed_at,
        )

    def lookup(
        self, response: AmazonResponse, asins: Sequence[str], requested_at: datetime
    ) -> LookupResult:
        """Return the result of a GetItems response, limited to the requested ASINs.

        With another status than 200, it only names refused ASINs; all other errors were raised
        before.

        Raises:
            AmazonRejectedRequest: The response has another status and names none of the ASINs.
            AmazonUnavailable: The response cannot be decoded.
        """
        body, unreadable = self._decode(response)
        products = self._products(body.result, requested_at)
        found = {product.asin: product for product in products if product.asin in asins}
        refused = {asin: "Unreadable" for asin in unreadable if asin in asins}
        # Errors are searched for only if an item is missing: that costs as much as the decoding.
        if len(found) < len(set(asins)):
            refused |= refused_items(response, asins, self.service)
        return LookupResult(requested_at, found, refused, response.request_id)

    def variation_page(self, response: AmazonResponse, observed_at: datetime) -> VariationPage:
        """Return the page of a GetVariations response; it is empty for a single product.

        Raises:
            AmazonUnavailable: The response cannot be decoded.
        """
        result = self._decode(response)[0].result
        summary = result.variation_summary or Summary()
        products = self._products(result, observed_at)[:RESULTS_PER_PAGE]
        shapes = (summary.variation_dimensions or ())[:MAX_DIMENSIONS]
        dimensions = tuple(map(_dimension, shapes))
        return VariationPage(products, dimensions, _count(summary.variation_count) or len(products))

    def browse_nodes(self, response: AmazonResponse) -> tuple[BrowseNode, ...]:
        """Return the nodes of a GetBrowseNodes response; unknown nodes are omitted.

        Raises:
            AmazonUnavailable: The response cannot be decoded.
        """
        nodes = self._decode(response)[0].result.browse_nodes or ()
        return tuple(
            BrowseNode(
                *_id_and_name(node),
                self._ancestors(node),
                tuple(map(_node_name, (node.children or ())[:MAX_CHILDREN])),
            )
            for node in nodes[:MAX_NODES]
            if node.id
        )

    def _ancestors(self, node: Node) -> tuple[NodeName, ...]:
        # Decoded level by level, so that a deeply nested response cannot exhaust the stack.
        names: list[NodeName] = []
        ancestor = _decode_or_none(node.ancestor, self.node)
        while ancestor is not None and len(names) < MAX_ANCESTORS:
            names.append(_node_name(ancestor))
            ancestor = _decode_or_none(ancestor.ancestor, self.node)
        return tuple(names)

    def _decode(self, response: AmazonResponse) -> tuple[Body, list[str]]:
        """Return the decoded response, and the ASINs of items that cannot be decoded."""
        if response.status != HTTPStatus.OK:
            # An empty result (all errors were raised before): its body may have any form.
            return _decode_or_none(response.body, self.body) or self.body(), []
        try:
            body = decode_json(response.body, self.body, strict=False)
        except _DECODE_ERRORS:
            return self._decode_leniently(response)
        # A member with odd letter case is ignored like an unknown one. Only responses with missing
        # members are searched for it, because the second decoding costs far more than the first.
        items = body.result.items
        if items and all(item.is_complete for item in items):
            return body, []
        if self.has_odd_case(response.body) or is_too_deep(response.body):
            return self._decode_leniently(response)
        return body, []

    def _decode_leniently(self, response: AmazonResponse) -> tuple[Body, list[str]]:
        """Return the same as `_decode` for responses with odd member names or malformed items.

        One malformed item must not make the other products of the response unavailable.
        """
        unreadable: list[str] = []
        if is_too_deep(response.body):
            raise self._unreadable(response)
        try:
            text = repaired(response.body)
            document = self.normalize_case(exact_json.decoder.decode(text))
            for part in [document, *document.values()] if isinstance(document, dict) else ():
                for name in _ITEMS:
                    if isinstance(part, dict) and isinstance(part.get(name), list):
                        part[name], rejected = self._split_valid_items(part[name])
                        unreadable += rejected
            return exact_json.convert(self.body, document), unreadable
        except _DECODE_ERRORS as error:
            raise self._unreadable(response) from error

    def _unreadable(self, response: AmazonResponse) -> AmazonUnavailable:
        return AmazonUnavailable(
            "Amazon's response could not be read.",
            upstream=Upstream(self.service, response.status, "Unreadable"),
        )

    def _split_valid_items(self, items: list[Any]) -> tuple[list[Any], list[str]]:
        """Return what can be read of the items, and the ASINs of unreadable ones."""
        valid, rejected = [], []
        for item in items[:MAX_REPAIRED_ITEMS]:
            try:
                valid.append(readable_item(self.item, item))
            except msgspec.ValidationError:
                values = item.values() if isinstance(item, dict) else ()
                texts = (value for value in values if isinstance(value, str))
                rejected += [text for text in texts if _ASIN.fullmatch(text)]
        return valid, rejected

    def _products(self, result: Result, observed_at: datetime) -> tuple[Product, ...]:
        code = self.marketplace_code
        items = [item for item in result.items or () if _ASIN.fullmatch(item.asin)]
        return tuple([product_from_item(item, code, observed_at) for item in items])


def _count(raw: msgspec.Raw) -> int | None:
    count = _decode_or_none(raw, int)
    return count if count is not None and 0 <= count <= MAX_COUNT else None


def _decode_or_none(raw: msgspec.Raw | bytes, shape: type[T]) -> T | None:
    try:
        return decode_json(raw, shape, strict=False)
    except _DECODE_ERRORS:
        return None


def _dimension(shape: DimensionShape) -> Dimension:
    name = sanitize(shape.name, 100) or ""
    values = (sanitize(value, 200) for value in (shape.values or ())[:MAX_DIMENSION_VALUES])
    return Dimension(
        name, sanitize(shape.display_name, 200) or name, tuple(value for value in values if value)
    )


def _id_and_name(node: Leaf) -> tuple[str, str]:
    node_id = sanitize(node.id, 40) or ""
    return node_id, sanitize(node.display_name or node.context_free_name, 200) or node_id


def _node_name(node: Leaf) -> NodeName:
    return NodeName(*_id_and_name(node))
