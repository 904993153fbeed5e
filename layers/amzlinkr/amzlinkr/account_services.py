"""Construction of the services for Amazon accounts. Each is imported when it is used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from amzlinkr.adapters import Adapters

if TYPE_CHECKING:
    from amzlinkr.services.account_setup import AccountSetup
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.services.diagnostics import Diagnostics


class AccountServices(Adapters):
    """The services for the Amazon accounts of sites."""

    @cached_property
    def amazon_accounts(self) -> AmazonAccounts:
        """Return the service for the Amazon accounts of sites."""
        from amzlinkr.services.amazon_accounts import AmazonAccounts

        return AmazonAccounts(
            sites=self.sites,
            rate_limiters=self.rate_limiters,
            outbox=self.outbox,
            secret_counts=self.secret_counts,
            vault=self.vault,
            signer=self.signer,
            clock=self.clock,
            amazon_url=self.config.amazon_url,
        )

    @cached_property
    def account_setup(self) -> AccountSetup:
        """Return the service that connects sites to Amazon accounts."""
        from amzlinkr.services.account_setup import AccountSetup

        return AccountSetup(self.amazon_accounts, self.sites, self.clock)

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """Return the service that diagnoses accounts."""
        from amzlinkr.services.diagnostics import Diagnostics

        return Diagnostics(self.sites, self.shelves, self.amazon_accounts)
