"""Scopes of API keys, and the calls that each scope permits."""

from __future__ import annotations

from typing import Literal

from amzlinkr.domain.errors import AmzlinkrError

Scope = Literal["read", "full"]
"""The calls that an API key permits.

- `read`: GET and HEAD of products, changes, lists, the price sync and the usage.
- `full`: All calls.
"""
READ: Scope = "read"
READABLE_RESOURCES = frozenset({"products", "changes", "lists", "sync", "usage"})
"""The first path segments after `/v1` that an API key with the scope `read` may read."""


class ScopeInsufficient(AmzlinkrError):
    """A call that the scope of the API key does not permit."""

    status = 403
    code = "scope_insufficient"
    title = "The API key may only read"
    default_action = (
        "Use an API key with the scope 'full'. A key with the scope 'read' may only GET products, "
        "changes, lists, sync, and usage. POST /v1/keys creates keys of either scope."
    )


def scope_of(value: object) -> Scope:
    """Return the scope that a value names; everything but `full` is `read`."""
    # A missing scope must not permit more than a known one.
    return "full" if value == "full" else "read"


def is_permitted(scope: Scope, method: str, path: str) -> bool:
    """Return True if an API key with this scope may call a route, such as `/v1/products/<asin>`.

    A route that no rule names requires the scope `full`.
    """
    if scope == "full":
        return True
    resource = path.removeprefix("/v1/").partition("/")[0]
    return method in ("GET", "HEAD") and resource in READABLE_RESOURCES
