"""Construction of the catalog backend that matches a set of credentials."""

from __future__ import annotations

from amzlinkr.amazon.retry import MAX_CALL_ATTEMPTS, Policy
from amzlinkr.amazon.transport import Transport, tls_context
from amzlinkr.domain.amazon_errors import TOKEN_SERVICE
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Credentials, PaapiCredentials
from amzlinkr.domain.ports import Catalog, RateLimiter, TokenCache

__all__ = ["MAX_CALL_ATTEMPTS", "open_catalog"]


def prepare() -> None:
    """Import the Creators API's backend and load the certificates, before the first call.

    PA-API's backend is imported when an account needs it: Amazon retired that API.
    """
    import amzlinkr.amazon.creators.auth
    import amzlinkr.amazon.creators.backend  # noqa: F401 - both are used by `open_catalog`

    tls_context()


def open_catalog(  # noqa: PLR0913, PLR0917 - a factory: one parameter per collaborator
    credentials: Credentials,
    rate_limiter: RateLimiter,
    clock: Clock,
    base_url: str | None = None,
    token_cache: TokenCache | None = None,
    max_attempts: int = MAX_CALL_ATTEMPTS,
) -> Catalog:
    """Return a catalog for these credentials that shares no connection, token, or signer.

    Args:
        credentials: The Amazon credentials. Their type selects the API.
        rate_limiter: The rate limiter of the account.
        clock: The source of time.
        base_url: The address to connect to instead of Amazon, for tests and the local stack.
        token_cache: The cache that shares Creators API tokens between processes.
        max_attempts: The maximum number of attempts per call.
    """
    policy = Policy(credentials.api, clock, rate_limiter, max_attempts)
    transport = Transport(credentials.api, base_url)
    # Each backend is imported only when it is needed: imports prolong the cold start.
    if isinstance(credentials, PaapiCredentials):
        from amzlinkr.amazon.paapi5.backend import PaapiCatalog

        return PaapiCatalog(credentials, transport, policy)
    from amzlinkr.amazon.creators.auth import TokenSource
    from amzlinkr.amazon.creators.backend import CreatorsCatalog

    token_transport = Transport(TOKEN_SERVICE, base_url)
    tokens = TokenSource(credentials, token_transport, clock, token_cache, max_attempts)
    return CreatorsCatalog(credentials, tokens, transport, policy)
