"""Mutants of the sampler that change nothing that a test could or should notice."""

from dataclasses import dataclass

from tests.mutation.mutant import LAYER


@dataclass(frozen=True)
class Equivalent:
    """A change of `old` to `new`, in the line or lines after `after`, with single spaces.

    `reason` states why no test should notice it.
    """

    file: str
    after: str
    old: str
    new: str
    reason: str


EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent(
        f"{LAYER}/http/presenters/sites.py",
        "for shelf in shelves",
        "if shelf.definition and shelf.problem",
        "if shelf.problem",
        "only shelves of lists have a problem; the type checker requires the first condition",
    ),
    Equivalent(
        f"{LAYER}/http/response.py",
        '"""The URL of the API in the OpenAPI document as it is stored."""',
        "@lru_cache(maxsize=2)",
        "@lru_cache(maxsize=3)",
        "the number of cached documents is our choice",
    ),
    Equivalent(
        f"{LAYER}/amazon/json_depth.py",
        "if len(text.translate(None, _NOT_BRACKETS)) <= MAX_JSON_DEPTH:",
        "return False",
        "pass",
        "a faster way to the same result",
    ),
    Equivalent(
        f"{LAYER}/security/site_verification.py",
        "if deadline.is_over:",
        "break",
        "pass",
        "urllib3 refuses a timeout of zero, so no connection is tried after the deadline either",
    ),
    Equivalent(
        f"{LAYER}/storage/secret_counts.py",
        "if is_zero:",
        "transaction.update(item, [used.set(0)], condition=used.does_not_exist() | (used < 1))",
        "transaction.update(item, [used.set(0)], condition=used.does_not_exist() | (used < 2))",
        "a count of one that is lowered is zero too",
    ),
    Equivalent(
        f"{LAYER}/security/site_verification.py",
        "body = bytearray()",
        "while len(body) < MAX_TOKEN_BODY_BYTES:",
        "while len(body) <= MAX_TOKEN_BODY_BYTES:",
        "a read of zero bytes returns none and ends the loop",
    ),
    Equivalent(
        f"{LAYER}/domain/connections.py",
        "next_probe_at: datetime | None = None",
        "failures: int = 0",
        "failures: int = 1",
        "read only while the connection is down, and the failure that brings it down sets 1",
    ),
    Equivalent(
        f"{LAYER}/storage/connection.py",
        "for record in records:",
        "_set_table_name(record, name)",
        "pass",
        "the records of a table inherit one Meta, and PynamoDB replaces the connection of a record"
        " if its table has another name",
    ),
    Equivalent(
        f"{LAYER}/domain/call_rate.py",
        "from dataclasses import dataclass, replace",
        "INITIAL_INTERVAL_MS, MIN_INTERVAL_MS, MAX_INTERVAL_MS = 1_000, 100, 60_000",
        "INITIAL_INTERVAL_MS, MIN_INTERVAL_MS, MAX_INTERVAL_MS = 1_000, 100, 60001",
        "the largest interval is our choice; Amazon's are tested",
    ),
    Equivalent(
        f"{LAYER}/amazon/items.py",
        "def _pixels(length: int | None) -> int:",
        "return length if length is not None and 0 <= length <= MAX_PIXELS else 0",
        "return length if length is not None and 0 < length <= MAX_PIXELS else 0",
        "both return 0 for a length of 0",
    ),
    Equivalent(
        f"{LAYER}/amazon/refused_items.py",
        "if is_success and not _ERROR_MEMBER.search(response.body):",
        "return {}",
        "pass",
        "saves the decoding of a response without errors, in which no item is refused",
    ),
    Equivalent(
        f"{LAYER}/amazon/reader.py",
        "items = body.result.items",
        "if items and all(item.is_complete for item in items):",
        "if False:",
        "saves a second decoding: a complete response has its members in the documented case",
    ),
    Equivalent(
        f"{LAYER}/amazon/reader.py",
        "if items and all(item.is_complete for item in items):",
        "return body, []",
        "pass",
        "saves a second decoding: a complete response has its members in the documented case",
    ),
    Equivalent(
        f"{LAYER}/amazon/reader.py",
        "try:",
        "body = decode_json(response.body, self.body, strict=False)",
        "body = decode_json(response.body, self.body, strict=True)",
        "saves a second decoding of a response with numbers as texts, which has the same result",
    ),
    Equivalent(
        f"{LAYER}/amazon/deals.py",
        "if raw is shapes.ABSENT:",
        "return None",
        "pass",
        "saves the decoding of an absent time, which is `null`",
    ),
    Equivalent(
        f"{LAYER}/net/deadline_response.py",
        ") -> None:",
        "super().__init__()",
        "pass",
        "the base class has no state of its own",
    ),
    Equivalent(
        f"{LAYER}/domain/amazon_links.py",
        'found = _find_product(f"/{path}", None, _MAX_NESTING) if "/" in path else None',
        "if found is None or found.asin is None or not is_certain_asin(found.asin):",
        "if (found is None or not is_certain_asin(found.asin)):",
        "a link to a product has an ASIN, which the type leaves open",
    ),
    Equivalent(
        f"{LAYER}/domain/diagnosis.py",
        "if isinstance(outcome, DiagnosticResult):",
        'upstream = Upstream(connection.api or "", 200, None, outcome.request_id)',
        "upstream = Upstream(connection.api, 200, None, outcome.request_id)",
        "a connection without an API is not called, and so has no result",
    ),
    Equivalent(
        f"{LAYER}/domain/due_shelves.py",
        "kept.append(entry)",
        "if len(kept) >= 2 * self.limit:",
        "if True:",
        "the selection is the same if it is made more often",
    ),
    Equivalent(
        f"{LAYER}/storage/site_deletions.py",
        "ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE).delete()",
        "elif isinstance(item, ConnectionItem):",
        "elif True:",
        "no connection is read from other items",
    ),
    Equivalent(
        f"{LAYER}/storage/rate_limiter.py",
        '"""Return True if the known state is probably old and a write would fail."""',
        "return self._account.contention > 0 or self._last_wait_ms > self._max_wait_ms(deadline)",
        "return self._account.contention > 0 or self._last_wait_ms >= self._max_wait_ms(deadline)",
        "an estimate: the reservation is right with and without the read",
    ),
    Equivalent(
        f"{LAYER}/http/router.py",
        "continue",
        "if len(value) > MAX_PATH_PARAMETER_CHARS"
        " or not (value.isascii() and value.isprintable()):",
        "if len(value) > MAX_PATH_PARAMETER_CHARS or not (value.isascii()):",
        "the resolver matches no control characters; another version of it may",
    ),
    *(
        Equivalent(
            f"{LAYER}/security/signing_secret.py",
            "self._content: SigningSecretContent | None = None",
            "self._read_at = 0.0",
            new,
            "used only with a content, whose read sets it",
        )
        for new in ("self._read_at = 1.0", "pass")
    ),
    Equivalent(
        f"{LAYER}/http/response.py",
        "return full",
        'tag = etag_of(full.body or "")',
        "tag = etag_of(full.body)",
        "the body is a text, which the type of the library leaves open",
    ),
    Equivalent(
        f"{LAYER}/amazon/offers.py",
        "def _percent(saved: float | None) -> int | None:",
        "percent = round(saved) if saved is not None and 0 <= saved <= MAX_PERCENT else 0",
        "percent = round(saved) if saved is not None and 0 < saved <= MAX_PERCENT else 0",
        "both return None for zero percent",
    ),
    Equivalent(
        f"{LAYER}/storage/clock.py",
        "self._max_offset: timedelta | None = None",
        "self._observed_at = self.monotonic()",
        "pass",
        "used only with bounds, which are set together with it",
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/clock.py",
            '"""Return how much later than `now` the true time may be."""',
            "if not self._correction() or self._min_offset is None or self._max_offset is None:",
            f"if (not self._correction() or self.{bound} is None):",
            "both bounds are None at the same time",
        )
        for bound in ("_min_offset", "_max_offset")
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/clock.py",
            "low, high = earliest, latest",
            "if self._min_offset is not None and self._max_offset is not None"
            " and not self._jumped():",
            f"if (self.{bound} is not None and (not self._jumped())):",
            "both bounds are None at the same time",
        )
        for bound in ("_min_offset", "_max_offset")
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/clock.py",
            '"""Return the offset to add to the machine clock: zero while it may be correct."""',
            "if self._min_offset is None or self._max_offset is None:",
            f"if (self.{bound} is None):",
            "both bounds are None at the same time",
        )
        for bound in ("_min_offset", "_max_offset")
    ),
    Equivalent(
        f"{LAYER}/storage/clock.py",
        "# The date is too coarse to correct a clock that it does not prove wrong.",
        "is_plausible = self._min_offset <= timedelta() <= self._max_offset",
        "is_plausible = self._min_offset < timedelta() <= self._max_offset",
        "both return zero for a bound of zero",
    ),
    Equivalent(
        f"{LAYER}/storage/product_reads.py",
        "items = read_items(site_id, [item_keys.details(*name) for name in names])",
        "return [item for item in items if isinstance(item, DetailsItem)]",
        "return [item for item in items if True]",
        "the keys are those of details",
    ),
    Equivalent(
        f"{LAYER}/domain/amazon_links.py",
        "def _split_authority(rest: str) -> tuple[str, str]:",
        'end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), '
        "default=len(rest))",
        'end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 1), '
        "default=len(rest))",
        "a text that begins with a mark names no host in either case",
    ),
    Equivalent(
        f"{LAYER}/storage/connection.py",
        '"""Return the client with its handlers. Concurrent threads construct one."""',
        "is_ready = self._client is not None and self._client is self._ready_client",
        "is_ready = (self._client is not None)",
        "without the lock, a second thread registers the same handlers again, without effect",
    ),
    Equivalent(
        f"{LAYER}/amazon/sandbox_filters.py",
        "def _price(product: Product) -> int:",
        "return product.offer.price.amount if product.offer.price else 0",
        "return product.offer.price.amount if product.offer.price else 1",
        "no price of the sandbox is below one cent",
    ),
    Equivalent(
        f"{LAYER}/domain/pasted_text.py",
        '"""',
        "if text.isascii():",
        "if False:",
        "saves time only: no invisible character is ASCII",
    ),
    Equivalent(
        f"{LAYER}/services/call_counter.py",
        "except StoreUnavailable:",
        "if self.clock.monotonic() - started > MAX_COUNT_SECONDS:",
        "if self.clock.monotonic() - started >= MAX_COUNT_SECONDS:",
        "two measured times never differ by exactly the maximum",
    ),
    Equivalent(
        f"{LAYER}/security/hmac_signer.py",
        "try:",
        "if len(text) > MAX_CURSOR_CHARS or not text.isascii():",
        "if (len(text) > MAX_CURSOR_CHARS):",
        "the decoding rejects the other characters too",
    ),
    Equivalent(
        f"{LAYER}/security/hmac_signer.py",
        "_MAC_BYTES = 16",
        "MAX_CURSOR_CHARS = 512",
        "MAX_CURSOR_CHARS = 513",
        "no Base64 text without padding has 513 characters",
    ),
    Equivalent(
        f"{LAYER}/amazon/creators/backend.py",
        "except AmazonKeysRejected as error:",
        "code = error.upstream.code if error.upstream else None",
        "code = error.upstream.code",
        "an error that was read from a response has an upstream error",
    ),
    Equivalent(
        f"{LAYER}/http/request.py",
        "# Before decoding: Base64 takes four characters for three bytes, never twice as many.",
        "if len(text) > 2 * MAX_BODY_BYTES:",
        "if len(text) >= 2 * MAX_BODY_BYTES:",
        "the decoded body of such a text is too large as well",
    ),
    Equivalent(
        f"{LAYER}/http/request.py",
        "if len(text) > 2 * MAX_BODY_BYTES:",
        "raise BodyTooLarge",
        "pass",
        "saves the decoding of a body that is too large",
    ),
    Equivalent(
        f"{LAYER}/net/deadline_response.py",
        "remaining = self._ends_at - time.monotonic()",
        "if remaining <= 0:",
        "if remaining < 0:",
        "a measured time is never exactly zero",
    ),
    Equivalent(
        f"{LAYER}/net/deadline_response.py",
        "if self._remaining_bytes is not None:",
        "self._remaining_bytes -= count or 0",
        "self._remaining_bytes -= count",
        "a blocking socket returns a number, which its type leaves open",
    ),
    Equivalent(
        f"{LAYER}/net/aws_client.py",
        '"""Return the client, which is constructed unless it exists."""',
        "if self._client is None:",
        "if True:",
        "takes the lock for each call, and constructs nothing",
    ),
    Equivalent(
        f"{LAYER}/net/json_decoding.py",
        "decoder = _decoders.get((kind, strict))",
        "if decoder is None:",
        "if True:",
        "makes an equal decoder again",
    ),
    Equivalent(
        f"{LAYER}/amazon/creators/auth.py",
        "has_time = deadline.allows(MIN_TOKEN_CALL_SECONDS + POLL_INTERVAL_SECONDS)",
        "if waited >= MAX_WAIT_SECONDS or not has_time:",
        "if waited > MAX_WAIT_SECONDS or not has_time:",
        "twenty waits add up to more than the maximum, by rounding",
    ),
    Equivalent(
        f"{LAYER}/amazon/json_depth.py",
        "# Fewer brackets than levels, even if all of them open one: nothing to search in.",
        "if len(text.translate(None, _NOT_BRACKETS)) <= MAX_JSON_DEPTH:",
        "if len(text.translate(None, _NOT_BRACKETS)) < MAX_JSON_DEPTH:",
        "as many brackets as allowed levels cannot be too deep: they are searched in vain",
    ),
    Equivalent(
        f"{LAYER}/amazon/offers.py",
        "def _quantity(raw: msgspec.Raw) -> int | None:",
        "if raw is shapes.ABSENT:",
        "if False:",
        "saves the decoding of an absent quantity, which is `null`",
    ),
    Equivalent(
        f"{LAYER}/amazon/sandbox.py",
        '"""Return a page of generated products, or raise the error that the keywords select."""',
        'keywords = search.keywords or ""',
        "keywords = search.keywords",
        "an absent text selects no error, as an empty one",
    ),
    Equivalent(
        f"{LAYER}/amazon/sandbox_offers.py",
        "def _with_other_state(offer: Offer, asin: str, unit_price: Money | None) -> Offer:",
        "if asin == UNIT_PRICE and unit_price is not None:",
        "if (asin == UNIT_PRICE):",
        "the price of a unit is None only without a price, which this product has",
    ),
    Equivalent(
        f"{LAYER}/amazon/sandbox_filters.py",
        'and search.condition in (None, "Any", offer.condition)',
        "and _rating(product.asin) >= (search.min_rating or 0)",
        "and _rating(product.asin) >= (search.min_rating or 1)",
        "no product has less than one star",
    ),
    Equivalent(
        f"{LAYER}/domain/imports.py",
        "for entry in entries:",
        "if entry.asin and entry.marketplace and entry.problem is None:",
        "if (entry.asin and entry.problem is None):",
        "an entry without a problem has both, which their types leave open",
    ),
    Equivalent(
        f"{LAYER}/domain/imports.py",
        "for entry in entries:",
        "if entry.asin and entry.marketplace and entry.problem is None:",
        "if (entry.marketplace and entry.problem is None):",
        "an entry without a problem has both, which their types leave open",
    ),
    Equivalent(
        f"{LAYER}/amazon/transport.py",
        'target = urlsplit(self._base_url or f"https://{host}")',
        "name = target.hostname or host",
        "name = target.hostname",
        "the address has a host, which the type leaves open",
    ),
    Equivalent(
        f"{LAYER}/domain/product_paths.py",
        "asin = match[2].upper()",
        "before = names[max(index - 2, 0) : index]",
        "before = names[max(index - 2, 1) : index]",
        "a path begins with a slash, so that its first name is empty",
    ),
    *(
        Equivalent(
            f"{LAYER}/security/addresses.py",
            "# `is_global` alone accepts multicast addresses.",
            "special = address.is_multicast or address.is_reserved or address.is_unspecified",
            f"special = (address.is_multicast or address.{other})",
            "such addresses are not global either; another version of Python may see it otherwise",
        )
        for other in ("is_reserved", "is_unspecified")
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/connection.py",
            after,
            old,
            new,
            "takes the lock, and registers the same handlers under the same IDs again",
        )
        for after, old, new in (
            (
                '"""Return the client with its handlers. Concurrent threads construct one."""',
                "is_ready = self._client is not None and self._client is self._ready_client",
                "is_ready = self._client is None and self._client is self._ready_client",
            ),
            (
                "is_ready = self._client is not None and self._client is self._ready_client",
                "with nullcontext() if is_ready else CONSTRUCTION_LOCK:",
                "with CONSTRUCTION_LOCK:",
            ),
            ("client = super().client", "if client is not self._ready_client:", "if True:"),
            ("self._register_handlers(client)", "self._ready_client = client", "pass"),
        )
    ),
    Equivalent(
        f"{LAYER}/storage/list_reads.py",
        "shelves = self._shelves.lists(site_id)",
        "names = sorted(shelf.definition.name for shelf in shelves if shelf.definition)",
        "names = sorted(shelf.definition.name for shelf in shelves if True)",
        "the shelf of a list has a definition, which its type leaves open",
    ),
    *(
        Equivalent(
            f"{LAYER}/queues/messages.py",
            "def _receive_count(record: SQSRecord) -> int:",
            'return int(record.attributes.get("ApproximateReceiveCount") or 1)',
            new,
            "SQS sends the count with every message",
        )
        for new in (
            "return int(record.attributes.get('ApproximateReceiveCount'))",
            'return int(record.attributes.get("ApproximateReceiveCount") or 2)',
        )
    ),
    *(
        Equivalent(
            f"{LAYER}/amazon/retry.py",
            "# Other errors are not about the call rate: the limiter does not need them.",
            "if rate_limiter and reservation:",
            f"if {known}:",
            "both are None at the same time, which their types leave open",
        )
        for known in ("rate_limiter", "reservation")
    ),
    Equivalent(
        f"{LAYER}/domain/amazon_links.py",
        "def _strip_marks(word: str) -> str:",
        'return word.lstrip("".join(char for char in word[:20] if not char.isalnum()))',
        'return word.lstrip("".join(char for char in word[:21] if not char.isalnum()))',
        "how many different marks may stand before a link is our choice",
    ),
    Equivalent(
        f"{LAYER}/domain/connections.py",
        "next_probe_at=None,",
        "failures=0,",
        "failures=1,",
        "read only while the connection is down, and the failure that brings it down sets 1",
    ),
    Equivalent(
        "functions/price_sync/app.py",
        "from amzlinkr.wiring import Dependencies, dependencies, initialize",
        "MAX_IMPORT_SECONDS = 20.0",
        "MAX_IMPORT_SECONDS = 21.0",
        "how a run is divided is our choice; that imports end after this time is tested",
    ),
    Equivalent(
        f"{LAYER}/security/signing_secret.py",
        "return SigningSecretContent(",
        "current=secrets.token_urlsafe(48),",
        "current=secrets.token_urlsafe(49),",
        "a key may be longer",
    ),
    Equivalent(
        f"{LAYER}/storage/list_reads.py",
        ")",
        "by_name = {shelf.definition.name: shelf for shelf in shelves.values() "
        "if shelf.definition}",
        "by_name = {shelf.definition.name: shelf for shelf in shelves.values() if True}",
        "each shelf of a list has a definition; the type includes other shelves",
    ),
    Equivalent(
        f"{LAYER}/storage/products.py",
        ")",
        "rows = _with_few_lists([item for item in read if isinstance(item, FEED_ITEMS)][:limit])",
        "rows = _with_few_lists([item for item in read if True][:limit])",
        "only these items have a number in the feed; the type includes all of the table",
    ),
    Equivalent(
        f"{LAYER}/domain/due_shelves.py",
        "find_accounts: FindAccounts = without_accounts",
        "_accounts: dict[ConnectionKey, AccountCalls] = field(default_factory=dict, init=False)",
        "_accounts: dict[ConnectionKey, AccountCalls] = field(default_factory=dict, init=True)",
        "a caller could pass what is private",
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/records.py",
            after,
            f"{name} = {kind}Attribute(null=True)",
            f"{name} = {kind}Attribute(null=False)",
            "the item is only updated, and PynamoDB checks for null when it saves an item",
        )
        for after, name, kind in (
            (
                '"""The encrypted access token of a credential,'
                ' and the claim to fetch the next one."""',
                "token",
                "Unicode",
            ),
            ("token = UnicodeAttribute(null=True)", "good_until", "Number"),
            ("good_until = NumberAttribute(null=True)", "claimed_until", "Number"),
        )
    ),
    Equivalent(
        f"{LAYER}/storage/list_writer.py",
        "def _name_of(shelf: Shelf) -> str:",
        'return shelf.definition.name if shelf.definition else ""',
        "return shelf.definition.name",
        "the shelf of a list has a definition, which its type leaves open",
    ),
    Equivalent(
        f"{LAYER}/storage/product_reads.py",
        "name = marketplace, asin = item_keys.split_sort_key(item.sk)",
        'shelf = shelves.get((marketplace, item.shelf_id or ""))',
        "shelf = shelves.get((marketplace, item.shelf_id))",
        "no shelf has either name",
    ),
    *(
        Equivalent(
            f"{LAYER}/http/presenters/products.py",
            after,
            old,
            new,
            "a product without a time is shown without content",
        )
        for after, old, new in (
            (
                "prime=UNSET if offer.prime is None else offer.prime,",
                "observed_at=observed_at or UNSET,",
                "observed_at=observed_at,",
            ),
            (
                "observed_at=observed_at or UNSET,",
                "fresh_until=fresh_until(observed_at, offer) if observed_at else UNSET,",
                "fresh_until=fresh_until(observed_at, offer),",
            ),
        )
    ),
    Equivalent(
        f"{LAYER}/storage/audit_log.py",
        "newest = after or item_keys.after_prefix(item_keys.AUDIT_TIME_END)",
        "if newest < oldest:",
        "if newest <= oldest:",
        "the event at this position was on the page before",
    ),
    *(
        Equivalent(
            f"{LAYER}/storage/usage_counters.py",
            after,
            old,
            old.replace(" or 0", ""),
            "a counter is created with its number, which its type leaves open",
        )
        for after, old in (
            (
                "items = UsageCounterItem.batch_get("
                "[key for _, key, _ in windows], consistent_read=True)",
                "used = {item.pk: int(item.used or 0) for item in items}",
            ),
            (
                "item.update([UsageCounterItem.used.add(events), expires], condition=condition)",
                "return LimitUsage(limit, int(item.used or 0), self._seconds_until(ends))",
            ),
        )
    ),
)
