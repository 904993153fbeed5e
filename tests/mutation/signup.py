"""A stranger costs nothing, and only who proves a host gets it: flaws of sign-ups and invites."""

from tests.mutation.mutant import LAYER, Mutant

APP = "functions/signup/app.py"
STORE = f"{LAYER}/storage/signups.py"
SIGNUP = "tests/integration/api/test_signup.py"
OPERATE = "tests/integration/api/test_admin.py"
RACES = "tests/integration/keys/test_api_key_conflicts.py"
LIMITED = f"{SIGNUP}::test_sign_ups_are_limited_per_dimension"
PROOFS = f"{SIGNUP}::test_verification_attempts_are_limited"
NEW_OWNER = f"{SIGNUP}::test_new_owner_gets_the_site_without_old_keys_or_connections"
INVITED = f"{OPERATE}::test_invite_is_rejected_for_another_host"
STILL_SUSPENDED = f"{OPERATE}::test_sign_up_of_the_same_host_keeps_the_suspension"
ONLY_ONE = f"{RACES}::test_only_the_new_owner_has_an_active_api_key"

FLAWS = (
    Mutant(
        "sign-ups of an address are not limited",
        APP, "    count(limits.signups_of_address, network)\n", "", LIMITED,
    ),
    Mutant(
        "sign-ups for a domain are not limited",
        APP, "    count(limits.signups_of_domain, domain)\n", "", LIMITED,
    ),
    Mutant(
        "sign-ups with an e-mail address are not limited",
        APP, "    count(limits.signups_of_email, email.lower())\n", "", LIMITED,
    ),
    Mutant(
        "sign-ups of a day are not limited",
        APP, "    count(limits.signups, ALL_CALLERS)\n", "", LIMITED,
    ),
    Mutant(
        "an address counts for a domain by itself no more",
        APP, 'f"{domain} {network}")', "domain)",
        f"{SIGNUP}::test_sign_ups_from_one_address_do_not_block_the_owner",
    ),
    Mutant(
        "capitals make another e-mail address",
        APP, "email.lower())", "email)",
        "tests/integration/api/test_signup_limit_normalization.py::test_email_limit_ignores_case",
    ),
    Mutant(
        "a folder makes another domain",
        APP, 'f"{site.host}:{site.port}", network_of', "site.name, network_of",
        "tests/integration/api/test_signup_limit_normalization.py::test_domain_limit_ignores_folders",
    ),
    Mutant(
        "each IPv6 address has a limit of its own",
        f"{LAYER}/domain/sites.py", "(plain, 64)", "(plain, 128)",
        "tests/integration/api/test_signup_limit_normalization.py::test_address_limit_groups_one_network",
    ),
    Mutant(
        "tries of a sign-up are not limited",
        APP, "        count(limits.proofs, signup_id)\n", "", PROOFS,
    ),
    Mutant(
        "tries for a domain are not limited",
        APP, '        count(limits.proofs_of_domain, f"{site.host}:{site.port}")\n', "",
        PROOFS,
    ),
    Mutant(
        "a key without a proof",
        APP, "    if signup.invite is None:", "    if signup.invite:",
        f"{SIGNUP}::test_failed_verification_creates_no_site_or_secret",
    ),
    Mutant(
        "a sign-up that is over may still be proven",
        STORE, "if now >= expires_at:", "if now > expires_at:",
        f"{SIGNUP}::test_expired_or_unknown_sign_up_is_not_found",
    ),
    Mutant(
        "an invite lets any host in",
        STORE, "item.host == host and now.timestamp()", "now.timestamp()", INVITED,
    ),
    Mutant(
        "an invite never ends",
        STORE, " and now.timestamp() < item.expires)", ")",
        f"{OPERATE}::test_invite_expires_after_seven_days",
    ),
    Mutant(
        "an invite is not used up",
        STORE, "if signup.invite and not is_repeated:", "if signup.invite == site_id:",
        f"{OPERATE}::test_invite_replaces_site_verification_once",
    ),
    Mutant(
        "an invite is stored in the clear",
        "functions/admin/app.py", "deps.digest_of(code), host", "code, host",
        f"{OPERATE}::test_invite_is_stored_hashed_only",
    ),
    Mutant(
        "a new owner inherits connections",
        STORE, "isinstance(item, ConnectionItem) and not is_repeated",
        "isinstance(item, ConnectionItem) and is_repeated", NEW_OWNER,
    ),
    Mutant(
        "a new owner inherits keys",
        STORE, "                    delete_api_key(transaction, item)", "                    pass",
        NEW_OWNER,
    ),
    Mutant(
        "a new owner inherits the sandbox's keys",
        STORE, "            for item in (*items, *sandbox):", "            for item in items:",
        f"{ONLY_ONE}[ended-test]",
    ),
    Mutant(
        "a new owner inherits the sandbox",
        STORE, "if sandbox and not is_repeated:", "if sandbox and is_repeated:",
        f"{SIGNUP}::test_new_owner_gets_an_empty_sandbox",
    ),
    Mutant(
        "a former owner's secrets stay",
        APP, "    deps.amazon_accounts.delete_secrets(claimed.secret_ids, request.deadline)\n", "",
        NEW_OWNER,
    ),
    Mutant(
        "a claim does not look whether keys were made meanwhile",
        STORE, "condition=is_unchanged(SiteItem.version, site.version if site else None)\n"
        "        & is_unchanged", "condition=is_unchanged",
        f"{ONLY_ONE}[ended-live]",
    ),
    Mutant(
        "a claim does not look whether the site was suspended meanwhile",
        STORE, "\n        & is_unchanged(SiteItem.suspended_at, "
        "site.suspended_at if site else None)", "",
        f"{RACES}::test_new_owner_of_a_suspended_site_is_suspended[ended]",
    ),
    Mutant(
        "a claim does not look whether the host has an owner meanwhile",
        STORE, "condition=is_unchanged(HostItem.site_id, host.site_id if host else None)\n"
        "        & is_unchanged", "condition=is_unchanged",
        f"{RACES}::test_two_concurrent_sign_ups_of_a_host_yield_one_api_key",
    ),
    Mutant(
        "signing up again ends a suspension of keys",
        STORE, "suspended=is_suspended", "suspended=False", STILL_SUSPENDED,
    ),
    Mutant(
        "who left suspended comes back free",
        STORE, "known = self.site or self.host", "known = self.site",
        f"{OPERATE}::test_suspension_outlasts_site_deletion_until_lifted",
    ),
)  # fmt: skip
