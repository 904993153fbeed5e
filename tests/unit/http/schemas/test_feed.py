"""Response types about the change feed: an entry omits what does not apply."""

from amzlinkr.http.schemas.feed import ChangeOut
from amzlinkr.http.schemas.lists import ListChangeOut
from tests.unit.http.encoding import encoded


def test_removed_product_has_no_product() -> None:
    shown = encoded(ChangeOut(asin="B000000001", marketplace="US", kind="removed"))

    assert shown == {"asin": "B000000001", "marketplace": "US", "kind": "removed"}


def test_removed_list_has_a_name_and_a_marketplace() -> None:
    removed = ListChangeOut(name="tea", marketplace="US")

    assert encoded(ChangeOut(marketplace="US", kind="list_removed", list=removed)) == {
        "marketplace": "US",
        "kind": "list_removed",
        "list": {"name": "tea", "marketplace": "US"},
    }
