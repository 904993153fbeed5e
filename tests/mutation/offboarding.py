"""Mutants of site deletion: they keep data that must be deleted, or delete too much."""

from tests.mutation.mutant import LAYER, Mutant

APP = "functions/offboarding/app.py"
PURGE = f"{LAYER}/services/purge.py"
STORE = f"{LAYER}/storage/site_deletions.py"
OFFBOARDING_TESTS = "tests/integration/api/test_offboarding.py"
PURGE_TESTS = "tests/integration/sync/test_purge_deleted_sites.py"
DELETED = f"{OFFBOARDING_TESTS}::test_deletion_revokes_access_and_purges_every_row"
CONFLICT_TESTS = "tests/integration/keys/test_api_key_conflicts.py"
NO_ACTIVE_KEY = f"{CONFLICT_TESTS}::test_deleted_site_has_no_active_api_key"
SITE_TABLES = "(SitesItem, ShelfItem, ProductsItem, JobsItem)\n"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "site deletion needs no confirmation",
        APP,
        "if query.confirm.strip().casefold() != site.host.casefold():",
        "if query is None:",
        f"{OFFBOARDING_TESTS}::test_site_deletion_requires_the_host_name",
    ),
    Mutant(
        "sandbox site can be deleted",
        APP,
        "    if is_sandbox(site.site_id):",
        "    if is_sandbox(site.host):",
        f"{OFFBOARDING_TESTS}::test_sandbox_site_cannot_be_deleted",
    ),
    Mutant(
        "site deletion leaves the secrets to the worker",
        APP,
        "    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)\n",
        "",
        DELETED,
    ),
    Mutant(
        "API keys of a deleted site remain valid",
        STORE,
        "                    delete_api_key(transaction, item)",
        "                    transaction.delete(item)",
        DELETED,
    ),
    Mutant(
        "sandbox API keys of a deleted site remain valid",
        STORE,
        "        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)\n",
        "",
        DELETED,
    ),
    Mutant("shelves remain", STORE, SITE_TABLES, "(SitesItem, ProductsItem, JobsItem)\n", DELETED),
    Mutant("products remain", STORE, SITE_TABLES, "(SitesItem, ShelfItem, JobsItem)\n", DELETED),
    Mutant(
        "import jobs remain", STORE, SITE_TABLES, "(SitesItem, ShelfItem, ProductsItem)\n", DELETED
    ),
    Mutant(
        "pending import jobs remain",
        STORE,
        "return self._purge_table(\n"
        "            JobsItem, item_keys.PENDING_JOBS, deadline, pending\n"
        "        ) and self",
        "return pending is not None and self",
        DELETED,
    ),
    Mutant(
        "rows of the sandbox site remain",
        STORE,
        "site_ids = (site_id, sandbox_id_of(site_id))",
        "site_ids = (site_id,)",
        DELETED,
    ),
    Mutant(
        "only the first batch of rows is purged",
        STORE,
        "                    if deadline.is_over:\n                        return False",
        "                    return True",
        f"{PURGE_TESTS}::test_all_rows_are_purged_in_one_run_with_enough_time",
    ),
    Mutant(
        "purge ignores its deadline",
        STORE,
        "                    if deadline.is_over:",
        "                    if not table:",
        f"{PURGE_TESTS}::test_purge_stops_when_its_time_is_over",
    ),
    Mutant(
        "rows written after the deletion are not purged",
        PURGE,
        "if self.clock.now() - deletion.due_at >= DELETION_GRACE:",
        "if deletion:",
        f"{OFFBOARDING_TESTS}::test_rows_written_after_the_deletion_are_purged",
    ),
    Mutant(
        "secret that was never connected remains",
        PURGE,
        "self.accounts.delete_secret(secret.subject)",
        "self.outbox.remove(Task.SECRET_DELETION, secret.subject)",
        f"{OFFBOARDING_TESTS}::test_unconnected_secret_is_deleted_after_an_hour",
    ),
    Mutant(
        "secret of a deleted connection remains",
        "functions/site/app.py",
        "    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)\n",
        "",
        f"{OFFBOARDING_TESTS}::test_deleted_credentials_keep_products_until_they_expire",
    ),
    Mutant(
        "API key created during site deletion remains valid",
        STORE,
        "transaction.delete(site, condition=is_unchanged(SiteItem.version, site.version))",
        "transaction.delete(site)",
        f"{NO_ACTIVE_KEY}[ended-live]",
    ),
    Mutant(
        "former owner deletes the site of the new owner",
        STORE,
        "            raise ApiKeyRejected\n",
        "            pass\n",
        f"{CONFLICT_TESTS}::test_deletion_by_the_former_owner_keeps_the_new_owners_site[ended]",
    ),
)
