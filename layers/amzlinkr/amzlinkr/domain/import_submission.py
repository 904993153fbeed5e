"""Import requests before their lines are read."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class ImportSubmission:
    """An import request: its lines, and the hash of its body for repeated requests."""

    lines: Sequence[str]
    marketplace_code: str | None
    idempotency_key: str | None
    body_hash: str

    def job_id(self) -> str:
        """Return a random ID, or one that depends on the Idempotency-Key only."""
        if self.idempotency_key is None:
            return f"job_{secrets.token_hex(16)}"
        # Cut to the length of a random ID, so that both have one format.
        return f"job_{sha256(self.idempotency_key.encode()).hexdigest()[:32]}"
