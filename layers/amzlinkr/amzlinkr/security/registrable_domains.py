"""Registrable domains: the part of a host name that its owner registered, such as example.co.uk.

The public suffix list is part of the library and is never downloaded at run time.
"""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList

from amzlinkr.security.addresses import SiteAddress


def registrable_domain_of(site: SiteAddress) -> str:
    """Return the registrable domain of a site's host.

    A host without one counts as itself, together with its port: an IP address, `localhost`, or a
    public suffix such as `github.io`.
    """
    is_name = "." in site.host and not site.host.rpartition(".")[2].isdigit()
    domain = _suffixes().privatesuffix(site.host) if is_name else None
    return domain or f"{site.host}:{site.port}"


@cache
def _suffixes() -> PublicSuffixList:
    # Once per process, on the first sign-up: the list takes 40 milliseconds to read.
    return PublicSuffixList()
