"""PA-API 5.0 as a `Catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import msgspec

from amzlinkr.amazon import retry
from amzlinkr.amazon.errors import error_of
from amzlinkr.amazon.paapi5 import auth, parser, requests
from amzlinkr.amazon.transport import Answer, Transport
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.domain.ports import Pacer
from amzlinkr.domain.searching import Found, Lookup, Search


class PaapiCatalog:
    """One account in one marketplace. It holds the account's own signer and connection."""

    def __init__(
        self, credentials: PaapiCredentials, transport: Transport, pacer: Pacer, clock: Clock
    ) -> None:
        self._credentials = credentials
        self._signer = auth.signer(credentials)
        self._transport = transport
        self._pacer = pacer
        self._clock = clock

    def search(self, search: Search, deadline: Deadline) -> Found:
        """SearchItems. Raises `AmazonError`."""
        body = requests.search_items(self._credentials, search)
        answer, asked_at = self._call("SearchItems", body, deadline)
        return parser.found(answer.body, self._credentials.marketplace.code, asked_at)

    def items(self, asins: Sequence[str], deadline: Deadline) -> Lookup:
        """GetItems, up to ten ASINs; only those that were asked for. Raises `AmazonError`."""
        body = requests.get_items(self._credentials, asins)
        answer, asked_at = self._call("GetItems", body, deadline)
        lookup = parser.lookup(answer.body, self._credentials.marketplace.code, asked_at)
        asked = {asin: product for asin, product in lookup.found.items() if asin in asins}
        return replace(lookup, found=asked)

    def _call(
        self, operation: str, body: dict[str, object], deadline: Deadline
    ) -> tuple[Answer, datetime]:
        send = partial(self._send, operation, msgspec.json.encode(body))
        return retry.call(
            send,
            partial(error_of, service=parser.SERVICE),
            self._pacer,
            self._clock,
            deadline,
        )

    def _send(self, operation: str, body: bytes, signed_at: datetime, deadline: Deadline) -> Answer:
        return self._transport.post(
            self._credentials.marketplace.paapi5_host,
            f"/paapi5/{operation.lower()}",
            body,
            auth.headers(operation, signed_at),
            self._signer,
            deadline,
        )
