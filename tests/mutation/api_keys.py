"""A key ends when it is revoked: flaws of API keys, of their authorizer and of suspensions."""

from tests.mutation.mutant import LAYER, Mutant

GATE = "functions/authorizer/app.py"
STORE = f"{LAYER}/storage/api_keys.py"
SITES = f"{LAYER}/storage/sites.py"
KEYS = "tests/integration/keys/test_api_keys.py"
AUTHORIZE = "tests/integration/keys/test_authorizer.py"
ENDS = "tests/integration/keys/test_api_key_expiry.py"
RACES = "tests/integration/keys/test_api_key_conflicts.py"
ROLLED = f"{KEYS}::test_a_rolled_key_lives_for_the_overlap"
SUSPENDED = f"{RACES}::test_a_suspended_site_has_no_key_that_is_not"

FLAWS = (
    Mutant(
        "answers of the authorizer are kept",
        "template.yaml", "ReauthorizeEvery: 0", "ReauthorizeEvery: 300",
        "tests/infra/test_template.py::test_no_answer_of_the_authorizer_is_kept",
    ),
    Mutant(
        "a key opens more than was due for",
        GATE, '"Resource": event["methodArn"],', '"Resource": "*",',
        f"{AUTHORIZE}::test_a_key_is_its_sites",
    ),
    Mutant(
        "an unknown key is let in",
        GATE, '"Allow" if owner else "Deny"', '"Allow" if owner else "Allow"',
        f"{AUTHORIZE}::test_an_unknown_key_is_denied",
    ),
    Mutant(
        "a suspension is not told",
        GATE, '"true" if owner.suspended else "false"', '"false"',
        f"{KEYS}::test_a_suspended_site_may_take_everything_out_and_leave",
    ),
    Mutant(
        "the checksum is forgotten",
        f"{LAYER}/security/api_keys.py",
        "return hmac.compare_digest(_checksum(text[:-_CHECK]), text[-_CHECK:])",
        "return hmac.compare_digest(text, text)",
        f"{AUTHORIZE}::test_without_a_well_formed_key_nothing_is_read",
    ),
    Mutant(
        "a rolled key lives a second longer",
        STORE, "now.timestamp() >= item.expires", "now.timestamp() > item.expires",
        f"{ENDS}::test_a_rolled_key_ends_in_the_very_second",
    ),
    Mutant(
        "a rolled key lives on",
        STORE, "[ApiKeyItem.expires.set(ends)]", "[ApiKeyItem.suspended.remove()]", ROLLED,
    ),
    Mutant(
        "a key that ends soon is given more time by the next one",
        STORE, "ends = at if item.expires is None else min(at, int(item.expires))", "ends = at",
        f"{ENDS}::test_a_key_that_is_to_end_ends_no_later_for_a_new_one",
    ),
    Mutant("three keys live at a time",
        STORE, "if len(living) >= MAX_ACTIVE_API_KEYS:", "if len(living) > MAX_ACTIVE_API_KEYS:",
        f"{KEYS}::test_two_keys_live_at_a_time",
    ),
    Mutant(
        "a revoked key is only not listed any more",
        STORE, "delete_api_key(transaction, held[0])", "transaction.delete(held[0])",
        f"{KEYS}::test_a_revoked_key_is_refused_at_once_and_only_its_owner_revokes_it",
    ),
    Mutant(
        "a revoked test key is only not listed any more",
        f"{LAYER}/storage/site_items.py",
        "    transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), item_keys.SITE))\n",
        "    if item.pk.startswith('site_'):\n"
        "        transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), item_keys.SITE))\n",
        f"{ENDS}::test_a_test_key_ends_when_it_is_revoked",
    ),
    Mutant(
        "a test key makes live keys",
        "functions/api_keys/app.py", 'if mode == "live" and own_mode == "test":', "if not mode:",
        f"{KEYS}::test_test_keys_reach_a_twin_and_make_test_keys_only",
    ),
    Mutant(
        "two keys that are made at once are both made",
        STORE, "                & unchanged(SiteItem.version, site.version)\n", "",
        f"{RACES}::test_two_new_keys_at_once_are_one",
    ),
    Mutant(
        "a key that is made during a suspension is not suspended",
        STORE, "\n                & SiteItem.suspended_at.does_not_exist()", "",
        f"{SUSPENDED}[made-live]",
    ),
    Mutant(
        "a key may be made with one that has ended meanwhile",
        STORE, "            raise ApiKeyRejected\n", "            pass\n",
        f"{RACES}::test_a_new_owner_is_the_only_one_with_a_key[made-live]",
    ),
    Mutant(
        "suspending does not look whether keys were made meanwhile",
        SITES, " & unchanged(SiteItem.version, known.version)", "",
        f"{SUSPENDED}[ended-live]",
    ),
    Mutant(
        "suspending forgets the sandbox",
        SITES, "        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)\n", "",
        f"{ENDS}::test_a_suspended_sites_sandbox_is_suspended",
    ),
    Mutant(
        "suspending forgets the Amazon accounts",
        SITES, "if not item.suspended]", "if item]",
        "tests/integration/api/test_admin.py::"
        "test_a_suspended_site_is_refused_and_its_account_left_alone",
    ),
    Mutant(
        "a suspended site may call",
        f"{LAYER}/http/router.py", "if request.is_suspended and not allow_suspended:",
        "if request.is_suspended and allow_suspended:",
        "tests/integration/api/test_admin.py::test_suspended_calls_say_why_and_leaving_still_works",
    ),
)  # fmt: skip
