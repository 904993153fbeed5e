"""The operator's desk, behind IAM alone: invite a site, suspend it, let it go on.

Each order names who gives it, and leaves a line in the log for the audit.
"""

import secrets
from datetime import timedelta
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.domain.sites import LIVE_PREFIX
from amzlinkr.http.request import parse_command
from amzlinkr.http.schemas.requests import (
    AdminCommand,
    InviteCommand,
    ResumeCommand,
    SuspendCommand,
)
from amzlinkr.wiring import Dependencies, dependencies

INVITED_FOR = timedelta(days=7)


def dispatch(command: AdminCommand, deps: Dependencies) -> dict[str, Any]:
    """What the operator asked for, done. Raises `AmzlinkrError`."""
    if isinstance(command, InviteCommand):
        return invite(command, deps)
    if isinstance(command, SuspendCommand):
        return suspend(command, deps)
    return resume(command, deps)


def suspend(command: SuspendCommand, deps: Dependencies) -> dict[str, Any]:
    """Stop a site: it may take its data out and leave, and nothing else."""
    site_id, now = site_of(command.site, deps), deps.clock.now()
    deps.sites.suspend(site_id, now, now)
    return audit("suspended", command, site_id, deps)


def resume(command: ResumeCommand, deps: Dependencies) -> dict[str, Any]:
    """Let a site go on, or let in whoever proves the host of one that left suspended."""
    if is_url(command.site) and deps.sites.lift_suspension(deps.site_address(command.site).name):
        return audit("pardoned", command, None, deps)
    site_id = site_of(command.site, deps)
    deps.sites.suspend(site_id, None, deps.clock.now())
    return audit("resumed", command, site_id, deps)


def audit(
    done: str, command: SuspendCommand | ResumeCommand, site_id: str | None, deps: Dependencies
) -> dict[str, Any]:
    """The answer, with its line for the audit."""
    deps.log.info(
        "audit", done=done, site=command.site, site_id=site_id, by=command.by, reason=command.reason
    )
    return {"status": done, "site_id": site_id}


def invite(command: InviteCommand, deps: Dependencies) -> dict[str, Any]:
    """A code with which this host may sign up once, without showing a token."""
    host = deps.site_address(command.site_url).name
    code = secrets.token_urlsafe(32)
    expires_at = deps.clock.now() + INVITED_FOR
    deps.signups.invite(deps.digest_of_invite(code), host, expires_at)
    deps.log.info("audit", done="invited", host=host, by=command.by)
    return {"status": "invited", "host": host, "invite": code, "expires_at": expires_at.isoformat()}


def is_url(text: str) -> bool:
    """Whether a site is named by its address rather than by its id."""
    return not text.startswith(LIVE_PREFIX)


def site_of(text: str, deps: Dependencies) -> str:
    """The id of a site that is named by its id or its address."""
    if not is_url(text):
        return text
    found = deps.sites.site_of_host(deps.site_address(text).name)
    if found is None:
        raise NotFound("There is no site at this address.")
    return found


def handler(event: object, _context: object) -> dict[str, Any]:
    """`aws lambda invoke` with an order; what was done, or the problem."""
    deps = dependencies()
    try:
        return dispatch(parse_command(event, AdminCommand), deps)
    except AmzlinkrError as error:
        return {
            "status": "refused",
            "code": error.code,
            "detail": error.detail,
            "action": error.action,
        }
    finally:
        deps.flush()
