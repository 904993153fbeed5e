"""Operator commands: invite a site, suspend or resume a host. Invoked directly, through IAM.

Each command is written to the log as an audit record. `by` is the operator's own statement; the
record also has the caller that Lambda reports, and the ID of the invocation, by which CloudTrail
has the IAM identity.
"""

from typing import Any, NamedTuple

from amzlinkr import startup, telemetry
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.sites import LIVE_PREFIX, hostname_of
from amzlinkr.http.request import caller_of_invocation, parse_command
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
    """Suspend a host with all its sites. They may still export their data and delete themselves."""
    name = name_of(command.site, deps)
    site_id = deps.sites.site_of_host(name)
    suspended = deps.suspensions.suspend(name, deps.clock.now())
    return audit("suspended", command, HostChange(name, site_id, suspended))


def resume(command: ResumeCommand, deps: Dependencies) -> dict[str, Any]:
    """Lift the suspension of a host, whether or not it still has sites."""
    name = name_of(command.site, deps)
    site_id = deps.sites.site_of_host(name)
    return audit("pardoned", command, HostChange(name, site_id, deps.suspensions.resume(name)))


class HostChange(NamedTuple):
    """The named site, with its ID if there is one, and the IDs of all changed sites of its host."""

    name: str
    site_id: str | None
    site_ids: tuple[str, ...]


def audit(
    status: str, command: SuspendCommand | ResumeCommand, change: HostChange
) -> dict[str, Any]:
    """Write the audit record and return the result."""
    host = hostname_of(change.name)
    telemetry.log.info(
        "audit",
        done=status,
        site=command.site,
        site_id=change.site_id,
        host=host,
        site_ids=change.site_ids,
        by=command.by,
        reason=command.reason,
    )
    return {
        "status": status,
        "site_id": change.site_id,
        "host": host,
        "site_ids": list(change.site_ids),
    }


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


def name_of(text: str, deps: Dependencies) -> str:
    """Return the name of a site that is given by its ID or URL.

    Raises:
        NotFound: No site has this ID.
        InvalidRequest: The URL is not valid.
    """
    if text.startswith(LIVE_PREFIX):
        return deps.sites.require(text).host
    return deps.sign_up.host_of(text)


def handler(event: object, context: Any) -> dict[str, Any]:
    """Execute the command in the payload. Return the result or the problem."""
    source = {"caller": caller_of_invocation(context), "invocation_id": context.aws_request_id}
    with telemetry.invocation(context, **source):
        try:
            return dispatch(parse_command(event, AdminCommand), dependencies())
        except AmzlinkrError as error:
            return {
                "status": "refused",
                "code": error.code,
                "detail": error.detail,
                "action": error.action,
            }


startup.initialize(dependencies, "dynamodb", "sites", "suspensions", "sign_up")
