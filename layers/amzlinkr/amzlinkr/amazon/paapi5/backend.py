"""PA-API 5.0 as a `Catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from amzlinkr.amazon import retry
from amzlinkr.amazon.lookups import look_up
from amzlinkr.amazon.paapi5 import parser, requests
from amzlinkr.amazon.paapi5.auth import SigV4Signer
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import PaapiCredentials


class PaapiCatalog:
    """One account in one marketplace, with its own signer and connections."""

    def __init__(
        self, credentials: PaapiCredentials, transport: Transport, policy: retry.Policy
    ) -> None:
        self._credentials = credentials
        self._signer = SigV4Signer(credentials)
        self._reader = parser.reader(marketplace_code=credentials.marketplace.code)
        self._transport = transport
        self._policy = policy

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Call SearchItems; see `Catalog.search`."""
        body = requests.search_items(self._credentials, search)
        return self._reader.search_page(*self._call("SearchItems", body, deadline))

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Call GetItems; see `Catalog.items`."""

        def get_items(some: Sequence[str]) -> tuple[AmazonResponse, datetime]:
            body = requests.get_items(self._credentials, some)
            return self._call("GetItems", body, deadline)

        return look_up(self._reader, get_items, asins)

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Call GetVariations; see `Catalog.variations`."""
        body = requests.get_variations(self._credentials, asin, page)
        return self._reader.variation_page(*self._call("GetVariations", body, deadline))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Call GetBrowseNodes; see `Catalog.browse_nodes`."""
        body = requests.get_browse_nodes(self._credentials, ids)
        response, _ = self._call("GetBrowseNodes", body, deadline)
        return self._reader.browse_nodes(response)

    def _call(
        self, operation: str, fields: dict[str, object], deadline: Deadline
    ) -> tuple[AmazonResponse, datetime]:
        body = msgspec.json.encode(fields)
        host, path = self._credentials.marketplace.paapi5_host, f"/paapi5/{operation.lower()}"

        # Signed per attempt: after a clock skew error, the time of the signature differs.
        def send(signed_at: datetime) -> AmazonResponse:
            headers = self._signer.headers(operation, path, body, signed_at)
            return self._transport.post(host, path, body, headers, deadline)

        return retry.call(send, self._policy, deadline)
