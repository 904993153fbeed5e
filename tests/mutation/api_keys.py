"""Mutants of API keys, the authorizer, and suspensions."""

from tests.mutation.mutant import LAYER, Mutant

AUTHORIZER = "functions/authorizer/app.py"
STORE = f"{LAYER}/storage/api_keys.py"
SITES = f"{LAYER}/storage/sites.py"
SUSPENSIONS = f"{LAYER}/storage/suspensions.py"
API_KEY_TESTS = "tests/integration/keys/test_api_keys.py"
AUTHORIZER_TESTS = "tests/integration/keys/test_authorizer.py"
EXPIRY_TESTS = "tests/integration/keys/test_api_key_expiry.py"
CONFLICT_TESTS = "tests/integration/keys/test_api_key_conflicts.py"
ROTATED = f"{API_KEY_TESTS}::test_rotated_api_key_is_active_for_the_overlap"
SUSPENDED = f"{CONFLICT_TESTS}::test_every_api_key_of_a_suspended_site_is_suspended"
DELETE_BY_HASH = (
    "    transaction.delete(ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE))\n"
)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "authorizer results are cached",
        "template.yaml",
        "ReauthorizeEvery: 0",
        "ReauthorizeEvery: 300",
        "tests/infra/test_template.py::test_authorizer_results_are_not_cached",
    ),
    Mutant(
        "authorizer allows every resource",
        AUTHORIZER,
        '"Resource": event["methodArn"],',
        '"Resource": "*",',
        f"{AUTHORIZER_TESTS}::test_valid_api_key_is_allowed",
    ),
    Mutant(
        "unknown API key is allowed",
        AUTHORIZER,
        '"Allow" if owner else "Deny"',
        '"Allow" if owner else "Allow"',
        f"{AUTHORIZER_TESTS}::test_unknown_api_key_is_denied",
    ),
    Mutant(
        "authorizer does not report a suspension",
        AUTHORIZER,
        '"true" if owner.suspended else "false"',
        '"false"',
        f"{API_KEY_TESTS}::test_authorizer_marks_suspended_sites",
    ),
    Mutant(
        "checksum of an API key is not verified",
        f"{LAYER}/security/api_keys.py",
        "return hmac.compare_digest(_checksum(text[:-_CHECKSUM_CHARS]), text[-_CHECKSUM_CHARS:])",
        "return hmac.compare_digest(text, text)",
        f"{AUTHORIZER_TESTS}::test_malformed_api_key_is_rejected_without_a_read",
    ),
    Mutant(
        "rotated API key expires one second late",
        f"{LAYER}/storage/site_items.py",
        "now.timestamp() < item.expires",
        "now.timestamp() <= item.expires",
        f"{EXPIRY_TESTS}::test_rotated_api_key_expires_to_the_second",
    ),
    Mutant(
        "rotated API key never expires",
        STORE,
        "[set_or_remove(ApiKeyItem.expires, at)]",
        "[ApiKeyItem.suspended.remove()]",
        ROTATED,
    ),
    Mutant(
        "three API keys are active at a time",
        STORE,
        "if len(replaced) >= MAX_ACTIVE_API_KEYS:",
        "if len(replaced) > MAX_ACTIVE_API_KEYS:",
        f"{API_KEY_TESTS}::test_at_most_two_api_keys_are_active",
    ),
    Mutant(
        "revoked API key is only removed from the list",
        STORE,
        "delete_api_key(transaction, revoked)",
        "transaction.delete(revoked)",
        f"{API_KEY_TESTS}::test_api_key_can_be_revoked_by_its_own_site_only",
    ),
    Mutant(
        "revoked sandbox API key is only removed from the list",
        f"{LAYER}/storage/site_items.py",
        DELETE_BY_HASH,
        "    if item.pk.startswith('site_'):\n    " + DELETE_BY_HASH,
        f"{EXPIRY_TESTS}::test_revoked_sandbox_api_key_is_inactive",
    ),
    Mutant(
        "sandbox API key can create live API keys",
        f"{LAYER}/services/api_keys.py",
        'if mode == "live" and own_mode == "test":',
        "if not mode:",
        f"{API_KEY_TESTS}::test_sandbox_api_keys_access_the_sandbox_only",
    ),
    Mutant(
        "two concurrent requests create two API keys that do not expire",
        STORE,
        "                & is_unchanged(SiteItem.version, site.version)\n",
        "",
        f"{CONFLICT_TESTS}"
        "::test_two_concurrent_requests_leave_one_key_of_a_scope_that_does_not_expire[read]",
    ),
    Mutant(
        "API key created during a suspension is not suspended",
        STORE,
        "\n                & SiteItem.suspended_at.does_not_exist()",
        "",
        f"{SUSPENDED}[made-live]",
    ),
    Mutant(
        "API key that was revoked concurrently is not rejected",
        STORE,
        "            raise ApiKeyRejected\n",
        "            pass\n",
        "tests/integration/keys/test_api_key_revoked_mid_request.py"
        "::test_request_is_rejected_if_its_api_key_ends_before_the_write"
        "[create sandbox key-revoked]",
    ),
    Mutant(
        "suspension omits API keys created concurrently",
        SUSPENSIONS,
        " & is_unchanged(SiteItem.version, known.version)",
        "",
        f"{SUSPENDED}[ended-live]",
    ),
    Mutant(
        "suspension omits the sandbox site",
        SUSPENSIONS,
        "        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)\n",
        "",
        f"{EXPIRY_TESTS}::test_sandbox_of_a_suspended_site_is_suspended",
    ),
    Mutant(
        "price sync calls the Amazon accounts of suspended sites",
        SITES,
        "if not item.suspended]",
        "if item]",
        "tests/integration/api/test_admin.py::test_suspended_site_is_not_synced_until_resumed",
    ),
    Mutant(
        "suspended site can call the API",
        f"{LAYER}/http/router.py",
        "if not public and request.is_suspended and not allow_suspended:",
        "if not public and request.is_suspended and allow_suspended:",
        "tests/integration/api/test_admin.py::test_suspended_site_can_only_read_itself_and_export",
    ),
)
