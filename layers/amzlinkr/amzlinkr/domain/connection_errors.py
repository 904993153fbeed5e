"""Errors of connections to Amazon accounts."""

from __future__ import annotations

from typing import Self

from amzlinkr.domain.errors import AmzlinkrError


class AmazonNoCredentials(AmzlinkrError):
    """A call to Amazon for a link-only connection, which has no credentials."""

    status = 424
    code = "amazon_no_credentials"
    title = "No Amazon API credentials are stored for this marketplace"
    default_action = (
        "Import products by their ASINs or Amazon URLs. When Amazon has granted API access, enter "
        "the API credentials: the products are then retrieved automatically."
    )


class ConnectionHasCredentials(AmzlinkrError):
    """A link-only connection for a marketplace with stored credentials."""

    status = 409
    code = "connection_has_credentials"
    title = "Amazon API credentials are stored for this marketplace"
    default_action = (
        "To change the Associate tag, save the Amazon keys again with the new tag. To remove the "
        "credentials, delete the connection first."
    )


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
