"""Mutants of lists: mixed pages, lost entries, wrong limits, and content that stays too long."""

from tests.mutation.mutant import LAYER, Mutant

DOMAIN = f"{LAYER}/domain/list_refresh.py"
WRITER = f"{LAYER}/storage/list_writer.py"
REFRESH_TESTS = "tests/unit/domain/test_list_refresh.py"
WRITER_TESTS = "tests/unit/storage/test_list_writer.py"
SEARCH_TESTS = "tests/unit/services/test_list_searches.py"
SEARCHES = f"{LAYER}/services/list_searches.py"
SERVICE = f"{LAYER}/services/lists.py"
SERVICE_TESTS = "tests/unit/services/test_lists.py"
PRODUCTS = f"{LAYER}/storage/products.py"
READ_TESTS = "tests/unit/storage/test_list_reads.py"
API_TESTS = "tests/integration/api/test_lists.py"
REFUSAL_TEST = (
    "tests/integration/sync/test_list_refresh.py"
    "::test_search_that_amazon_refuses_is_shown_until_it_succeeds"
)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "time of a list is read before the clock is corrected",
        SEARCHES,
        "at = pages[0].requested_at or began_at",
        "at = began_at",
        f"{SEARCH_TESTS}::test_list_has_the_time_of_its_first_call",
    ),
    Mutant(
        "changed list is no longer overdue",
        DOMAIN,
        "due_at = min(shelf.due_at, now)",
        "due_at = now",
        f"{REFRESH_TESTS}::test_changed_list_is_due_by_now",
    ),
    Mutant(
        "changed lists use the calls that are reserved for prices",
        SERVICE,
        "calls_this_run(budget, now, Priority.IMPORT)",
        "calls_this_run(budget, now)",
        f"{SERVICE_TESTS}::test_list_that_cannot_be_refreshed_now_is_stored_and_due",
    ),
    Mutant(
        "removed lists fill the pages of the feed",
        PRODUCTS,
        'isinstance(row, ListItem) and row.kind == "list"',
        "isinstance(row, ListItem)",
        f"{READ_TESTS}::test_page_of_the_feed_has_twelve_lists_and_any_number_of_removed_ones",
    ),
    Mutant(
        "a product stands twice in a list",
        DOMAIN,
        "            by_asin.setdefault(product.asin, product)\n",
        "            by_asin[f'{product.asin} {len(by_asin)}'] = product\n",
        f"{SEARCH_TESTS}::test_product_that_moves_between_two_calls_stands_once",
    ),
    Mutant(
        "results of a replaced search are stored",
        DOMAIN,
        "    if shelf.definition != requested.definition:\n        return None\n",
        "",
        f"{REFRESH_TESTS}::test_results_of_another_definition_are_dropped",
    ),
    Mutant(
        "an older response overwrites a newer one",
        DOMAIN,
        "shelf.has_results and shelf.observed_at > results.requested_at",
        "False",
        f"{REFRESH_TESTS}::test_older_response_is_dropped",
    ),
    Mutant(
        "a superseded refresh ends the newer lease",
        DOMAIN,
        "    if shelf.lease == requested.lease:\n",
        "    if True:\n",
        f"{REFRESH_TESTS}::test_superseded_lease_keeps_the_due_time_and_the_newer_lease",
    ),
    Mutant(
        "another search keeps the results",
        DOMAIN,
        "shelf.definition.search == definition.search",
        "True",
        f"{REFRESH_TESTS}::test_only_another_search_drops_the_results",
    ),
    Mutant(
        "items of a list have the times of their pages",
        f"{LAYER}/services/list_searches.py",
        "tuple(replace(item, observed_at=at) for item in items)",
        "items",
        f"{SEARCH_TESTS}::test_calls_end_with_the_size_or_with_the_results",
    ),
    Mutant(
        "a site may have one list more than its limit",
        WRITER,
        "if before is None and len(lists) >= maximum:",
        "if before is None and len(lists) > maximum:",
        f"{WRITER_TESTS}::test_limit_counts_the_lists_of_all_marketplaces",
    ),
    Mutant(
        "two new lists at the same time exceed the limit",
        WRITER,
        "                write = replace(self._definition_write(before, shelf), feed=feed)\n",
        "                write = self._definition_write(before, shelf)\n",
        f"{WRITER_TESTS}::test_two_new_lists_do_not_exceed_the_limit[3]",
    ),
    Mutant(
        "the details of a product that left a list stay",
        WRITER,
        "None if stored == new else details",
        "None if stored.items() >= new.items() else details",
        f"{WRITER_TESTS}::test_details_of_a_product_that_left_are_deleted",
    ),
    Mutant(
        "a list that moved leaves its shelf in the other marketplace",
        WRITER,
        "            return ProductWrite(read, [*left, shelf], ",
        "            return ProductWrite(read, [shelf], ",
        f"{WRITER_TESTS}::test_another_marketplace_leaves_nothing_behind",
    ),
    Mutant(
        "a list without results is not due again",
        f"{LAYER}/domain/shelves.py",
        "return bool(self.slots) or self.definition is not None",
        "return bool(self.slots)",
        f"{WRITER_TESTS}::test_new_list_is_published_and_due",
    ),
    Mutant(
        "the planner counts a list as one call",
        f"{LAYER}/domain/planning.py",
        "        calls -= shelf.calls\n",
        "        calls -= 1\n",
        "tests/integration/sync/test_list_refresh.py::test_planner_counts_the_calls_of_a_list",
    ),
    Mutant(
        "a list needs all its calls in one run",
        f"{LAYER}/domain/planning.py",
        "        if calls <= 0:\n            break\n        selected",
        "        if calls < shelf.calls:\n            break\n        selected",
        "tests/integration/sync/test_list_refresh.py::test_planner_counts_the_calls_of_a_list",
    ),
    Mutant(
        "a torn read of a list is shown",
        f"{LAYER}/storage/list_reads.py",
        "        return read == [(slot.asin, slot.fingerprint) for slot in self.shelf.slots]\n",
        "        return bool(read) or not self.shelf.slots\n",
        "tests/integration/sync/test_torn_list_reads.py"
        "::test_list_read_during_a_change_is_consistent[changes, other_prices]",
    ),
    Mutant(
        "products of lists count as products of the site",
        f"{LAYER}/domain/product_counts.py",
        "    own = [shelf for shelf in shelves if shelf.definition is None]\n",
        "    own = list(shelves)\n",
        f"{API_TESTS}::test_list_is_filled_without_a_run_of_the_planner",
    ),
    Mutant(
        "a page of the feed has any size",
        f"{LAYER}/http/presenters/pages.py",
        "if not n or size <= MAX_PAGE_BYTES",
        "if size",
        f"{API_TESTS}::test_pages_are_cut_by_their_size",
    ),
    Mutant(
        "a simulated limit of a sandbox fails the worker",
        f"{LAYER}/services/shelf_refresher.py",
        "NotFound, RateLimited, SiteSuspended) as error",
        "NotFound, SiteSuspended) as error",
        "tests/integration/sync/test_list_refresh.py::test_simulated_problem_of_a_sandbox_is_retried",
    ),
    Mutant(
        "the refusal of a list's search is not stored",
        f"{LAYER}/services/shelf_refresher.py",
        "self.release(with_problem(shelf, error, now), ",
        "self.release(shelf, ",
        REFUSAL_TEST,
    ),
    Mutant(
        "the refusal of a list's search stays after a success",
        DOMAIN,
        "has_results=True, problem=None",
        "has_results=True",
        REFUSAL_TEST,
    ),
    Mutant(
        "another search keeps the refusal of the former one",
        DOMAIN,
        "problem=kept.problem if is_same_search else None,",
        "problem=kept.problem,",
        f"{REFRESH_TESTS}::test_another_search_drops_the_problem",
    ),
)
