"""The items of secrets: their counts, and their ciphertexts."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import QuotasTableItem, SitesItem


class SecretItem(SitesItem, discriminator="secret"):
    """A secret by its name: the Amazon account for which it is counted."""

    account_key = UnicodeAttribute()


class CiphertextItem(SitesItem, discriminator="ciphertext"):
    """A version of an encrypted secret; the sort key is the version, the text is Base64."""

    ciphertext = UnicodeAttribute()
    stored_at = NumberAttribute()


class SecretCountItem(QuotasTableItem):
    """The number of secrets of one Amazon account, or of all accounts."""

    used = NumberAttribute(null=True)
