"""Counts of stored secrets after a restore: they are what is stored, and limits hold again."""

from collections.abc import Callable

import pytest

from tests.calls import run_purge
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration.api.test_connection_limits import counts
from tests.integration.faults.drill import (
    QUOTAS,
    Drill,
    create_table,
    lose,
    rows_of,
    table_properties,
)
from tests.limits import with_limits
from tests.site_client import Site

Change = Callable[[Site, Site], None]


def connect(_site: Site, other: Site) -> None:
    assert other.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200


def disconnect(site: Site, _other: Site) -> None:
    assert site.delete("/v1/connections/US").status == 204


def stored_secrets() -> int:
    return sum(row["type"]["S"] == "secret" for row in rows_of("SitesTable"))


def total(drill: Drill) -> int:
    return counts(drill.deps).get("secrets#all", 0)


@pytest.mark.parametrize("left_out", ["nothing", "count-secrets"])
@pytest.mark.parametrize("change", [connect, disconnect])
def test_counts_after_a_restore_of_the_sites(
    change: Change, left_out: str, drill: Drill, site: Site
) -> None:
    other = Site.sign_up(drill.deps, "other@example.com", "/other")
    drill.snapshot()
    drill.clock.advance(minutes=10)
    change(site, other)
    drill.stop_changes()
    drill.copy_restored()
    if left_out == "nothing":
        assert drill.operate("count-secrets")
    drill.accept_changes()

    assert stored_secrets() == 1
    assert (total(drill) == 1) is (left_out == "nothing")
    disconnect(site, other)
    drill.clock.advance(hours=2)
    run_purge(drill.deps)
    assert stored_secrets() == 0
    assert (counts(drill.deps) == {}) is (left_out == "nothing" or change is disconnect)


@pytest.mark.parametrize("left_out", ["nothing", "count-secrets"])
def test_limit_holds_after_the_loss_of_the_quotas_table(
    left_out: str, drill: Drill, site: Site
) -> None:
    lose(QUOTAS)
    create_table(QUOTAS, table_properties()[QUOTAS])
    if left_out == "nothing":
        drill.stop_changes()
        assert drill.operate("count-secrets")
        drill.accept_changes()
    limited = with_limits(drill.deps, connections=1)
    new = Site.sign_up(limited, "new@example.com", "/new")

    status = new.connect(ACCESS_KEY, SECRET_KEY, TAG).status

    assert status == (409 if left_out == "nothing" else 200)


def test_counts_after_a_deletion_without_a_recount_are_not_negative(
    drill: Drill, site: Site
) -> None:
    lose(QUOTAS)
    create_table(QUOTAS, table_properties()[QUOTAS])

    disconnect(site, site)

    assert (stored_secrets(), counts(drill.deps)) == (0, {})
