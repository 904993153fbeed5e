"""Response types about lists: what of a list can be absent."""

from msgspec import UNSET, structs

from amzlinkr.http.schemas.lists import ListChangeOut, ListOut


def test_entry_of_the_feed_has_the_fields_of_the_list() -> None:
    assert ListChangeOut.__struct_fields__ == ListOut.__struct_fields__


def test_only_the_times_of_a_list_can_be_absent() -> None:
    optional = [field.name for field in structs.fields(ListOut) if field.default is UNSET]

    assert optional == ["observed_at", "fresh_until"]
