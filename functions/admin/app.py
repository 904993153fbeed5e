"""Operator commands: invite, suspend, or resume a site. Invoked directly, with IAM permissions.

Each command names the operator and is written to the log as an audit record.
"""

from typing import Any

from amzlinkr import telemetry
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


def dispatch(command: AdminCommand, deps: Dependencies) -> dict[str, Any]:
    """Execute a command and return its result. Raises `AmzlinkrError`."""
    if isinstance(command, InviteCommand):
        return create_invite(command, deps)
    if isinstance(command, SuspendCommand):
        return suspend(command, deps)
    return resume(command, deps)


def suspend(command: SuspendCommand, deps: Dependencies) -> dict[str, Any]:
    """Suspend a site. It may still export its data and delete itself."""
    site_id, now = site_id_of(command.site, deps), deps.clock.now()
    deps.sites.suspend(site_id, now, now)
    return audit("suspended", command, site_id)


def resume(command: ResumeCommand, deps: Dependencies) -> dict[str, Any]:
    """Resume a site, or allow the host of a site that was deleted while suspended."""
    # A site that was deleted while suspended has no ID any more; its host remains suspended.
    if is_url(command.site) and deps.sites.lift_suspension(deps.sign_up.host_of(command.site)):
        return audit("pardoned", command, None)
    site_id = site_id_of(command.site, deps)
    deps.sites.suspend(site_id, None, deps.clock.now())
    return audit("resumed", command, site_id)


def audit(
    status: str, command: SuspendCommand | ResumeCommand, site_id: str | None
) -> dict[str, Any]:
    """Write the audit record and return the result."""
    telemetry.log.info(
        "audit",
        done=status,
        site=command.site,
        site_id=site_id,
        by=command.by,
        reason=command.reason,
    )
    return {"status": status, "site_id": site_id}


def create_invite(command: InviteCommand, deps: Dependencies) -> dict[str, Any]:
    """Create a code with which a host can sign up once, without site verification."""
    invite = deps.sign_up.invite(command.site_url)
    telemetry.log.info("audit", done="invited", host=invite.host, by=command.by)
    return {
        "status": "invited",
        "host": invite.host,
        "invite": invite.code.reveal(),
        "expires_at": invite.expires_at.isoformat(),
    }


def is_url(text: str) -> bool:
    """Return True if a command names the site by its URL instead of its ID."""
    return not text.startswith(LIVE_PREFIX)


def site_id_of(text: str, deps: Dependencies) -> str:
    """Return the ID of a site that is named by its ID or URL. Raises `NotFound`."""
    if not is_url(text):
        return text
    site_id = deps.sites.site_of_host(deps.sign_up.host_of(text))
    if site_id is None:
        raise NotFound("No site exists at this URL.")
    return site_id


def handler(event: object, _context: object) -> dict[str, Any]:
    """Execute the command in the payload. Return the result or the problem."""
    try:
        return dispatch(parse_command(event, AdminCommand), dependencies())
    except AmzlinkrError as error:
        return {
            "status": "refused",
            "code": error.code,
            "detail": error.detail,
            "action": error.action,
        }
    finally:
        telemetry.flush()
