"""A key ends when it is revoked: flaws of API keys, of their authorizer and of suspensions."""

from tests.mutation.mutant import LAYER, Mutant

GATE = "functions/authorizer/app.py"
STORE = f"{LAYER}/storage/api_keys.py"
SITES = f"{LAYER}/storage/sites.py"
KEYS = "tests/integration/keys/test_api_keys.py"
AUTHORIZE = "tests/integration/keys/test_authorizer.py"
ENDS = "tests/integration/keys/test_api_key_expiry.py"
RACES = "tests/integration/keys/test_api_key_conflicts.py"
ROLLED = f"{KEYS}::test_rotated_api_key_is_active_for_the_overlap"
SUSPENDED = f"{RACES}::test_every_api_key_of_a_suspended_site_is_suspended"

FLAWS = (
    Mutant(
        "answers of the authorizer are kept",
        "template.yaml", "ReauthorizeEvery: 0", "ReauthorizeEvery: 300",
        "tests/infra/test_template.py::test_authorizer_results_are_not_cached",
    ),
    Mutant(
        "a key opens more than was due for",
        GATE, '"Resource": event["methodArn"],', '"Resource": "*",',
        f"{AUTHORIZE}::test_valid_api_key_is_allowed",
    ),
    Mutant(
        "an unknown key is let in",
        GATE, '"Allow" if owner else "Deny"', '"Allow" if owner else "Allow"',
        f"{AUTHORIZE}::test_unknown_api_key_is_denied",
    ),
    Mutant(
        "a suspension is not told",
        GATE, '"true" if owner.suspended else "false"', '"false"',
        f"{KEYS}::test_authorizer_marks_suspended_sites",
    ),
    Mutant(
        "the checksum is forgotten",
        f"{LAYER}/security/api_keys.py",
        "return hmac.compare_digest(_checksum(text[:-_CHECKSUM_CHARS]), text[-_CHECKSUM_CHARS:])",
        "return hmac.compare_digest(text, text)",
        f"{AUTHORIZE}::test_malformed_api_key_is_rejected_without_a_read",
    ),
    Mutant(
        "a rolled key lives a second longer",
        STORE, "now.timestamp() >= item.expires", "now.timestamp() > item.expires",
        f"{ENDS}::test_rotated_api_key_expires_to_the_second",
    ),
    Mutant(
        "a rolled key lives on",
        STORE, "[ApiKeyItem.expires.set(ends)]", "[ApiKeyItem.suspended.remove()]", ROLLED,
    ),
    Mutant(
        "a key that ends soon is given more time by the next one",
        STORE, "ends = at if item.expires is None else min(at, int(item.expires))", "ends = at",
        f"{ENDS}::test_new_api_key_does_not_extend_an_earlier_expiry",
    ),
    Mutant("three keys live at a time",
        STORE, "if len(active) >= MAX_ACTIVE_API_KEYS:", "if len(active) > MAX_ACTIVE_API_KEYS:",
        f"{KEYS}::test_at_most_two_api_keys_are_active",
    ),
    Mutant(
        "a revoked key is only not listed any more",
        STORE, "delete_api_key(transaction, held[0])", "transaction.delete(held[0])",
        f"{KEYS}::test_api_key_can_be_revoked_by_its_own_site_only",
    ),
    Mutant(
        "a revoked test key is only not listed any more",
        f"{LAYER}/storage/site_items.py",
        "    transaction.delete(ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE))\n",
        "    if item.pk.startswith('site_'):\n"
        "        transaction.delete(ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE))\n",
        f"{ENDS}::test_revoked_sandbox_api_key_is_inactive",
    ),
    Mutant(
        "a test key makes live keys",
        "functions/api_keys/app.py", 'if mode == "live" and own_mode == "test":', "if not mode:",
        f"{KEYS}::test_sandbox_api_keys_access_the_sandbox_only",
    ),
    Mutant(
        "two keys that are made at once are both made",
        STORE, "                & is_unchanged(SiteItem.version, site.version)\n", "",
        f"{RACES}::test_two_concurrent_requests_create_one_api_key",
    ),
    Mutant(
        "a key that is made during a suspension is not suspended",
        STORE, "\n                & SiteItem.suspended_at.does_not_exist()", "",
        f"{SUSPENDED}[made-live]",
    ),
    Mutant(
        "a key may be made with one that has ended meanwhile",
        STORE, "            raise ApiKeyRejected\n", "            pass\n",
        f"{RACES}::test_only_the_new_owner_has_an_active_api_key[made-live]",
    ),
    Mutant(
        "suspending does not look whether keys were made meanwhile",
        SITES, " & is_unchanged(SiteItem.version, known.version)", "",
        f"{SUSPENDED}[ended-live]",
    ),
    Mutant(
        "suspending forgets the sandbox",
        SITES, "        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)\n", "",
        f"{ENDS}::test_sandbox_of_a_suspended_site_is_suspended",
    ),
    Mutant(
        "suspending forgets the Amazon accounts",
        SITES, "if not item.suspended]", "if item]",
        "tests/integration/api/test_admin.py::"
        "test_suspended_site_is_not_synced_until_resumed",
    ),
    Mutant(
        "a suspended site may call",
        f"{LAYER}/http/router.py", "if request.is_suspended and not allow_suspended:",
        "if request.is_suspended and allow_suspended:",
        "tests/integration/api/test_admin.py::test_suspended_site_can_only_export",
    ),
)  # fmt: skip
