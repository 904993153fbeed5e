"""Lists: searches under a name, of which the price sync refreshes the results.

Each list is one shelf. Its slots are the results in Amazon's order. All pages of the search
are requested one after another and published together, so that pages of two refreshes never mix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest
from amzlinkr.domain.products import Kind, Product

MAX_LIST_SIZE = 30
DEFAULT_LIST_SIZE = 10
_NAME = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


class ListLimitReached(AmzlinkrError):
    """A new list of a site with its maximum number of lists."""

    status = 409
    code = "list_limit_reached"
    title = "The site has reached its list limit"
    default_action = "Delete a list that you no longer show (DELETE /v1/lists/{name}), then repeat."


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """The name of a list, its search without a page, and the maximum number of its products."""

    name: str
    search: Search
    size: int = DEFAULT_LIST_SIZE

    @property
    def calls(self) -> int:
        """Return the number of SearchItems calls of one refresh, at most."""
        return -(-self.size // RESULTS_PER_PAGE)


@dataclass(frozen=True, slots=True)
class ListProblem:
    """The reason why Amazon refuses the search of a list, since its last refresh."""

    code: str
    detail: str
    action: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as stored for a site.

    Without results yet, and when they have expired, `observed_at` is None and there are no items. A
    search that found nothing has a time and no items. A removed list has no definition.
    """

    name: str
    marketplace: str
    definition: ListDefinition | None
    items: tuple[Product, ...] = ()
    observed_at: datetime | None = None
    seq: int = 0
    kind: Kind = "list"

    @property
    def removed(self) -> bool:
        """Return True for the tombstone of a removed list."""
        return self.kind == "list_removed"


def is_list_name(text: str) -> bool:
    """Return True if a list can have this name."""
    return _NAME.fullmatch(text) is not None


def check_list_name(text: str) -> str:
    """Return the name of a list. Raises `InvalidRequest`."""
    if not is_list_name(text):
        raise InvalidRequest(
            "name",
            "This is not the name of a list.",
            "Use 1 to 64 lowercase letters, digits, and hyphens, for example best-grinders.",
        )
    return text
