"""The limits of sign-ups: what is counted when, and per what.

Whatever unverified callers do, the owner of a site who calls from another network with the token in
place can sign up. Therefore no limit is per e-mail address, host, or service, unless it counts
successes only or leaves the first attempts of each network free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import ALL_SITES, ONE_DAY, Limit
from amzlinkr.domain.networks import (
    address_of,
    network_of,
    provider_network_of,
    wider_networks_of,
)
from amzlinkr.security.registrable_domains import registrable_domain_of

if TYPE_CHECKING:
    from amzlinkr.domain.limits import Limits
    from amzlinkr.security.addresses import SiteAddress
    from amzlinkr.storage.usage_counters import UsageCounters

WIDER_FACTORS = {1: (5,), 2: (2, 5)}
"""The maximum of each wider network, in maximums of one address: IPv4 /24; IPv6 /56 and /48."""
FIRST_NEW_SITE = Limit("first new sites of a network", 1, ONE_DAY)
"""The new sites of a network that pass the limit of all new sites."""
PROVIDER_SHARE = 10
"""One network of a provider passes for each of this number of new sites that are allowed."""


@dataclass(frozen=True, slots=True)
class SignUpLimits:
    """The limits of sign-ups. Sign-ups with an invite pass all of them."""

    usage_counters: UsageCounters
    limits: Limits

    def count_start(self, site: SiteAddress, source_ip: str) -> None:
        """Count the start of a sign-up. Raises `RateLimited`."""
        count, limits = self.usage_counters.increment, self.limits
        address = address_of(source_ip)
        # The narrowest limit first: a single caller cannot use up the limits of its neighbors.
        count(limits.signups_of_domain_and_address, f"{registrable_domain_of(site)} {address}")
        count(limits.signups_of_address, address)
        wider = wider_networks_of(source_ip)
        for network, factor in zip(wider, WIDER_FACTORS.get(len(wider), ()), strict=True):
            limit = limits.signups_of_address
            count(replace(limit, maximum=limit.maximum * factor), network)

    def count_fetch(self, signup_id: str, site: SiteAddress, source_ip: str) -> None:
        """Count a fetch from a site, for a caller that has the secret of the sign-up.

        The first attempts of a network with a host pass. All others share the pace of the host, so
        that the service does not flood it on behalf of strangers.

        Raises:
            RateLimited: The sign-up, the caller's network, or the host has no attempt left.
        """
        count, limits = self.usage_counters.increment, self.limits
        count(limits.verifications, signup_id)
        host, network = f"{site.host}:{site.port}", network_of(source_ip)
        try:
            count(limits.free_verifications, f"{network} {host}")
        except RateLimited:
            count(limits.verifications_of_network, network)
            count(limits.verifications_of_host, host)

    def count_new_site(self, site: SiteAddress, source_ip: str) -> None:
        """Count a verified site that the service does not know yet. Raises `RateLimited`.

        The first one of each network and day passes the limit of all new sites. Domains cost
        nothing, so that a stranger can verify as many sites as the limits allow; they must not
        close sign-up for everyone else. Networks of one provider cost little, so that only some of
        them pass. All new sites are counted, and those of a domain have no exception.
        """
        self.usage_counters.increment(self.limits.new_sites_of_domain, registrable_domain_of(site))
        if self._passes(source_ip):
            self.usage_counters.record(self.limits.new_sites, ALL_SITES)
        else:
            self.usage_counters.increment(self.limits.new_sites, ALL_SITES)

    def _passes(self, source_ip: str) -> bool:
        """Use up the pass of a caller's network; return False if it or its provider has none."""
        passes = max(1, self.limits.new_sites.maximum // PROVIDER_SHARE)
        of_provider = Limit("first new sites of a provider", passes, ONE_DAY)
        try:
            self.usage_counters.increment(FIRST_NEW_SITE, network_of(source_ip))
            self.usage_counters.increment(of_provider, provider_network_of(source_ip))
        except RateLimited:
            return False
        return True
