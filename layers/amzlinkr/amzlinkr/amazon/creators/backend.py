"""The Creators API as a `Catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from amzlinkr.amazon import retry
from amzlinkr.amazon.creators import parser, requests
from amzlinkr.amazon.creators.auth import TokenSource, authorization
from amzlinkr.amazon.error_bodies import code_name
from amzlinkr.amazon.lookups import look_up
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import AmazonKeysRejected
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import CreatorsCredentials
from amzlinkr.domain.ports import Token

HOST = "creatorsapi.amazon"
STALE_TOKEN_NAMES = ("tokenexpired", "expiredtoken", "invalidtoken")
"""Names of codes for a token that a new token can replace.

Sources: Creators API documentation, error page; AWS documentation, "Common errors"; OAuth 2.0
(RFC 6750, section 3.1).
"""


class CreatorsCatalog:
    """One account in one marketplace, with its own token and connections."""

    def __init__(
        self,
        credentials: CreatorsCredentials,
        tokens: TokenSource,
        transport: Transport,
        policy: retry.Policy,
    ) -> None:
        self._credentials = credentials
        self._tokens = tokens
        self._reader = parser.reader(marketplace_code=credentials.marketplace.code)
        self._transport = transport
        self._policy = policy

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """Call searchItems; see `Catalog.search`."""
        body = requests.search_items(self._credentials, search)
        return self._reader.search_page(*self._call("searchItems", body, deadline))

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """Call getItems; see `Catalog.items`."""

        def get_items(some: Sequence[str]) -> tuple[AmazonResponse, datetime]:
            body = requests.get_items(self._credentials, some)
            return self._call("getItems", body, deadline)

        return look_up(self._reader, get_items, asins)

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """Call getVariations; see `Catalog.variations`."""
        body = requests.get_variations(self._credentials, asin, page)
        return self._reader.variation_page(*self._call("getVariations", body, deadline))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """Call getBrowseNodes; see `Catalog.browse_nodes`."""
        body = requests.get_browse_nodes(self._credentials, ids)
        response, _ = self._call("getBrowseNodes", body, deadline)
        return self._reader.browse_nodes(response)

    def _call(
        self, operation: str, fields: dict[str, object], deadline: Deadline
    ) -> tuple[AmazonResponse, datetime]:
        """Return the response to an operation; a stale token is replaced once."""
        body = msgspec.json.encode(fields)
        # Fetched before the reservation is acquired: a token fetch would use up its time.
        token = self._tokens.get(deadline)
        try:
            return self._send(operation, body, token, deadline)
        except AmazonKeysRejected as error:
            code = error.upstream.code if error.upstream else None
            is_stale = code is not None and code_name(code) in STALE_TOKEN_NAMES
            # A catalog with a single attempt (diagnostics) reports the error of this token.
            if not is_stale or self._policy.max_attempts == 1:
                raise
        token = self._tokens.get(deadline, rejected=token)
        return self._send(operation, body, token, deadline)

    def _send(
        self, operation: str, body: bytes, token: Token, deadline: Deadline
    ) -> tuple[AmazonResponse, datetime]:
        headers = {
            "accept": "application/json",
            "authorization": authorization(token, self._credentials.version),
            "content-type": "application/json",
            "x-marketplace": self._credentials.marketplace.domain,
        }

        def send(_signed_at: datetime) -> AmazonResponse:
            return self._transport.post(HOST, f"/catalog/v1/{operation}", body, headers, deadline)

        return retry.call(send, self._policy, deadline)
