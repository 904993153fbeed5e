"""Mutants that expose one site's data to another."""

from tests.mutation.mutant import LAYER, Mutant

SITE = "functions/site/app.py"
REQUEST = f"{LAYER}/http/request.py"
ACCOUNTS = f"{LAYER}/services/amazon_accounts.py"
INDEPENDENT = (
    "tests/integration/security/test_noisy_neighbor.py"
    "::test_responses_are_independent_of_another_site[0]"
)
CALLER = (
    "tests/integration/security/test_caller_identity.py"
    "::test_site_id_is_taken_from_the_authorizer_only"
)
SITE_ID = '        site_id = self._authorizer.get("site_id")\n'
SITE_OUT = "    return ApiResponse(200, presenters.site_out(deps.sites.require(request.site_id)))\n"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "every site receives the first site's settings",
        SITE,
        SITE_OUT,
        "    site = deps.sites.require(request.site_id)\n"
        "    first = deps.__dict__.setdefault('first', presenters.site_out(site))\n"
        "    return ApiResponse(200, first)\n",
        INDEPENDENT,
    ),
    Mutant(
        "usage of another site is shown",
        SITE,
        "deps.usage_counters.usage(windows, site.site_id)",
        "deps.usage_counters.usage(windows, deps.__dict__.setdefault('first', site.site_id))",
        INDEPENDENT,
    ),
    Mutant(
        "connections of another site are shown",
        SITE,
        "    return ApiResponse(200, connections.Connections(",
        "    site = deps.__dict__.setdefault('first', site)\n"
        "    return ApiResponse(200, connections.Connections(",
        INDEPENDENT,
    ),
    Mutant(
        "all sites share one usage counter",
        f"{LAYER}/storage/item_keys.py",
        "sha256(name.encode())",
        "sha256(kind.encode())",
        "tests/integration/api/test_limits.py::test_calls_of_one_site_do_not_count_for_another",
    ),
    Mutant(
        "site ID is taken from the query",
        REQUEST,
        SITE_ID,
        '        given = self._event.get("queryStringParameters") or {}\n'
        '        site_id = given.get("site_id") or self._authorizer.get("site_id")\n',
        f"{CALLER}[in_query]",
    ),
    Mutant(
        "site ID is taken from a header",
        REQUEST,
        SITE_ID,
        '        site_id = self.header("x-site-id") or self._authorizer.get("site_id")\n',
        f"{CALLER}[in_headers]",
    ),
    Mutant(
        "cursor is valid for every site",
        f"{LAYER}/security/hmac_signer.py",
        '[b"cursor", purpose.encode(), site_id.encode(), body]',
        '[b"cursor", purpose.encode(), body]',
        INDEPENDENT,
    ),
    Mutant(
        "cursor is valid for every purpose",
        f"{LAYER}/security/hmac_signer.py",
        '[b"cursor", purpose.encode(), site_id.encode(), body]',
        '[b"cursor", site_id.encode(), body]',
        "tests/unit/security/test_hmac_signer.py"
        "::test_cursor_of_another_site_or_purpose_is_rejected",
    ),
    Mutant(
        "queue messages of the same job ID of two sites are deduplicated",
        f"{LAYER}/services/import_turns.py",
        'OutgoingMessage(body, message_group, f"{body.site_id}-{name}")',
        "OutgoingMessage(body, message_group, name)",
        "tests/integration/api/test_import_items.py"
        "::test_idempotency_keys_of_two_sites_are_independent",
    ),
    Mutant(
        "all sites share one cached catalog",
        ACCOUNTS,
        "key = (site_id, connection.secret_id, connection.secret_version, priority)",
        'key = ("", "", "", priority)',
        INDEPENDENT,
    ),
    Mutant(
        "credentials are cached without the name of their secret",
        f"{LAYER}/security/credential_vault.py",
        "key = (site_id, connection.marketplace, name, version)",
        'key = ("", connection.marketplace, "", "")',
        INDEPENDENT,
    ),
    Mutant(
        "sandbox API key lists those of the live site",
        f"{LAYER}/services/api_keys.py",
        "return [own] if is_sandbox(own) else [own, sandbox_id_of(own)]",
        'return [own.replace("test_", "site_"), sandbox_id_of(own.replace("test_", "site_"))]',
        "tests/integration/keys/test_api_keys.py::test_sandbox_api_keys_access_the_sandbox_only",
    ),
)
