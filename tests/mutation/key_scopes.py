"""Mutants of the scopes of API keys, and of the end of rotations."""

from tests.mutation.mutant import LAYER, Mutant

SCOPES = f"{LAYER}/domain/scopes.py"
STORE = f"{LAYER}/storage/api_keys.py"
SCOPE_TESTS = "tests/integration/keys/test_api_key_scopes.py"
EXPIRY_TESTS = "tests/integration/keys/test_api_key_expiry.py"
STORE_TESTS = "tests/unit/storage/test_api_keys.py"
EVERY_ROUTE = f"{SCOPE_TESTS}::test_read_key_may_call_readable_routes_only"
MANAGE_KEYS = f"{SCOPE_TESTS}::test_read_key_cannot_manage_keys"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "scope is not enforced for one route",
        SCOPES,
        '"sync", "usage"}',
        '"sync", "usage", "export"}',
        EVERY_ROUTE,
    ),
    Mutant(
        "read key may write what it may read",
        SCOPES,
        'return method in ("GET", "HEAD") and resource',
        "return resource",
        EVERY_ROUTE,
    ),
    Mutant(
        "read key may create keys",
        SCOPES,
        'if scope == "full":',
        'if scope == "full" or (method, path) == ("POST", "/v1/keys"):',
        MANAGE_KEYS,
    ),
    Mutant(
        "request without a scope is permitted everything",
        SCOPES,
        'return "full" if value == "full" else "read"',
        'return "read" if value == "read" else "full"',
        EVERY_ROUTE,
    ),
    Mutant(
        "authorizer states the scope full for every key",
        "functions/authorizer/app.py",
        '"scope": owner.scope,',
        '"scope": "full",',
        MANAGE_KEYS,
    ),
    Mutant(
        "read key expires the full key",
        STORE,
        "if item.scope == api_key.scope]",
        "if item.scope]",
        f"{SCOPE_TESTS}::test_last_full_key_does_not_expire_because_of_a_read_key",
    ),
    Mutant(
        "key of a scope is added for a revoked key of the other scope",
        STORE,
        "            if own not in [(item.pk, item.sk) for item in replaced]:\n",
        "            if caller.site_id != site_id:\n",
        f"{STORE_TESTS}::test_revoked_caller_adds_no_key_of_another_scope",
    ),
    Mutant(
        "end of a rotation is not applied",
        STORE,
        "                    _set_expiry(transaction, item, None)\n",
        "                    pass\n",
        f"{EXPIRY_TESTS}::test_abandoned_rotation_leaves_a_key_that_does_not_expire",
    ),
    Mutant(
        "end of a rotation revives an expired key",
        STORE,
        " and is_active(item, event.at):",
        ":",
        f"{STORE_TESTS}::test_expired_key_does_not_become_active_again",
    ),
)
