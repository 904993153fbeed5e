"""The operator's desk, behind IAM alone: invite a site, suspend it, let it go on.

Each order names who gives it, and leaves a line in the log for the audit.
"""

import secrets
from datetime import timedelta
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.http.edge import order_from
from amzlinkr.http.inputs import AnyOrder, InviteOrder, SuspendOrder
from amzlinkr.wiring import Dependencies, dependencies

INVITED_FOR = timedelta(days=7)


def carry_out(order: AnyOrder, deps: Dependencies) -> dict[str, Any]:
    """What the operator asked for, done. Raises `AmzlinkrError`."""
    if isinstance(order, InviteOrder):
        return invite(order, deps)
    site_id = site_of(order.site, deps)
    now = deps.clock.now()
    deps.sites.suspend(site_id, now if isinstance(order, SuspendOrder) else None)
    done = "suspended" if isinstance(order, SuspendOrder) else "resumed"
    deps.log.info("audit", done=done, site_id=site_id, by=order.by, reason=order.reason)
    return {"status": done, "site_id": site_id}


def invite(order: InviteOrder, deps: Dependencies) -> dict[str, Any]:
    """A code with which this host may sign up once, without showing a token."""
    host = deps.site_address(order.site_url).name
    code = secrets.token_urlsafe(32)
    expires_at = deps.clock.now() + INVITED_FOR
    deps.signups.invite(deps.digest_of_invite(code), host, expires_at)
    deps.log.info("audit", done="invited", host=host, by=order.by)
    return {"status": "invited", "host": host, "invite": code, "expires_at": expires_at.isoformat()}


def site_of(text: str, deps: Dependencies) -> str:
    """The id of a site that is named by its id or its address."""
    if "/" not in text:
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
        return {"status": "refused", "code": error.code, "detail": error.detail}
    finally:
        deps.flush()
