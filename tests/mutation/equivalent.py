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
        f"{LAYER}/storage/api_keys.py",
        "except Conflict:",
        "return",
        "pass",
        "the last statement of the function",
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
)
