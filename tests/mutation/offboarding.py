"""Who leaves is gone: flaws that leave something behind, or take too much along."""

from tests.mutation.mutant import LAYER, Mutant

APP = "functions/offboarding/app.py"
WORKER = "functions/purge_deleted_sites/app.py"
STORE = f"{LAYER}/storage/site_deletions.py"
SITE_DELETION = "tests/integration/api/test_offboarding.py"
ERASURE = "tests/integration/sync/test_purge_deleted_sites.py"
GONE = f"{SITE_DELETION}::test_deletion_revokes_access_and_purges_every_row"
RACES = "tests/integration/keys/test_api_key_conflicts.py::test_deleted_site_has_no_active_api_key"
SITE_TABLES = "(SitesItem, ShelfItem, ProductsItem, JobsItem)\n"

FLAWS = (
    Mutant(
        "leaving is not confirmed",
        APP, "if query.confirm.strip().casefold() != site.host.casefold():", "if query is None:",
        f"{SITE_DELETION}::test_site_deletion_requires_the_host_name",
    ),
    Mutant(
        "the sandbox may leave",
        APP, "    if is_sandbox(site.site_id):", "    if is_sandbox(site.host):",
        f"{SITE_DELETION}::test_sandbox_site_cannot_be_deleted",
    ),
    Mutant(
        "secrets stay for the worker",
        APP, "    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)\n", "", GONE,
    ),
    Mutant(
        "keys of who left go on",
        STORE, "                    delete_api_key(transaction, item)",
        "                    transaction.delete(item)", GONE,
    ),
    Mutant(
        "test keys of who left go on",
        STORE, "        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)\n", "",
        GONE,
    ),
    Mutant("shelves stay", STORE, SITE_TABLES, "(SitesItem, ProductsItem, JobsItem)\n", GONE),
    Mutant("products stay", STORE, SITE_TABLES, "(SitesItem, ShelfItem, JobsItem)\n", GONE),
    Mutant("jobs stay", STORE, SITE_TABLES, "(SitesItem, ShelfItem, ProductsItem)\n", GONE),
    Mutant(
        "the sandbox's rows stay",
        STORE, "for partition in (site_id, sandbox_id_of(site_id))", "for partition in (site_id,)", GONE,
    ),
    Mutant(
        "only the first rows are erased",
        STORE, "                    if not deadline.remaining():\n                        return False",
        "                    return True",
        f"{ERASURE}::test_all_rows_are_purged_in_one_run_with_enough_time",
    ),
    Mutant(
        "the worker does not look at its time",
        STORE, "                    if not deadline.remaining():", "                    if not table:",
        f"{ERASURE}::test_purge_stops_when_its_time_is_over",
    ),
    Mutant(
        "what was under way is not swept",
        WORKER, "if deps.clock.now() - deletion.due_at >= DELETION_GRACE:", "if deletion:",
        f"{SITE_DELETION}::test_rows_written_after_the_deletion_are_purged",
    ),
    Mutant(
        "a secret that nobody connected stays",
        f"{LAYER}/services/amazon_accounts.py", "        self.vault.delete(secret_id)\n", "",
        f"{SITE_DELETION}::test_unconnected_secret_is_deleted_after_an_hour",
    ),
    Mutant(
        "a disconnected secret stays",
        "functions/site/app.py",
        "    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)\n", "",
        f"{SITE_DELETION}::test_deleted_credentials_keep_products_until_they_expire",
    ),
    Mutant(
        "a key that is made while its site leaves goes on",
        STORE, "transaction.delete(site, condition=is_unchanged(SiteItem.version, site.version))",
        "transaction.delete(site)", f"{RACES}[ended-live]",
    ),
    Mutant(
        "a former owner takes the new one along",
        STORE, "            raise ApiKeyRejected\n", "            pass\n",
        "tests/integration/keys/test_api_key_conflicts.py::"
        "test_deletion_by_the_former_owner_keeps_the_new_owners_site[ended]",
    ),
)  # fmt: skip
