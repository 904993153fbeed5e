"""Every few minutes: erase what sites left behind that left."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.sites import Leaving
from amzlinkr.wiring import Dependencies, dependencies

ENOUGH_SECONDS = 10.0
ECHO = timedelta(hours=1)
"""For so long work that was under way may still write for a site that left."""


def erase(leaving: Leaving, may_go_on: Callable[[], bool], deps: Dependencies) -> None:
    """Forget the site's secrets and delete its rows; a later round goes on where this one stops.

    What was under way when the site left may write a row or a secret once more, so both are swept
    once that is over.
    """
    for secret_id in leaving.secret_ids:
        deps.vault.forget(secret_id)
    if not deps.leaving.erase(leaving.site_id, may_go_on):
        deps.count("ErasureGoesOn")
        return
    if deps.clock.now() - leaving.left_at >= ECHO:
        deps.vault.forget_all(leaving.site_id, leaving.secret_ids)
        deps.leaving.close(leaving)
        deps.log.info("erased", site_id=leaving.site_id)
        deps.count("SiteErased")


def handler(_event: object, context: Any) -> dict[str, int]:
    """One round over all sites that left."""
    deps = dependencies()

    def may_go_on() -> bool:
        return float(context.get_remaining_time_in_millis()) / 1000 > ENOUGH_SECONDS

    leaving = deps.leaving.pending()
    for one in leaving:
        if may_go_on():
            try:
                erase(one, may_go_on, deps)
            except StoreUnavailable as error:
                deps.log_fault(error)
                deps.count("ErasureFailed")
    deps.flush()
    return {"leaving": len(leaving)}
