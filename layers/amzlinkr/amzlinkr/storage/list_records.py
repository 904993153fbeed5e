"""The items of lists in the products table."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import ProductsItem


class ListItem(ProductsItem, discriminator="list"):
    """The fast-changing part of a list: its sequence number in the feed, and packed offers."""

    seq = NumberAttribute()
    kind = UnicodeAttribute()
    marketplace = UnicodeAttribute()
    offers = BinaryAttribute(null=True, legacy_encoding=False)
    expires = NumberAttribute(null=True)


class ListDetailsItem(ProductsItem, discriminator="list_details"):
    """The slow-changing part of a list: the packed details of its products by ASIN."""

    details = BinaryAttribute(legacy_encoding=False)
