"""Mutants of the limits of sign-ups: what strangers could use up, or use without a limit."""

from tests.mutation.mutant import LAYER, Mutant

LIMITS = f"{LAYER}/services/sign_up_limits.py"
SERVICE = f"{LAYER}/services/sign_up.py"
NETWORKS = f"{LAYER}/domain/networks.py"
DOMAINS = f"{LAYER}/security/registrable_domains.py"
ATTACKS = "tests/integration/api/test_signup_limits.py"
UNIT = "tests/unit/services/test_sign_up_limits.py"
SERVICE_TESTS = "tests/unit/services/test_sign_up.py"
PROPERTY = "tests/integration/api/test_signup_availability.py"
PROPERTY_TEST = f"{PROPERTY}::test_owner_signs_up_whatever_strangers_called"
FLOOD = f"{ATTACKS}::test_flood_of_verifications_does_not_lock_the_owner_out"
PREFIXES = "tests/unit/domain/test_networks.py::test_prefixes_widen_from_the_address_to_the_network"
SUB_DOMAINS = f"{ATTACKS}::test_sub_domains_count_as_one_domain"
SUCCESSES = f"{SERVICE_TESTS}::test_only_verified_new_sites_count_and_known_ones_pass"
NEIGHBORS = f"{UNIT}::test_neighboring_addresses_share_the_limits_of_wider_networks"
FREE = 'count(limits.free_verifications, f"{network} {host}")'
FETCH = "        self.verifier.verify(site, signup.signup_id, signup.token, deadline)\n"
COUNT_NEW = """\
        if not self.signups.is_claimed(signup.host):
            self.limits.count_new_site(site, source_ip)
"""

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "starts for a domain are counted for all callers together",
        LIMITS,
        'f"{registrable_domain_of(site)} {address}"',
        "registrable_domain_of(site)",
        PROPERTY_TEST,
    ),
    Mutant(
        "limit is keyed by e-mail address",
        SERVICE,
        "self.limits.count_start(site, applicant.source_ip)",
        "self.limits.count_start(site, email)",
        f"{ATTACKS}::test_sign_ups_with_the_victims_email_do_not_block_it",
    ),
    Mutant(
        "starts for a domain are not limited",
        LIMITS,
        "        count(limits.signups_of_domain_and_address,",
        "        print(limits.signups_of_domain_and_address,",
        SUB_DOMAINS,
    ),
    Mutant(
        "starts of an address are not limited",
        LIMITS,
        "        count(limits.signups_of_address, address)\n",
        "",
        f"{UNIT}::test_address_is_limited_over_all_domains",
    ),
    Mutant(
        "starts of neighboring addresses are not limited",
        LIMITS,
        "count(replace(limit, maximum=limit.maximum * factor), network)",
        "replace(limit, maximum=limit.maximum * factor)",
        f"{ATTACKS}::test_neighboring_ipv6_networks_do_not_close_sign_up",
    ),
    Mutant(
        "wider network has the maximum of one address",
        LIMITS,
        "maximum=limit.maximum * factor",
        "maximum=limit.maximum",
        NEIGHBORS,
    ),
    Mutant(
        "IPv6 prefix is not widened to /48",
        NETWORKS,
        "6: (56, 48)",
        "6: (56, 52)",
        NEIGHBORS,
    ),
    Mutant("each IPv6 address has a separate limit", NETWORKS, "6: 64}", "6: 128}", PREFIXES),
    Mutant(
        "spelling of an IPv4 address as IPv6 has a separate limit",
        NETWORKS,
        "        return address.ipv4_mapped\n",
        "        return address\n",
        PREFIXES,
    ),
    Mutant(
        "sub-domains have separate limits",
        DOMAINS,
        "_suffixes().privatesuffix(site.host) if is_name",
        "site.host if is_name",
        SUB_DOMAINS,
    ),
    Mutant(
        "customers of a public suffix share a limit",
        DOMAINS,
        "_suffixes().privatesuffix(site.host) if is_name",
        '".".join(site.host.split(".")[-2:]) if is_name',
        SUB_DOMAINS,
    ),
    Mutant("first attempts are not free", LIMITS, FREE, "raise RateLimited", FLOOD),
    Mutant(
        "first attempts are shared by all networks",
        LIMITS,
        FREE,
        "count(limits.free_verifications, host)",
        PROPERTY_TEST,
    ),
    Mutant(
        "neighbors have separate first attempts",
        LIMITS,
        ", network_of(source_ip)\n",
        ", address_of(source_ip)\n",
        f"{UNIT}::test_first_fetches_of_each_network_pass_during_a_flood",
    ),
    Mutant(
        "folders have separate attempts",
        LIMITS,
        'host, network = f"{site.host}:{site.port}"',
        "host, network = site.name",
        f"{UNIT}::test_folders_of_a_host_share_its_attempts",
    ),
    Mutant(
        "further attempts are not paced",
        LIMITS,
        "            count(limits.verifications_of_host, host)\n",
        "",
        f"{ATTACKS}::test_fetches_from_a_flooded_host_are_paced",
    ),
    Mutant(
        "further attempts of a network are not limited",
        LIMITS,
        "            count(limits.verifications_of_network, network)\n",
        "",
        f"{UNIT}::test_network_has_a_maximum_of_further_fetches_over_all_hosts",
    ),
    Mutant(
        "attempts of a sign-up are not limited",
        LIMITS,
        "        count(limits.verifications, signup_id)\n",
        "",
        f"{UNIT}::test_sign_up_has_a_maximum_of_fetches_from_all_networks",
    ),
    Mutant(
        "attempts with a wrong secret count",
        SERVICE,
        "            raise SignupExpired\n        # Before the fetch",
        "            self.limits.count_fetch(signup_id, self.verifier.address_of(signup.url), "
        "source_ip)\n            raise SignupExpired\n        # Before the fetch",
        f"{SERVICE_TESTS}::test_wrong_secret_is_an_unknown_sign_up_and_counts_nothing",
    ),
    Mutant(
        "new sites are counted before verification",
        SERVICE,
        f"{FETCH}{COUNT_NEW}",
        f"{COUNT_NEW}{FETCH}",
        SUCCESSES,
    ),
    Mutant(
        "known sites count as new ones",
        SERVICE,
        "        if not self.signups.is_claimed(signup.host):\n",
        "        if signup.host:\n",
        SUCCESSES,
    ),
    Mutant(
        "new sites are not limited",
        LIMITS,
        "            self.usage_counters.increment(self.limits.new_sites, ALL_SITES)\n",
        "            pass\n",
        SUCCESSES,
    ),
    Mutant(
        "new sites of a domain are not limited",
        LIMITS,
        "self.usage_counters.increment(self.limits.new_sites_of_domain,",
        "print(self.limits.new_sites_of_domain,",
        f"{ATTACKS}::test_new_sites_of_one_domain_do_not_use_up_the_day",
    ),
    Mutant(
        "strangers with domains of their own close sign-up for a day",
        LIMITS,
        "increment(FIRST_NEW_SITE, network_of(source_ip))",
        "increment(FIRST_NEW_SITE, ALL_SITES)",
        f"{ATTACKS}::test_verified_strangers_do_not_close_sign_up_for_other_networks",
    ),
    Mutant(
        "first new site of a network passes the limit of its domain",
        LIMITS,
        "        self.usage_counters.increment(self.limits.new_sites_of_domain, "
        "registrable_domain_of(site))\n        if self._passes(source_ip):\n",
        "        is_first = self._passes(source_ip)\n        if not is_first:\n"
        "            domain = registrable_domain_of(site)\n"
        "            self.usage_counters.increment(self.limits.new_sites_of_domain, domain)\n"
        "        if is_first:\n",
        f"{ATTACKS}::test_networks_without_number_do_not_exceed_the_limits",
    ),
    Mutant(
        "first new sites of networks are not in the total",
        LIMITS,
        "            self.usage_counters.record(self.limits.new_sites, ALL_SITES)\n",
        "            pass\n",
        f"{ATTACKS}::test_networks_without_number_do_not_exceed_the_limits",
    ),
    Mutant(
        "every network of a provider passes the limit of all new sites",
        LIMITS,
        "increment(of_provider, provider_network_of(source_ip))",
        "increment(of_provider, network_of(source_ip))",
        f"{UNIT}::test_neighboring_networks_share_a_few_passes",
    ),
    Mutant(
        "sign-up with an invite is limited",
        SERVICE,
        "        if invite is None:\n            if self.invite_only",
        "        if site:\n            if self.invite_only",
        f"{ATTACKS}::test_invite_passes_every_limit_of_strangers",
    ),
    Mutant(
        "mode invite accepts sign-ups without an invite",
        SERVICE,
        "            if self.invite_only and applicant.invite is None:\n",
        "            if self.invite_only and applicant.invite:\n",
        f"{ATTACKS}::test_mode_invite_names_the_remedy",
    ),
    Mutant(
        "sign-up from before the mode invite is verified",
        SERVICE,
        "        if self.invite_only:\n            raise InviteRequired\n        site",
        '        if signup.url == "":\n            raise InviteRequired\n        site',
        f"{SERVICE_TESTS}::test_mode_invite_refuses_all_sign_ups_without_an_invite",
    ),
)
