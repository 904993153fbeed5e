"""Response types about the price sync and limits: members that are present only if they apply."""

import msgspec

from amzlinkr.http.schemas.sync import ProductCountsOut, SyncStatus


def test_sync_that_never_ran_has_no_times() -> None:
    counts = ProductCountsOut(fresh=0, stale=0, expired=0, missing=0, waiting=0)
    status = SyncStatus(
        paused=False,
        products=counts,
        intervals={},
        amazon_budget={},
        problems={},
        list_problems={},
    )

    shown = msgspec.json.decode(msgspec.json.encode(status))
    assert not {"last_run_at", "next_run_at"} & set(shown)
    assert set(shown["products"]) == {"fresh", "stale", "expired", "missing", "waiting"}
