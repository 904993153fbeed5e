"""Counts of sites and connections, complete and extrapolated."""

from dataclasses import replace

import pytest

from amzlinkr.domain.connections import State
from amzlinkr.domain.operator_views import SiteCounts
from tests.stored_sites import connection


def counted() -> SiteCounts:
    counts = SiteCounts(rows_read=10, rows_total=10)
    counts.add_site("site_a", is_suspended=False)
    counts.add_site("site_b", is_suspended=True)
    counts.add_site("test_a", is_suspended=False)
    for state in (State.VALID, State.VALID, State.RETIRED):
        counts.add_connection(replace(connection(), state=state))
    return counts


def test_sites_are_counted_by_kind_and_connections_by_state() -> None:
    counts = counted()

    assert (counts.live, counts.sandbox, counts.suspended) == (2, 1, 1)
    assert counts.connections == {"valid": 2, "retired": 1}
    assert not counts.is_estimate


@pytest.mark.parametrize(("rows", "factor"), [(20, 2), (1_000, 100)])
def test_counts_of_a_part_are_extrapolated_to_all_rows(rows: int, factor: int) -> None:
    estimate = counted().extrapolated(rows)

    assert (estimate.live, estimate.sandbox, estimate.suspended) == (2 * factor, factor, factor)
    assert estimate.connections == {"valid": 2 * factor, "retired": factor}
    assert (estimate.rows_read, estimate.rows_total, estimate.is_estimate) == (10, rows, True)
