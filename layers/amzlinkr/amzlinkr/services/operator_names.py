"""Names of sites in the operator's commands: the ID or the URL of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amzlinkr.domain.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from amzlinkr.domain.sites import Site
    from amzlinkr.storage.sites import SiteStore

_LIST_SITES = "Check the ID. The command `sites` lists all sites."


def require_site(sites: SiteStore, site_id: str) -> Site:
    """Return a site by the ID that an operator entered, which need not have existed.

    Raises:
        NotFound: No site has this ID.
    """
    site = sites.get(site_id)
    if site is None:
        raise NotFound("No site has this ID.", _LIST_SITES)
    return site


def require_url(name: str) -> str:
    """Return a name that is not an ID, if it can be a URL.

    Raises:
        InvalidRequest: It has no scheme.
    """
    if "://" not in name:
        raise InvalidRequest(
            "site",
            f"{name!r} is neither a site ID nor a URL.",
            "Give an ID (site_…), or a URL that begins with https://.",
        )
    return name
