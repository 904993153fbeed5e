"""Errors of the products that a request names."""

from amzlinkr.domain.product_errors import NotAccessible, ShortLink


def test_short_link_names_its_field_and_the_way_out() -> None:
    error = ShortLink("items[3]")

    assert (error.code, error.status, error.field) == ("short_link", 422, "items[3]")
    assert error.detail == "The service does not follow short links."
    assert error.action == "Open the link in a browser and paste the URL of the product page."
    assert error.retryable is False


def test_product_that_only_amazons_pages_show_is_final() -> None:
    assert (NotAccessible.code, NotAccessible.status) == ("not_accessible", 404)
    assert NotAccessible("…").retryable is False
