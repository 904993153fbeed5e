"""Mutants of removals of several products with one request."""

from tests.mutation.mutant import LAYER, Mutant

DOMAIN = f"{LAYER}/domain/removals.py"
STORE = f"{LAYER}/storage/product_removals.py"
SERVICE = f"{LAYER}/services/removals.py"
SHELF_TESTS = "tests/unit/domain/test_removals.py"
STORE_TESTS = "tests/unit/storage/test_product_removals.py"
SERVICE_TESTS = "tests/unit/services/test_removals.py"
API_TESTS = "tests/integration/api/test_removal_of_several.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a transaction of a removal has more items than DynamoDB accepts",
        STORE,
        "if items <= MAX_TRANSACTION_ITEMS:",
        "if items:",
        f"{STORE_TESTS}::test_hundred_products_of_ten_shelves_take_four_transactions",
    ),
    Mutant(
        "products are removed without regard to their shelves",
        STORE,
        "    held.sort(key=lambda item: first[item.shelf_id])\n",
        "    held.sort(key=lambda item: item.sk[::-1])\n",
        f"{STORE_TESTS}::test_hundred_products_of_ten_shelves_take_four_transactions",
    ),
    Mutant(
        "a removal reads the feed after the shelves",
        STORE,
        "removed=names, moved=moved, feed=feed)",
        "removed=names, moved=moved, feed=read_feed_state(site_id))",
        f"{API_TESTS}::test_concurrent_import_keeps_the_shelves_full",
    ),
    Mutant(
        "shelves with free slots remain after a removal",
        DOMAIN,
        "for _ in range(maximum):",
        "for _ in range(1):",
        f"{STORE_TESTS}::test_products_of_many_shelves_fill_the_fewest_shelves",
    ),
    Mutant(
        "a removal moves more products than needed",
        DOMAIN,
        "source, target = by_size[0], by_size[-1]",
        "source, target = by_size[-1], by_size[0]",
        f"{SHELF_TESTS}::test_fewest_products_move",
    ),
    Mutant(
        "a removal continues after its deadline",
        SERVICE,
        "if left and not deadline.allows(MIN_TRANSACTION_SECONDS):",
        "if left and deadline.is_over:",
        f"{SERVICE_TESTS}::test_request_ends_at_its_deadline_and_can_be_repeated",
    ),
    Mutant(
        "several removals of a sandbox count as one",
        SERVICE,
        "limit, events = self.limits.removals_of_sandbox, count",
        "limit, events = self.limits.removals_of_sandbox, 1",
        f"{SERVICE_TESTS}::test_each_product_of_a_sandbox_counts",
    ),
    Mutant(
        "a site without access removes any number of products",
        SERVICE,
        "limit, events = self.limits.calls_without_access, count - 1",
        "return",
        f"{SERVICE_TESTS}::test_further_products_of_a_site_without_access_count_as_calls",
    ),
    Mutant(
        "a request that removes only a part is a success",
        SERVICE,
        "        while left:\n",
        "        if left:\n",
        f"{API_TESTS}::test_products_are_removed_in_parts",
    ),
)
