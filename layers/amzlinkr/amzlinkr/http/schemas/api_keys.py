"""Response types about API keys."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.scopes import Scope
from amzlinkr.domain.sites import Mode
from amzlinkr.http.schemas.connections import Timestamp


class ApiKeyOut(Struct, kw_only=True):
    """API key without its secret. The key that sent this request is `current`."""

    kid: str
    """Public ID of the API key: the eight characters after `amzl_live_` or `amzl_test_`."""
    mode: Mode
    """Tenant that the key gives access to."""
    scope: Scope
    """Calls that the key permits."""
    created_at: Timestamp
    """Time at which the key was created."""
    expires_at: Timestamp | UnsetType = UNSET
    """Time at which the key ends. Absent unless a newer key of the same scope replaces it."""
    last_used_at: Timestamp | UnsetType = UNSET
    """Time of the last use, to the hour. Absent if the key was never used."""
    current: bool
    """True for the key that sent this request."""


class ApiKeyList(Struct):
    """Active API keys that the key of the request may manage."""

    keys: list[ApiKeyOut]
    """API keys: two of each scope at most, of the site and of its sandbox."""


class NewApiKey(Struct):
    """New API key. It is shown only here; the service stores a hash."""

    kid: str
    """Public ID of the API key."""
    mode: Mode
    """Tenant that the key gives access to."""
    scope: Scope
    """Calls that the key permits."""
    api_key: str
    """API key. Store it: it cannot be read again."""
    created_at: Timestamp
    """Time at which the key was created."""

    def __repr__(self) -> str:
        return "NewApiKey(***)"
