"""Who leaves is gone: flaws that leave something behind, or take too much along."""

from tests.mutation.mutant import LAYER, Flaw

APP = "functions/offboarding/app.py"
WORKER = "functions/purge_deleted_sites/app.py"
STORE = f"{LAYER}/storage/site_deletions.py"
LEAVING = "tests/integration/api/test_offboarding.py"
ERASURE = "tests/integration/sync/test_purge_deleted_sites.py"
GONE = f"{LEAVING}::test_everything_is_gone"
RACES = "tests/integration/keys/test_api_key_conflicts.py::test_a_site_that_left_has_no_key"
TABLES = "(SitesItem, ShelfItem, ProductsItem, JobsItem)\n"

FLAWS = (
    Flaw(
        "leaving is not confirmed",
        APP, "if query.confirm.strip().casefold() != site.host.casefold():", "if query is None:",
        f"{LEAVING}::test_leaving_wants_the_host_name_and_says_so",
    ),
    Flaw(
        "the sandbox may leave",
        APP, "    if is_test(site.site_id):", "    if is_test(site.host):",
        f"{LEAVING}::test_the_sandbox_does_not_leave",
    ),
    Flaw(
        "secrets stay for the worker",
        APP, "    deps.forget(secret_ids, lambda: request.seconds_left)\n", "", GONE,
    ),
    Flaw(
        "keys of who left go on",
        STORE, "                    delete_key(transaction, item)",
        "                    transaction.delete(item)", GONE,
    ),
    Flaw(
        "test keys of who left go on",
        STORE, "        items += SitesItem.query(twin_of(site_id), consistent_read=True)\n", "",
        GONE,
    ),
    Flaw("shelves stay", STORE, TABLES, "(SitesItem, ProductsItem, JobsItem)\n", GONE),
    Flaw("products stay", STORE, TABLES, "(SitesItem, ShelfItem, JobsItem)\n", GONE),
    Flaw("jobs stay", STORE, TABLES, "(SitesItem, ShelfItem, ProductsItem)\n", GONE),
    Flaw(
        "the sandbox's rows stay",
        STORE, "for partition in (site_id, twin_of(site_id))", "for partition in (site_id,)", GONE,
    ),
    Flaw(
        "only the first rows are erased",
        STORE, "                    if not may_go_on():\n                        return False",
        "                    return True",
        f"{ERASURE}::test_all_rows_go_in_one_round_if_there_is_time",
    ),
    Flaw(
        "the worker does not look at its time",
        STORE, "                    if not may_go_on():", "                    if not table:",
        f"{ERASURE}::test_a_round_ends_when_its_time_does",
    ),
    Flaw(
        "what was under way is not swept",
        WORKER, "if deps.clock.now() - leaving.left_at >= ECHO:", "if leaving:",
        f"{LEAVING}::test_what_was_under_way_is_swept_too",
    ),
    Flaw(
        "a secret that nobody connected stays",
        WORKER, "    deps.vault.forget(secret_id)\n", "",
        f"{LEAVING}::test_a_secret_that_nobody_connected_is_deleted_in_an_hour",
    ),
    Flaw(
        "a disconnected secret stays",
        "functions/site/app.py", "deps.forget(", "str(",
        f"{LEAVING}::test_forgotten_keys_leave_the_products_until_they_expire",
    ),
    Flaw(
        "a key that is made while its site leaves goes on",
        STORE, "transaction.delete(site, condition=unchanged(SiteItem.version, site.version))",
        "transaction.delete(site)", f"{RACES}[ended-live]",
    ),
    Flaw(
        "a former owner takes the new one along",
        STORE, "            raise ApiKeyRejected\n", "            pass\n",
        "tests/integration/keys/test_api_key_conflicts.py::"
        "test_who_leaves_does_not_take_the_new_owner_along[ended]",
    ),
)  # fmt: skip
