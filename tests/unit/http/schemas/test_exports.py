"""Response types about exports."""

from amzlinkr.http.schemas.exports import ExportPage


def test_export_has_all_kinds_of_data() -> None:
    assert set(ExportPage.__struct_fields__) == {
        "site", "connections", "keys", "products", "lists", "next_cursor", "has_more",
    }  # fmt: skip
