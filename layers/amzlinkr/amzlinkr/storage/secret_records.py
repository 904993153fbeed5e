"""The items that count stored secrets. `records.py` has the other items of the two tables."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import QuotasTableItem, SitesItem


class SecretItem(SitesItem, discriminator="secret"):
    """A secret by its name: the Amazon account for which it is counted."""

    account_key = UnicodeAttribute()


class SecretCountItem(QuotasTableItem):
    """The number of secrets of one Amazon account, or of all accounts."""

    used = NumberAttribute(null=True)
