"""Commands and options of the tool. A mistake is one line on stderr and exit status 2."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable, Sequence

from infra.command_options import OneLineParser, session_options, stage_name

PROGRAM = "python -m infra.admin"
LOCAL_STACK = ".local/stack.json"
MAX_SITES_PER_PAGE = 100


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command and its options; exit with one line if they are wrong."""
    parser = OneLineParser(
        prog=PROGRAM, description="Operate an AmzLinkr service on AWS, or the local stack."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    target, change = _target_options(), _change_options()

    def add(name: str, text: str, *parents: OneLineParser) -> OneLineParser:
        return commands.add_parser(name, help=text, description=text, parents=[target, *parents])

    add("status", "Show the state of the service, its queues, and its limits.")
    sites = add("sites", "List sites, in no particular order.")
    sites.add_argument("--limit", type=_page_size, default=50, help="sites per page, 1 to 100")
    sites.add_argument("--cursor", default="", help="next_cursor of the page before")
    sites.add_argument("--all", action="store_true", help="all pages, one after the other")
    site = "ID or URL of a site"
    add("site", "Show one site.").add_argument("site", help=site)
    suspend = "Suspend the host of a site, with all its sites."
    add("suspend", suspend, change).add_argument("site", help=site)
    add("resume", "Lift the suspension of a host.", change).add_argument("site", help=site)
    invite = add("invite", "Create a code with which a site can sign up once.", _by_option())
    invite.add_argument("site_url", help="URL of the site")
    add("pause-sync", "Pause the price sync of all sites.", change)
    add("resume-sync", "Continue the price sync.", change)
    read_only = add("read-only", "Refuse calls that change data, or accept them again.", change)
    read_only.add_argument("state", choices=["on", "off"])
    redrive = add("redrive", "Move messages of a dead-letter queue back to its queue.")
    redrive.add_argument(
        "queue", nargs="?", default="all", help="name of the queue as `status` shows it, or all"
    )
    return parser.parse_args(arguments)


def _target_options() -> OneLineParser:
    """Return the options that select the service, the AWS identity, and the form of the output."""
    options = OneLineParser(add_help=False, parents=[session_options()])
    group = options.add_mutually_exclusive_group()
    group.add_argument("--stack-name", help="name of the CloudFormation stack")
    group.add_argument("--stage", type=stage_name, help="stage of the deployment (default: prod)")
    group.add_argument(
        "--local",
        nargs="?",
        const=LOCAL_STACK,
        metavar="FILE",
        help=f"the local stack that this file describes (default: {LOCAL_STACK})",
    )
    options.add_argument("--json", action="store_true", help="print JSON in place of tables")
    return options


def _by_option() -> OneLineParser:
    options = OneLineParser(add_help=False)
    options.add_argument(
        "--by", type=_text(100), default=_user(), help="who you are, for the audit log"
    )
    return options


def _change_options() -> OneLineParser:
    options = OneLineParser(add_help=False, parents=[_by_option()])
    options.add_argument("--reason", type=_text(500), required=True, help="why, for the audit log")
    return options


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container without a user name; Python 3.13 raises OSError
        return "unknown"


def _text(max_chars: int) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not 1 <= len(text) <= max_chars:
            raise argparse.ArgumentTypeError(f"a text of 1 to {max_chars} characters is required")
        return text

    return checked


def _page_size(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_SITES_PER_PAGE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_SITES_PER_PAGE}")
    return int(text)
