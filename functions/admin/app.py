"""The operator's commands: views, and changes of sites and switches. Invoked directly, through IAM.

Each change is written to the log as an audit record. `by` is the operator's own statement; the
record also has the caller that Lambda reports, and the ID of the invocation, by which CloudTrail
has the IAM identity.
"""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.service_switches import Switch
from amzlinkr.http.presenters import operator as presenters
from amzlinkr.http.request import caller_of_invocation, parse_command
from amzlinkr.http.schemas import commands
from amzlinkr.services.operator_changes import OperatorChanges, Statement
from amzlinkr.services.operator_views import OperatorViews
from amzlinkr.wiring import Dependencies, dependencies, initialize


def show(command: commands.AdminCommand, deps: Dependencies) -> dict[str, Any] | None:
    """Return a view, or None if the command is a change. Raises `AmzlinkrError`."""
    views = OperatorViews(deps, deps.sign_up)
    match command:
        case commands.StatusCommand():
            config = deps.config
            return presenters.status_response(views.status(), config.stage, config.signup_mode)
        case commands.SitesCommand():
            return presenters.sites_response(views.sites(command.cursor, command.limit))
        case commands.SiteCommand():
            return presenters.site_response(views.site(command.site))
    return None


def change(command: commands.AdminCommand, deps: Dependencies) -> dict[str, Any]:
    """Execute a command and return its result. Raises `AmzlinkrError`."""
    changes = OperatorChanges(deps, deps.sign_up)
    match command:
        case commands.InviteCommand():
            return create_invite(command, changes)
        case commands.SuspendCommand():
            suspended = changes.suspend(command.site, statement_of(command))
            return presenters.host_change_response("suspended", suspended)
        case commands.ResumeCommand():
            resumed = changes.resume(command.site, statement_of(command))
            return presenters.host_change_response("pardoned", resumed)
        case commands.ReadOnlyCommand():
            switch, on = Switch.READ_ONLY, command.on
        case _:
            switch, on = Switch.SYNC_PAUSED, isinstance(command, commands.PauseSyncCommand)
    return presenters.switches_response(changes.turn(switch, statement_of(command), on=on))


def create_invite(command: commands.InviteCommand, changes: OperatorChanges) -> dict[str, Any]:
    """Create a code with which a host can sign up once, without site verification."""
    invite = changes.invite(command.site_url, command.by)
    return {
        "status": "invited",
        "host": invite.host,
        "invite": invite.code.reveal(),
        "expires_at": invite.expires_at.isoformat(),
    }


def statement_of(command: Any) -> Statement:
    """Return who sends a command, and why."""
    return Statement(command.by, command.reason)


def handler(event: object, context: Any) -> dict[str, Any]:
    """Execute the command in the payload. Return the result or the problem."""
    source = {"caller": caller_of_invocation(context), "invocation_id": context.aws_request_id}
    with telemetry.invocation(context, **source):
        try:
            command, deps = parse_command(event, commands.AdminCommand), dependencies()
            return show(command, deps) or change(command, deps)
        except AmzlinkrError as error:
            return {
                "status": "refused",
                "code": error.code,
                "detail": error.detail,
                "action": error.action,
            }


initialize("dynamodb", "sites", "suspensions", "sign_up")
