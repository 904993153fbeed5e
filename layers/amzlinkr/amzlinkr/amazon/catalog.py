"""From credentials to the backend that speaks their API."""

from __future__ import annotations

from amzlinkr.amazon.paapi5.backend import PaapiCatalog
from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import PaapiCredentials
from amzlinkr.domain.ports import Catalog, Pacer


def open_catalog(
    credentials: PaapiCredentials, pacer: Pacer, clock: Clock, base_url: str | None = None
) -> Catalog:
    """A catalogue of its own for these credentials: no connection or signer is ever shared."""
    return PaapiCatalog(credentials, Transport(credentials.api, base_url), pacer, clock)
