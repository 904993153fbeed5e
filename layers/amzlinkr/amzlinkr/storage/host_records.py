"""The items of the sites table about hosts: their owners, sites, and suspensions."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from amzlinkr.storage.records import SitesItem


class HostItem(SitesItem, discriminator="host"):
    """The site that owns a host, port and path, and the sign-up that claimed it last."""

    site_id = UnicodeAttribute(null=True)
    signup_id = UnicodeAttribute(null=True)


class HostSiteItem(SitesItem, discriminator="host_site"):
    """A site of a host, on any port and path. The sort key is the site ID."""


class SuspensionItem(SitesItem, discriminator="suspension"):
    """The suspension of a host, with all its ports and paths. It outlasts the host's sites."""

    suspended_at = NumberAttribute()
