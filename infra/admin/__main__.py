"""The operator's tool as a program: `python -m infra.admin status`.

The exit status is 0, or 2 for wrong input, 1 for a failure, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from infra.admin.arguments import PROGRAM, parse_arguments
from infra.admin.deployment import ServiceDeployment, find_deployment
from infra.admin.queues import queue_states
from infra.admin.redrive import redrive_queue, selected_queues
from infra.admin.site_tables import host_text, invite_text, site_text, sites_text
from infra.admin.tables import JsonObject, status_text, switch_text, table, writes_text
from infra.command_failures import EXIT_FAILED, EXIT_INTERRUPTED, CommandFailure

Runner = Callable[[argparse.Namespace, ServiceDeployment], int]


def main(arguments: list[str]) -> int:
    """Run a command and return the exit status."""
    options = parse_arguments(arguments)
    try:
        command = _COMMANDS[options.command]
        return command(options, find_deployment(options))
    except CommandFailure as failure:
        sys.stderr.write(f"{PROGRAM}: {failure}\n")
        return failure.exit_status
    except KeyboardInterrupt:
        sys.stderr.write(f"{PROGRAM}: stopped\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `… | head`
        sys.stderr.close()
        return EXIT_FAILED


def show_status(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Show the state of the service. Queues that cannot be read do not hide the rest."""
    status = deployment.send("status")
    try:
        queues = queue_states(deployment.sqs, deployment.queue_urls())
        status["queues"] = [asdict(queue) for queue in queues]
    except CommandFailure as failure:
        status["queues"] = str(failure)
    _print(options, status, lambda: status_text(status, datetime.now(UTC)))
    return 0


def list_sites(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """List a page of sites, or all pages."""
    for page in _pages(options, deployment):
        _print(options, page, partial(sites_text, page))
    return 0


def _pages(options: argparse.Namespace, deployment: ServiceDeployment) -> Iterator[JsonObject]:
    cursor = options.cursor
    while True:
        page = deployment.send("sites", limit=options.limit, cursor=cursor)
        cursor = page.get("next_cursor")
        if options.all and not options.json:
            page["next_cursor"] = None  # the next page follows anyway
        yield page
        if not options.all or cursor is None:
            return


def show_site(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Show one site."""
    site = deployment.send("site", site=options.site)
    _print(options, site, lambda: site_text(site, datetime.now(UTC)))
    return 0


def change_host(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Suspend or resume the host of a site. The result is a failure if sites remain."""
    change = deployment.send(options.command, site=options.site, **_statement(options))
    _print(options, change, lambda: host_text(change))
    return EXIT_FAILED if change.get("remaining") else 0


def create_invite(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Invite a site."""
    invite = deployment.send("invite", site_url=options.site_url, by=options.by)
    _print(options, invite, lambda: invite_text(invite))
    return 0


def turn_switch(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Pause or resume the sync, or turn the read-only mode on or off."""
    fields = {"on": options.state == "on"} if options.command == "read-only" else {}
    order = options.command.replace("-", "_")
    state = deployment.send(order, **fields, **_statement(options))
    _print(options, state, lambda: switches_text(state))
    return 0


def switches_text(state: JsonObject) -> str:
    """Return the state of both switches."""
    now = datetime.now(UTC)
    return (
        f"price sync  {switch_text(state['sync'], now)}\n"
        f"writes      {writes_text(state['read_only'], now)}"
    )


def redrive(options: argparse.Namespace, deployment: ServiceDeployment) -> int:
    """Move the messages of dead-letter queues back, one queue after the other."""
    sqs = deployment.sqs
    selected = selected_queues(queue_states(sqs, deployment.queue_urls()), options.queue)

    def report(text: str) -> None:
        sys.stderr.write(f"{text}\n")

    results = [redrive_queue(sqs, queue, report, time.sleep) for queue in selected]
    rows = [(one.queue, one.status, str(one.moved), one.reason or "") for one in results]
    _print(
        options,
        {"queues": [asdict(result) for result in results]},
        lambda: table(("dead-letter queue", "result", "about moved", "reason"), rows),
    )
    return EXIT_FAILED if any(result.status == "FAILED" for result in results) else 0


def _statement(options: argparse.Namespace) -> Mapping[str, str]:
    return {"by": options.by, "reason": options.reason}


def _print(options: argparse.Namespace, values: JsonObject, text: Callable[[], str]) -> None:
    sys.stdout.write((json.dumps(values) if options.json else text()) + "\n")
    sys.stdout.flush()


_COMMANDS: Mapping[str, Runner] = {
    "status": show_status,
    "sites": list_sites,
    "site": show_site,
    "suspend": change_host,
    "resume": change_host,
    "invite": create_invite,
    "pause-sync": turn_switch,
    "resume-sync": turn_switch,
    "read-only": turn_switch,
    "redrive": redrive,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
