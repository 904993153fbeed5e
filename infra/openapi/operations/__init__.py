"""Operations of the API: input, responses, and the problems that are specific to each."""

from infra.openapi.operations.accounts import ACCOUNT_OPERATIONS
from infra.openapi.operations.catalog import CATALOG_OPERATIONS
from infra.openapi.operations.documents import DOCUMENT_OPERATIONS
from infra.openapi.operations.feed import FEED_OPERATIONS
from infra.openapi.operations.keys import KEY_OPERATIONS
from infra.openapi.operations.lists import LIST_OPERATIONS
from infra.openapi.operations.products import PRODUCT_OPERATIONS
from infra.openapi.operations.sign_up import SIGN_UP_OPERATIONS
from infra.openapi.operations.sites import SITE_OPERATIONS

TAGS = {
    "Sign-up": "A site proves that it controls its host, and gets an API key.",
    "Amazon accounts": "Connections of a site to Amazon accounts, one for each marketplace, with "
    "their credentials or with an Associate tag alone.",
    "Catalog": "Live lookups at Amazon. Each call takes a request of the Amazon account.",
    "Products": "Imported products, which the price sync keeps current.",
    "Change feed": "All changes of products and lists after a cursor, gap-free; and the price "
    "sync that causes them.",
    "Lists": "Searches with results that the price sync keeps current.",
    "Site": "Settings, usage, export and deletion of the site.",
    "API keys": "API keys of the site, and its security events.",
    "Service": "Public documents about the service.",
}
"""The tags of operations with their descriptions."""
OPERATIONS = (
    *SIGN_UP_OPERATIONS,
    *ACCOUNT_OPERATIONS,
    *CATALOG_OPERATIONS,
    *PRODUCT_OPERATIONS,
    *FEED_OPERATIONS,
    *LIST_OPERATIONS,
    *SITE_OPERATIONS,
    *KEY_OPERATIONS,
    *DOCUMENT_OPERATIONS,
)
