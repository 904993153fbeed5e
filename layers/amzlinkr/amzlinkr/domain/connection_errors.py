"""Errors of new connections to Amazon accounts."""

from __future__ import annotations

from typing import Self

from amzlinkr.domain.errors import AmzlinkrError


class ConnectionLimitReached(AmzlinkrError):
    """Credentials that the service may not store for a further site or marketplace."""

    status = 409
    code = "connection_limit_reached"
    title = "The maximum number of connections is reached"
    default_action = (
        "Delete a connection that is no longer used (DELETE /v1/connections/{marketplace}), then "
        "save the Amazon keys again."
    )

    @classmethod
    def of_account(cls, maximum: int) -> Self:
        """Return the error of Amazon keys with their maximum number of connections."""
        return cls(
            f"These Amazon keys are already stored {maximum} times, for different sites and "
            "marketplaces. This is the maximum.",
            "Delete the keys at a site or marketplace that no longer needs them, or use other "
            "Amazon keys here.",
        )

    @classmethod
    def of_service(cls) -> Self:
        """Return the error of a service with its maximum number of connections."""
        return cls(
            "This service cannot store further Amazon keys.",
            "Contact the operator of this service.",
        )
