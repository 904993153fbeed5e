"""Errors of the products that a request names."""

from __future__ import annotations

from amzlinkr.domain.errors import InvalidRequest


class ShortLink(InvalidRequest):
    """A short link, such as https://amzn.to/…, instead of the URL of a product page."""

    code = "short_link"
    title = "Short links are not supported"
    default_action = "Open the link in a browser and paste the URL of the product page."

    def __init__(self, field: str) -> None:
        super().__init__(field, "The service does not follow short links.")
