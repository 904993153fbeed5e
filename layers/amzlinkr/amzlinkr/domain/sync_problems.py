"""Problems of connections that keep the price sync from refreshing products and lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotConnected
from amzlinkr.domain.sites import Site


@dataclass(frozen=True, slots=True)
class SyncProblem:
    """The reason why the price sync refreshes nothing in a marketplace, and what to do."""

    code: str
    action: str


def sync_problems(site: Site, marketplace_codes: Iterable[str]) -> dict[str, SyncProblem]:
    """Return the problems by marketplace code, of connections and of marketplaces with shelves."""
    codes = {*site.connections, *marketplace_codes}
    found = {code: _problem_of(site.connections.get(code)) for code in sorted(codes)}
    return {code: problem for code, problem in found.items() if problem}


def _problem_of(connection: Connection | None) -> SyncProblem | None:
    if connection is None:
        return SyncProblem(NotConnected.code, NotConnected.default_action)
    if connection.is_link_only:
        return SyncProblem(AmazonNoCredentials.code, AmazonNoCredentials.default_action)
    problem = connection.problem
    return SyncProblem(problem.code, problem.action) if problem else None
