"""A count of this process's calls to DynamoDB, below all libraries that call it."""

from collections import Counter
from typing import Any

import botocore

READS = frozenset({"BatchGetItem", "GetItem", "Query", "Scan"})
_LOST = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


class StoreCalls:
    """A count of the calls of all clients that are created after it."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        # Each library creates its own session, so this is the only common place.
        botocore.register_initializer(self._register)

    def reset(self) -> None:
        """Set all counts to zero."""
        self._counts.clear()

    def counts(self) -> dict[str, int]:
        """Return the reads, the writes, and the writes with a failed condition."""
        return {kind: self._counts[kind] for kind in ("reads", "writes", "lost")}

    def _register(self, session: Any) -> None:
        session.register("after-call.dynamodb", self._count)

    def _count(self, model: Any, parsed: dict[str, Any], **_: object) -> None:
        self._counts["reads" if model.name in READS else "writes"] += 1
        if parsed.get("Error", {}).get("Code") in _LOST:
            self._counts["lost"] += 1
