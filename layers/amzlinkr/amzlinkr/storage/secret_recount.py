"""The recount of stored secrets, after a table was lost or restored without the other.

The secrets are items of the sites table, which has backups; their counts are in the quotas table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.secret_records import SecretCountItem, SecretItem


@dataclass(frozen=True, slots=True)
class SecretRecount:
    """The number of secrets of all accounts, and of counts that were wrong."""

    secrets: int
    corrected: int


def recount_secrets() -> SecretRecount:
    """Set each count to the number of its secrets. Scans both tables.

    No secret may be stored or deleted at the same time. Raises `StoreUnavailable`.
    """
    with store_errors():
        accounts = Counter(item.account_key for item in SecretItem.scan(consistent_read=True))
        total = accounts.total()
        expected = {item_keys.secret_count(name): number for name, number in accounts.items()}
        expected[item_keys.secret_count(item_keys.ALL_SECRETS)] = total
        is_count = SecretCountItem.pk.startswith(item_keys.secret_count(""))
        found = SecretCountItem.scan(is_count, consistent_read=True)
        stored = {item.pk: int(item.used or 0) for item in found}
        wrong = [pk for pk in {**stored, **expected} if stored.get(pk, 0) != expected.get(pk, 0)]
        for pk in wrong:
            SecretCountItem(pk).update([SecretCountItem.used.set(expected.get(pk, 0))])
    return SecretRecount(total, len(wrong))
