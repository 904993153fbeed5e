"""From credentials to the backend that speaks their API."""

from __future__ import annotations

from amzlinkr.amazon.retry import MAX_ATTEMPTS, Policy
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.amazon_errors import TOKEN_SERVICE
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Credentials, PaapiCredentials
from amzlinkr.domain.ports import Catalog, RateLimiter, TokenCache

__all__ = ["MAX_ATTEMPTS", "open_catalog"]


def open_catalog(
    credentials: Credentials,
    rate_limiter: RateLimiter,
    clock: Clock,
    base_url: str | None = None,
    tokens: TokenCache | None = None,
    attempts: int = MAX_ATTEMPTS,
) -> Catalog:
    """A catalogue of its own for these credentials: no connection, token or signer is shared.

    Only the backend that is needed is imported: an import is a cold start.
    """
    policy = Policy(credentials.api, clock, rate_limiter, attempts)
    transport = Transport(credentials.api, base_url)
    if isinstance(credentials, PaapiCredentials):
        from amzlinkr.amazon.paapi5.backend import PaapiCatalog

        return PaapiCatalog(credentials, transport, policy)
    from amzlinkr.amazon.creators.auth import TokenSource
    from amzlinkr.amazon.creators.backend import CreatorsCatalog

    source = TokenSource(credentials, Transport(TOKEN_SERVICE, base_url), clock, tokens, attempts)
    return CreatorsCatalog(credentials, source, transport, policy)
