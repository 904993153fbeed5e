"""Every few minutes: erase what sites left behind, and delete secrets that nobody needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.sites import Leaving
from amzlinkr.wiring import Dependencies, dependencies

ENOUGH_SECONDS = 10.0
ECHO = timedelta(hours=1)
"""For so long work that was under way may still write for a site that left."""


def forget(secret_id: str, deps: Dependencies) -> None:
    """Delete a secret, and the note that it is to be deleted."""
    deps.vault.forget(secret_id)
    deps.forgetting.done(secret_id)


def erase(leaving: Leaving, may_go_on: Callable[[], bool], deps: Dependencies) -> None:
    """Delete a site's rows; a later round goes on where this one stops.

    What was under way when the site left may write a row once more, so they are swept again once
    that is over.
    """
    if not deps.leaving.erase(leaving.site_id, may_go_on):
        deps.count("ErasureGoesOn")
        return
    if deps.clock.now() - leaving.left_at >= ECHO:
        deps.leaving.close(leaving)
        deps.log.info("erased", site_id=leaving.site_id)
        deps.count("SiteErased")


@contextmanager
def by_itself(deps: Dependencies) -> Iterator[None]:
    """A failure of one piece of work is for a later round, and does not keep the others."""
    try:
        yield
    except StoreUnavailable as error:
        deps.log_fault(error)
        deps.count("ErasureFailed")


def handler(_event: object, context: Any) -> dict[str, int]:
    """One round over all sites that left, and then over all secrets that are to be forgotten."""
    deps = dependencies()

    def may_go_on() -> bool:
        return float(context.get_remaining_time_in_millis()) / 1000 > ENOUGH_SECONDS

    leaving = deps.leaving.pending()
    for one in leaving:
        if may_go_on():
            with by_itself(deps):
                erase(one, may_go_on, deps)
    secret_ids = deps.forgetting.due(deps.clock.now())
    for secret_id in secret_ids:
        if may_go_on():
            with by_itself(deps):
                forget(secret_id, deps)
    deps.flush()
    return {"leaving": len(leaving), "secrets": len(secret_ids)}
