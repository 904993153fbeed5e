"""Mutants of the size of pages and responses."""

from tests.mutation.mutant import LAYER, Mutant

SIZE_TESTS = "tests/unit/http/test_response_sizes.py"
BELOW_LIMIT = f"{SIZE_TESTS}::test_largest_response_is_below_the_limit_of_lambda"
PAGE_TESTS = "tests/integration/api/test_page_bytes.py"
PRODUCTS = f"{LAYER}/http/presenters/products.py"
STORE = f"{LAYER}/storage/products.py"
READER = f"{LAYER}/amazon/reader.py"
EXPORTS = f"{LAYER}/services/exports.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "page of products has any size",
        PRODUCTS,
        "    return fit_page([product_out(product, now, partner_tags) for product in products])\n",
        "    return [product_out(product, now, partner_tags) for product in products]\n",
        BELOW_LIMIT,
    ),
    Mutant(
        "page of a job has any size",
        PRODUCTS,
        "    fitting, size = fit_page(results), 0\n",
        "    fitting, size = list(results), 0\n",
        BELOW_LIMIT,
    ),
    Mutant(
        "products after a page that is cut are skipped",
        STORE,
        "        if count >= len(shown):\n            return self.next_key\n",
        "        if shown:\n            return self.next_key\n",
        f"{PAGE_TESTS}::test_every_product_is_in_one_page",
    ),
    Mutant(
        "large products are read to the limit of each page",
        STORE,
        "if is_full or number >= MAX_ROWS or size >= MAX_READ_BYTES:",
        "if is_full or number >= MAX_ROWS:",
        "tests/unit/storage/test_products.py::"
        "test_page_ends_when_its_details_are_as_long_as_a_page",
    ),
    Mutant(
        "export continues after the products that were read",
        EXPORTS,
        "        if products < len(self.products):\n",
        "        if products < 0:\n",
        f"{PAGE_TESTS}::test_every_product_and_list_is_in_one_page_of_an_export",
    ),
    Mutant(
        "export continues after the lists that were read",
        EXPORTS,
        "        if lists < len(self.lists):\n",
        "        if lists < 0:\n",
        f"{PAGE_TESTS}::test_every_product_and_list_is_in_one_page_of_an_export",
    ),
    Mutant(
        "attributes of variations have any number of values",
        READER,
        "(shape.values or ())[:MAX_DIMENSION_VALUES])",
        "(shape.values or ()))",
        BELOW_LIMIT,
    ),
    Mutant(
        "categories have any number of children",
        READER,
        "(node.children or ())[:MAX_CHILDREN]",
        "(node.children or ())[:2_000]",
        BELOW_LIMIT,
    ),
)
