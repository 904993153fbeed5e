"""Errors of the products that a request names."""

from __future__ import annotations

from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest


class ShortLink(InvalidRequest):
    """A short link, such as https://amzn.to/…, instead of the URL of a product page."""

    code = "short_link"
    title = "Short links are not supported"
    default_action = "Open the link in a browser and paste the URL of the product page."

    def __init__(self, field: str) -> None:
        super().__init__(field, "The service does not follow short links.")


class NotAccessible(AmzlinkrError):
    """A product that Amazon shows on its own pages only."""

    status = 404
    code = "not_accessible"
    title = "Amazon does not provide this product through its API"
    default_action = "Choose another product. This product is available only on Amazon's own pages."
