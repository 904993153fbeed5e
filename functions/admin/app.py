"""The operator's desk, behind IAM alone: invite a site, suspend it, let it go on.

Each order names who gives it, and leaves a line in the log for the audit.
"""

import secrets
from datetime import timedelta
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.domain.sites import LIVE
from amzlinkr.http.request import order_from
from amzlinkr.http.schemas.requests import AnyOrder, InviteOrder, ResumeOrder, SuspendOrder
from amzlinkr.wiring import Dependencies, dependencies

INVITED_FOR = timedelta(days=7)


def carry_out(order: AnyOrder, deps: Dependencies) -> dict[str, Any]:
    """What the operator asked for, done. Raises `AmzlinkrError`."""
    if isinstance(order, InviteOrder):
        return invite(order, deps)
    if isinstance(order, SuspendOrder):
        return suspend(order, deps)
    return resume(order, deps)


def suspend(order: SuspendOrder, deps: Dependencies) -> dict[str, Any]:
    """Stop a site: it may take its data out and leave, and nothing else."""
    site_id, now = site_of(order.site, deps), deps.clock.now()
    deps.sites.suspend(site_id, now, now)
    return noted("suspended", order, site_id, deps)


def resume(order: ResumeOrder, deps: Dependencies) -> dict[str, Any]:
    """Let a site go on, or let in whoever proves the host of one that left suspended."""
    if is_address(order.site) and deps.sites.pardon(deps.site_address(order.site).name):
        return noted("pardoned", order, None, deps)
    site_id = site_of(order.site, deps)
    deps.sites.suspend(site_id, None, deps.clock.now())
    return noted("resumed", order, site_id, deps)


def noted(
    done: str, order: SuspendOrder | ResumeOrder, site_id: str | None, deps: Dependencies
) -> dict[str, Any]:
    """The answer, with its line for the audit."""
    deps.log.info(
        "audit", done=done, site=order.site, site_id=site_id, by=order.by, reason=order.reason
    )
    return {"status": done, "site_id": site_id}


def invite(order: InviteOrder, deps: Dependencies) -> dict[str, Any]:
    """A code with which this host may sign up once, without showing a token."""
    host = deps.site_address(order.site_url).name
    code = secrets.token_urlsafe(32)
    expires_at = deps.clock.now() + INVITED_FOR
    deps.signups.invite(deps.digest_of_invite(code), host, expires_at)
    deps.log.info("audit", done="invited", host=host, by=order.by)
    return {"status": "invited", "host": host, "invite": code, "expires_at": expires_at.isoformat()}


def is_address(text: str) -> bool:
    """Whether a site is named by its address rather than by its id."""
    return not text.startswith(LIVE)


def site_of(text: str, deps: Dependencies) -> str:
    """The id of a site that is named by its id or its address."""
    if not is_address(text):
        return text
    found = deps.sites.site_of_host(deps.site_address(text).name)
    if found is None:
        raise NotFound("There is no site at this address.")
    return found


def handler(event: object, _context: object) -> dict[str, Any]:
    """`aws lambda invoke` with an order; what was done, or the problem."""
    deps = dependencies()
    try:
        return carry_out(order_from(event, AnyOrder), deps)
    except AmzlinkrError as error:
        return {
            "status": "refused",
            "code": error.code,
            "detail": error.detail,
            "action": error.action,
        }
    finally:
        deps.flush()
