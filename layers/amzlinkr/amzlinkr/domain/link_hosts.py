"""The hosts of links: Amazon's stores and short links, and hosts that wrap the links of others."""

from __future__ import annotations

import re

from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace, marketplace_of_host

SHORT_LINK_HOSTS = (
    "amzn.to", "amzn.eu", "amzn.asia", "amzn.in", "amzn.ae", "a.co", "link.amazon", "amzlink.to",
    "amazon.app.link",
)  # fmt: skip
"""Amazon's hosts of short links, as of 2026. Their subdomains are short links too."""
US_HOST = "amzn.com"
"""A second name of amazon.com. Its paths without an ASIN are short links."""
_REDIRECT_HOSTS = (
    "l.facebook.com", "lm.facebook.com", "l.instagram.com", "l.messenger.com", "l.threads.net",
    "out.reddit.com", "t.umblr.com", "slack-redir.net", "safelinks.protection.outlook.com",
    "duckduckgo.com", "youtube.com", "linkedin.com", "vk.com",
)  # fmt: skip
"""Hosts of search engines, social networks, and mail that wrap the links on their pages."""
_SEARCH_HOST = re.compile(r"(?:[a-z]{1,20}\.)?google\.(?:com|(?:com?\.)?[a-z]{2})")


def is_at(host: str, domain: str) -> bool:
    """Return True for a domain and its subdomains."""
    return host == domain or host.endswith(f".{domain}")


def marketplace_of_link(host: str) -> Marketplace | None:
    """Return the marketplace of a host with any subdomain, which only Amazon can create."""
    if is_at(host, US_HOST):
        return MARKETPLACES["US"]
    if is_at(host, "amazon.jp"):  # leads to amazon.co.jp
        return MARKETPLACES["JP"]
    labels = host.split(".")
    domains = (".".join(labels[-count:]) for count in (2, 3))
    return next(filter(None, map(marketplace_of_host, domains)), None)


def wraps_links(host: str) -> bool:
    """Return True for hosts that show links to other sites as redirects of their own."""
    is_search = _SEARCH_HOST.fullmatch(host) is not None
    return is_search or any(is_at(host, name) for name in _REDIRECT_HOSTS)
