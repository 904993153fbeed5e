"""The JSON of responses."""

import json
from typing import Any

import msgspec


def encoded(value: msgspec.Struct) -> dict[str, Any]:
    """Return the members of a response type as a client decodes them."""
    members: dict[str, Any] = json.loads(msgspec.json.encode(value))
    return members
