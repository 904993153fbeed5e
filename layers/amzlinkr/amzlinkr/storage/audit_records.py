"""The items of the audit log in the sites table."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import SitesItem


class AuditEventItem(SitesItem, discriminator="audit_event"):
    """A security event, in the partition of its site's audit log. The sort key begins with `at`."""

    event = UnicodeAttribute()
    actor = UnicodeAttribute()
    detail = UnicodeAttribute()
    at = NumberAttribute()
    expires = NumberAttribute()
