"""The Creators API as a `Catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from amzlinkr.amazon import retry
from amzlinkr.amazon.creators import parser, requests
from amzlinkr.amazon.creators.auth import TokenSource, authorization
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import AmazonKeysRejected
from amzlinkr.domain.catalog import BrowseNode, LookupResult, Search, SearchPage, VariationPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import CreatorsCredentials
from amzlinkr.domain.ports import Token

HOST = "creatorsapi.amazon"
STALE = ("TokenExpired", "InvalidToken")
"""Amazon's words for a token that another one may replace (Creators API, error page)."""


class CreatorsCatalog:
    """One account in one marketplace. It holds the account's own token and connection."""

    def __init__(
        self,
        credentials: CreatorsCredentials,
        tokens: TokenSource,
        transport: Transport,
        policy: retry.Policy,
    ) -> None:
        self._credentials = credentials
        self._tokens = tokens
        self._reader = parser.reader(marketplace=credentials.marketplace.code)
        self._transport = transport
        self._policy = policy

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        """searchItems. Raises `AmazonError`."""
        body = requests.search_items(self._credentials, search)
        return self._reader.search_page(*self._call("searchItems", body, deadline))

    def items(self, asins: Sequence[str], deadline: Deadline) -> LookupResult:
        """getItems, up to ten ASINs; only those that were asked for. Raises `AmazonError`."""
        body = requests.get_items(self._credentials, asins)
        answer, asked_at = self._call("getItems", body, deadline)
        return self._reader.lookup(answer, asins, asked_at)

    def variations(self, asin: str, page: int, deadline: Deadline) -> VariationPage:
        """getVariations, ten a page. Raises `AmazonError`."""
        body = requests.get_variations(self._credentials, asin, page)
        return self._reader.variation_page(*self._call("getVariations", body, deadline))

    def browse_nodes(self, ids: Sequence[str], deadline: Deadline) -> tuple[BrowseNode, ...]:
        """getBrowseNodes, up to ten. Raises `AmazonError`."""
        body = requests.get_browse_nodes(self._credentials, ids)
        answer, _ = self._call("getBrowseNodes", body, deadline)
        return self._reader.browse_nodes(answer)

    def _call(
        self, operation: str, fields: dict[str, object], deadline: Deadline
    ) -> tuple[AmazonResponse, datetime]:
        """The token is there before the account's slot is taken; a stale one is replaced once."""
        body = msgspec.json.encode(fields)
        token = self._tokens.get(deadline)
        try:
            return self._ask(operation, body, token, deadline)
        except AmazonKeysRejected as error:
            stale = error.upstream is not None and error.upstream.code in STALE
            if not stale or self._policy.attempts == 1:
                raise
        token = self._tokens.get(deadline, rejected=token)
        return self._ask(operation, body, token, deadline)

    def _ask(
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
