"""The items of the service itself: its switches, and the last run of the planner."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import QuotasTableItem, SitesItem


class SwitchItem(SitesItem, discriminator="switch"):
    """A switch that is on. Both have the same partition; the sort key is the switch."""

    since = NumberAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute()


class PlannerRunItem(QuotasTableItem):
    """The last finished run of the planner."""

    started_at = NumberAttribute()
    finished_at = NumberAttribute()
    planned = NumberAttribute()
