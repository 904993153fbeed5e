"""The operator's commands: views, and changes of sites and switches. Invoked directly, through IAM.

Each change is written to the log as an audit record. `by` is the operator's own statement; the
record also has the caller that Lambda reports, and the ID of the invocation, by which CloudTrail
has the IAM identity.
"""

from typing import Any, assert_never

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.service_switches import Switch
from amzlinkr.http.presenters import operator as presenters
from amzlinkr.http.request import caller_of_invocation, parse_command
from amzlinkr.http.schemas import commands
from amzlinkr.services.operator_changes import OperatorChanges, Statement
from amzlinkr.services.operator_views import OperatorViews
from amzlinkr.wiring import Dependencies, dependencies, initialize


def execute(
    command: commands.AdminCommand, deps: Dependencies, deadline: Deadline
) -> dict[str, Any]:
    """Execute a command and return its result. Raises `AmzlinkrError`."""
    if isinstance(command, commands.ViewCommand):
        return show(command, deps)
    changes = OperatorChanges(deps, deps.sign_up)
    if isinstance(command, commands.SwitchCommand):
        return turn_switch(command, changes)
    return change_host(command, changes, deadline)


def show(command: commands.ViewCommand, deps: Dependencies) -> dict[str, Any]:
    """Return a view."""
    views = OperatorViews(deps, deps.sign_up)
    match command:
        case commands.StatusCommand():
            config = deps.config
            return presenters.status_response(views.status(), config.stage, config.signup_mode)
        case commands.SitesCommand():
            return presenters.sites_response(views.sites(command.cursor, command.limit))
        case commands.SiteCommand():
            return presenters.site_response(views.site(command.site))
        case _:
            assert_never(command)


def change_host(
    command: commands.HostCommand, changes: OperatorChanges, deadline: Deadline
) -> dict[str, Any]:
    """Invite, suspend, or resume a host."""
    match command:
        case commands.InviteCommand():
            return create_invite(command, changes)
        case commands.SuspendCommand():
            suspended = changes.suspend(command.site, statement_of(command), deadline)
            return presenters.host_change_response("suspended", suspended)
        case commands.ResumeCommand():
            resumed = changes.resume(command.site, statement_of(command), deadline)
            return presenters.host_change_response("pardoned", resumed)
        case _:
            assert_never(command)


def create_invite(command: commands.InviteCommand, changes: OperatorChanges) -> dict[str, Any]:
    """Create a code with which a host can sign up once, without site verification."""
    invite = changes.invite(command.site_url, command.by)
    return {
        "status": "invited",
        "host": invite.host,
        "invite": invite.code.reveal(),
        "expires_at": invite.expires_at.isoformat(),
    }


def turn_switch(command: commands.SwitchCommand, changes: OperatorChanges) -> dict[str, Any]:
    """Turn a switch on or off, and return the state of both."""
    match command:
        case commands.PauseSyncCommand():
            switch, on = Switch.SYNC_PAUSED, True
        case commands.ResumeSyncCommand():
            switch, on = Switch.SYNC_PAUSED, False
        case commands.ReadOnlyCommand():
            switch, on = Switch.READ_ONLY, command.on
        case _:
            assert_never(command)
    return presenters.switches_response(changes.turn(switch, statement_of(command), on=on))


def statement_of(command: commands.ReasonedCommand) -> Statement:
    """Return who sends a command, and why."""
    return Statement(command.by, command.reason)


def handler(event: object, context: Any) -> dict[str, Any]:
    """Execute the command in the payload. Return the result or the problem."""
    source = {"caller": caller_of_invocation(context), "invocation_id": context.aws_request_id}
    with telemetry.invocation(context, **source):
        try:
            command, deps = parse_command(event, commands.AdminCommand), dependencies()
            return execute(command, deps, Deadline.of_invocation(deps.clock, context))
        except AmzlinkrError as error:
            return presenters.refusal_response(error)


initialize("dynamodb", "sites", "suspensions", "sign_up")
