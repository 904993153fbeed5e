"""Mutants of sign-up, invites, and claims of a host."""

from tests.mutation.mutant import LAYER, Mutant

SERVICE = f"{LAYER}/services/sign_up.py"
STORE = f"{LAYER}/storage/signups.py"
SIGNUP_TESTS = "tests/integration/api/test_signup.py"
ADMIN_TESTS = "tests/integration/api/test_admin.py"
CONFLICT_TESTS = "tests/integration/keys/test_api_key_conflicts.py"
NEW_OWNER = f"{SIGNUP_TESTS}::test_new_owner_gets_the_site_without_old_keys_or_connections"
INVITED = f"{ADMIN_TESTS}::test_invite_is_rejected_for_another_host"
ONLY_NEW_KEY = f"{CONFLICT_TESTS}::test_only_the_new_owner_has_an_active_api_key"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "API key is issued without site verification",
        SERVICE,
        "        if signup.invite is None:",
        "        if signup.invite:",
        f"{SIGNUP_TESTS}::test_failed_verification_creates_no_site_or_secret",
    ),
    Mutant(
        "sign-up is valid at its expiry",
        STORE,
        "if now >= expires_at:",
        "if now > expires_at:",
        f"{SIGNUP_TESTS}::test_expired_or_unknown_sign_up_is_not_found",
    ),
    Mutant(
        "invite is valid for every host",
        STORE,
        "item.host == host and now.timestamp()",
        "now.timestamp()",
        INVITED,
    ),
    Mutant(
        "invite never expires",
        STORE,
        " and now.timestamp() < item.expires)",
        ")",
        f"{ADMIN_TESTS}::test_invite_expires_after_seven_days",
    ),
    Mutant(
        "invite can be used twice",
        STORE,
        "if signup.invite and not is_repeated:",
        "if signup.invite == site_id:",
        f"{ADMIN_TESTS}::test_invite_replaces_site_verification_once",
    ),
    Mutant(
        "invite is stored in plain text",
        SERVICE,
        "api_keys.digest_of(code), host",
        "code, host",
        f"{ADMIN_TESTS}::test_invite_is_stored_hashed_only",
    ),
    Mutant(
        "new owner inherits connections",
        STORE,
        "isinstance(item, ConnectionItem) and not is_repeated",
        "isinstance(item, ConnectionItem) and is_repeated",
        NEW_OWNER,
    ),
    Mutant(
        "new owner inherits API keys",
        STORE,
        "                    delete_api_key(transaction, item)",
        "                    pass",
        NEW_OWNER,
    ),
    Mutant(
        "new owner inherits the sandbox API keys",
        STORE,
        "            for item in (*items, *sandbox):",
        "            for item in items:",
        f"{ONLY_NEW_KEY}[ended-test]",
    ),
    Mutant(
        "new owner inherits the sandbox site",
        STORE,
        "if sandbox and not is_repeated:",
        "if sandbox and is_repeated:",
        f"{SIGNUP_TESTS}::test_new_owner_gets_an_empty_sandbox",
    ),
    Mutant(
        "secrets of the former owner remain",
        SERVICE,
        "        self.accounts.delete_secrets(claimed.secret_ids, deadline)\n",
        "",
        NEW_OWNER,
    ),
    Mutant(
        "claim omits API keys created concurrently",
        STORE,
        "        condition=is_unchanged(SiteItem.version, site.version if site else None),\n",
        "",
        f"{ONLY_NEW_KEY}[ended-live]",
    ),
    Mutant(
        "claim overlooks a concurrent claim of the host",
        STORE,
        "        condition=is_unchanged(HostItem.site_id, host.site_id if host else None),\n",
        "",
        f"{CONFLICT_TESTS}::test_two_concurrent_sign_ups_of_a_host_yield_one_api_key",
    ),
)
