"""Counts what this process asks of DynamoDB, below every library that asks."""

from collections import Counter
from typing import Any

import botocore

READS = frozenset({"BatchGetItem", "GetItem", "Query", "Scan"})
_LOST = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


class StoreCalls:
    """All calls of clients that are made after this."""

    def __init__(self) -> None:
        self._made: Counter[str] = Counter()
        # A session is made by each library for itself, so that there is no other one place.
        botocore.register_initializer(self._watch)

    def forget(self) -> None:
        """Count from here on."""
        self._made.clear()

    def counts(self) -> dict[str, int]:
        """Reads, writes, and those of the writes whose condition failed."""
        return {kind: self._made[kind] for kind in ("reads", "writes", "lost")}

    def _watch(self, session: Any) -> None:
        session.register("after-call.dynamodb", self._note)

    def _note(self, model: Any, parsed: dict[str, Any], **_: object) -> None:
        self._made["reads" if model.name in READS else "writes"] += 1
        if parsed.get("Error", {}).get("Code") in _LOST:
            self._made["lost"] += 1
