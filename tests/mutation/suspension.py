"""Mutants of the suspension of hosts."""

from tests.mutation.mutant import LAYER, Mutant

STORE = f"{LAYER}/storage/suspensions.py"
SIGNUPS = f"{LAYER}/storage/signups.py"
TESTS = "tests/integration/api/test_suspension.py"
STORE_TESTS = "tests/unit/storage/test_suspensions.py"
SPELLINGS = f"{TESTS}::test_no_spelling_of_a_suspended_host_is_verified"
ALL_SITES = f"{TESTS}::test_existing_sites_of_the_host_are_suspended_and_resumed"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "suspension covers a URL instead of the host",
        f"{LAYER}/storage/item_keys.py",
        'f"hostname#{hostname_of(name)}"',
        'f"hostname#{name or hostname_of(name)}"',
        SPELLINGS,
    ),
    Mutant(
        "suspension covers one port of the host",
        f"{LAYER}/domain/sites.py",
        'return authority.partition(":")[0]',
        "return authority",
        SPELLINGS,
    ),
    Mutant(
        "suspended host receives fetches",
        f"{LAYER}/services/sign_up.py",
        "        if self.suspensions.is_suspended(signup.host):\n",
        '        if signup.host == "":\n',
        "tests/unit/services/test_sign_up.py::test_suspended_host_gets_no_fetch",
    ),
    Mutant(
        "claim does not look for a suspension",
        SIGNUPS,
        "if find_suspension(signup.host) or (site and site.suspended_at):",
        "if find_suspension(site_id) or (site and site.suspended_at):",
        "tests/unit/storage/test_signups.py::test_suspended_host_is_not_claimed",
    ),
    Mutant(
        "claim overlooks a concurrent suspension",
        SIGNUPS,
        "            check_not_suspended(transaction, signup.host)\n",
        "            check_not_suspended(transaction, site_id)\n",
        "tests/unit/storage/test_signups.py"
        "::test_claim_overlooks_no_suspension_between_any_two_of_its_calls",
    ),
    Mutant(
        "site that release 0.2.0 suspended signs up again",
        SIGNUPS,
        " or (site and site.suspended_at):",
        ":",
        "tests/unit/storage/test_signups.py::test_site_that_release_0_2_suspended_is_not_claimed",
    ),
    Mutant(
        "other sites of the host stay usable",
        STORE,
        "{item.sk for item in items if isinstance(item, HostSiteItem)}",
        "{item.sk for item in items[:0] if isinstance(item, HostSiteItem)}",
        ALL_SITES,
    ),
    Mutant(
        "sites are not listed by host",
        SIGNUPS,
        "    transaction.save(HostSiteItem(",
        "    str(HostSiteItem(",
        ALL_SITES,
    ),
    Mutant(
        "resumed host keeps suspended sites",
        STORE,
        "[set_or_remove(SiteItem.suspended_at, to_unix_ms(at) if at else None)]",
        "[set_or_remove(SiteItem.suspended_at, to_unix_ms(at) if at else 1)]",
        f"{STORE_TESTS}::test_suspension_covers_all_sites_of_the_host_and_no_other",
    ),
    Mutant(
        "suspension is written after the sites",
        STORE,
        "        with store_errors():\n            # First",
        "        self._change_sites(name, at)\n        with store_errors():\n            # First",
        f"{STORE_TESTS}::test_sites_of_a_host_are_read_consistently",
    ),
    Mutant(
        "suspension continues until its function is stopped",
        STORE,
        "if deadline is not None and not deadline.allows(MIN_SITE_SECONDS):",
        "if deadline is not None and not deadline.allows(-60):",
        f"{STORE_TESTS}::test_repeated_commands_finish_whatever_the_deadline",
    ),
    Mutant(
        "repeated suspension starts over",
        STORE,
        "[site.pk for site in sites if (site.suspended_at is None) != (at is None)]",
        "[site.pk for site in sites if site.pk]",
        f"{STORE_TESTS}::test_sites_in_the_requested_state_are_not_written_again",
    ),
)
