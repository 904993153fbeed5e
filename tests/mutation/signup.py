"""A stranger costs nothing, and only who proves a host gets it: flaws of sign-ups and invites."""

from tests.mutation.mutant import LAYER, Mutant

APP = "functions/signup/app.py"
STORE = f"{LAYER}/storage/signups.py"
SIGNUP = "tests/integration/api/test_signup.py"
OPERATE = "tests/integration/api/test_admin.py"
RACES = "tests/integration/keys/test_api_key_conflicts.py"
LIMITED = f"{SIGNUP}::test_sign_ups_are_limited"
PROOFS = f"{SIGNUP}::test_proofs_are_limited"
NEW_OWNER = f"{SIGNUP}::test_a_new_owner_keeps_the_site_and_inherits_neither_keys_nor_connections"
INVITED = f"{OPERATE}::test_an_invite_is_for_its_host_only"
STILL_SUSPENDED = f"{OPERATE}::test_who_signs_up_again_is_still_suspended"
ONLY_ONE = f"{RACES}::test_a_new_owner_is_the_only_one_with_a_key"

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
        f"{SIGNUP}::test_a_stranger_does_not_use_up_what_an_owner_has_for_signing_up",
    ),
    Mutant(
        "capitals make another e-mail address",
        APP, "email.lower())", "email)",
        "tests/integration/api/test_signup_limit_normalization.py::test_capitals_are_the_same_person",
    ),
    Mutant(
        "a folder makes another domain",
        APP, 'f"{site.host}:{site.port}", network_of', "site.name, network_of",
        "tests/integration/api/test_signup_limit_normalization.py::test_folders_are_the_same_domain",
    ),
    Mutant(
        "each IPv6 address has a limit of its own",
        f"{LAYER}/domain/sites.py", "(plain, 64)", "(plain, 128)",
        "tests/integration/api/test_signup_limit_normalization.py::test_a_customers_addresses_are_one_network",
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
        f"{SIGNUP}::test_without_the_token_there_is_no_key_no_site_and_no_secret",
    ),
    Mutant(
        "a sign-up that is over may still be proven",
        STORE, "if now >= expires_at:", "if now > expires_at:",
        f"{SIGNUP}::test_an_expired_or_unknown_sign_up_is_not_there",
    ),
    Mutant(
        "an invite lets any host in",
        STORE, "item.host == host and now.timestamp()", "now.timestamp()", INVITED,
    ),
    Mutant(
        "an invite never ends",
        STORE, " and now.timestamp() < item.expires)", ")",
        f"{OPERATE}::test_an_invite_ends_after_a_week",
    ),
    Mutant(
        "an invite is not used up",
        STORE, "if signup.invite and not same_signup:", "if signup.invite == site_id:",
        f"{OPERATE}::test_an_invited_site_needs_no_proof_and_the_invite_works_once",
    ),
    Mutant(
        "an invite is stored in the clear",
        "functions/admin/app.py", "deps.digest_of(code), host", "code, host",
        f"{OPERATE}::test_an_invite_is_not_stored_in_the_clear",
    ),
    Mutant(
        "a new owner inherits connections",
        STORE, "isinstance(item, ConnectionItem) and not same_signup",
        "isinstance(item, ConnectionItem) and same_signup", NEW_OWNER,
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
        STORE, "if sandbox and not same_signup:", "if sandbox and same_signup:",
        f"{SIGNUP}::test_a_new_owner_inherits_no_sandbox",
    ),
    Mutant(
        "a former owner's secrets stay",
        APP, "    deps.amazon_accounts.delete_secrets(claimed.secret_ids, request.deadline)\n", "",
        NEW_OWNER,
    ),
    Mutant(
        "a claim does not look whether keys were made meanwhile",
        STORE, "condition=unchanged(SiteItem.version, known.version if known else None)\n"
        "                & unchanged", "condition=unchanged",
        f"{ONLY_ONE}[ended-live]",
    ),
    Mutant(
        "a claim does not look whether the site was suspended meanwhile",
        STORE, "\n                & unchanged(SiteItem.suspended_at, "
        "known.suspended_at if known else None)", "",
        f"{RACES}::test_a_new_owner_of_a_suspended_site_is_suspended[ended]",
    ),
    Mutant(
        "a claim does not look whether the host has an owner meanwhile",
        STORE, "condition=unchanged(HostItem.site_id, held.site_id if held else None)\n"
        "                & unchanged", "condition=unchanged",
        f"{RACES}::test_two_owners_of_a_new_host_have_one_site_with_one_key",
    ),
    Mutant(
        "signing up again ends a suspension of keys",
        STORE, "suspended=suspended_at is not None", "suspended=False", STILL_SUSPENDED,
    ),
    Mutant(
        "who left suspended comes back free",
        STORE, "else held.suspended_at if held else None\n", "else None\n",
        f"{OPERATE}::test_who_leaves_and_comes_back_is_still_suspended_until_the_operator_pardons",
    ),
)  # fmt: skip
