"""The reads of a store as DynamoDB receives them: consistent or eventually consistent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.integration.aws_spy import Arguments, intercept_calls


@dataclass
class Reads:
    """The operations of the reads of each kind, in order."""

    consistent: list[str] = field(default_factory=list)
    eventual: list[str] = field(default_factory=list)


@contextmanager
def recorded_reads() -> Iterator[Reads]:
    """Yield the reads of the tables in the block. An emulator cannot show a missing flag."""
    reads = Reads()

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation in ("GetItem", "Query", "Scan"):
            requests = [arguments]
        elif operation == "BatchGetItem":
            requests = list(arguments["RequestItems"].values())
        else:
            requests = []
        for request in requests:
            kind = reads.consistent if request.get("ConsistentRead") is True else reads.eventual
            kind.append(operation)
        return proceed()

    with intercept_calls(intercept):
        yield reads
