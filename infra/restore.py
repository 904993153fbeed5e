"""Steps of a restore that AWS does not do: `docs/operations.md` has the procedures.

    python -m infra.restore copy <restored table> <table of the stack> [--stage prod]
    python -m infra.restore count-secrets [--stage prod]
    python -m infra.restore products [--stage prod]
    python -m infra.restore revoke-keys <site ID> …
    python -m infra.restore delete-sites <site ID> …

Each step can be interrupted and repeated. The first two require the read-only mode. The exit code
is 0, 1 if a part was not done, or 2 for wrong input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from amzlinkr.domain import audit
from amzlinkr.domain.errors import AmzlinkrError, NotFound, StoreUnavailable
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, is_site_id, sandbox_id_of
from amzlinkr.storage.product_repair import ProductRepair
from amzlinkr.storage.secret_recount import recount_secrets
from amzlinkr.wiring import Dependencies
from infra.command_failures import EXIT_BAD_INPUT, EXIT_FAILED, CommandFailure, aws_failures
from infra.command_options import OneLineParser, open_session, session_options
from infra.counted_nouns import counted
from infra.deployed_stage import deployed_config, stage_option, table_failures
from infra.read_only_guard import read_only_service
from infra.table_copy import TableCopy, TableMismatch

_PROGRAM = "python -m infra.restore"
_MAX_SEGMENTS = 64
_OTHER_TABLE = "Check the names of the tables (`aws dynamodb list-tables`) and --region."


class SiteCommands:
    """The steps on the rows of sites. Each prints a line, and returns False if a part failed."""

    def __init__(self, deps: Dependencies, write: Callable[[str], object]) -> None:
        self._deps = deps
        self._write = write

    def repair_products(self, *, delete_unknown: bool) -> bool:
        """Repair the products of all sites, or delete the rows of sites that do not exist."""
        repair = ProductRepair(self._deps.shelves, self._deps.product_writer)
        cleared = removed = 0
        unknown: list[str] = []
        failed: list[str] = []
        for site_id in repair.site_ids():
            if self._deps.sites.get(site_id) is None:
                unknown.append(site_id)
                continue
            try:
                result = repair.repair(site_id)
            except StoreUnavailable:
                failed.append(site_id)
                continue
            cleared, removed = cleared + result.cleared, removed + result.removed
        shelves, products = counted(cleared, "shelf", "shelves"), counted(removed, "product")
        self._write(f"{shelves} cleared and due\n{products} without a shelf removed")
        if unknown and delete_unknown:
            for site_id in unknown:
                self._deps.outbox.schedule(Task.SITE_DELETION, site_id, self._deps.clock.now())
            self._write(f"{counted(len(unknown), 'unknown site')}: all rows will be deleted")
        elif unknown:
            self._write(f"{counted(len(unknown), 'unknown site')}: not changed")
        for site_id in failed:
            self._write(f"not repaired: {site_id}")
        return not failed

    def revoke_keys(self, site_id: str) -> bool:
        """Revoke all API keys of a site and of its sandbox. It can sign up again."""
        now, number = self._deps.clock.now(), 0
        for managed in (site_id, sandbox_id_of(site_id)):
            for key in self._deps.api_keys.list_for_site(managed, now):
                event = audit.key_revoked(audit.OPERATOR_ACTOR, key.kid, now)
                self._deps.api_keys.revoke(managed, key.kid, event)
                number += 1
        self._write(f"{site_id}: {counted(number, 'API key')} revoked")
        return True

    def delete_site(self, site_id: str) -> bool:
        """Delete a site as its owner does, with one of its API keys."""
        now = self._deps.clock.now()
        keys = self._deps.api_keys.list_for_site(site_id, now)
        if not keys:
            self._write(f"{site_id}: not deleted, because it has no API key")
            return False
        self._deps.site_deletions.delete_site(Caller(site_id, keys[0].kid), now)
        self._write(f"{site_id}: deleted")
        return True


def run(options: argparse.Namespace, deps: Dependencies) -> bool:
    """Run a step. Return False if a part was not done."""
    if options.command in ("copy", "count-secrets"):
        change_tables = copy_table if options.command == "copy" else count_secrets
        change_tables(options, deps)
        return True
    commands = SiteCommands(deps, print)
    if options.command == "products":
        return commands.repair_products(delete_unknown=options.delete_unknown_sites)
    change = commands.revoke_keys if options.command == "revoke-keys" else commands.delete_site
    # A list, because `all` would stop at the first site that failed.
    return all([_isolated(change, site_id, deps) for site_id in options.site_ids])


def _isolated(change: Callable[[str], bool], site_id: str, deps: Dependencies) -> bool:
    """Report a failure of one site; the others continue."""
    try:
        if deps.sites.get(site_id) is None:
            raise NotFound("no site has this ID")
        return change(site_id)
    except AmzlinkrError as error:
        sys.stderr.write(f"{site_id}: {error.detail}\n")
        return False


def copy_table(options: argparse.Namespace, deps: Dependencies) -> None:
    """Copy a restored table, and print the numbers of rows.

    Raises:
        TableMismatch: The target is no table that is restored, or the source no state of it.
    """
    if options.target not in (deps.config.sites_table, deps.config.shelves_table):
        raise TableMismatch(
            f"{options.target} is not the sites table or the shelves table of the stage "
            f"{options.stage}, and no other one is copied. Check the name and --stage."
        )
    client = open_session(options).client("dynamodb")
    copy = TableCopy(client, options.source, options.target)
    with read_only_service(deps.service_state, deps.clock):
        count = copy.run(options.segments)
    written, deleted = counted(count.written, "row"), counted(count.deleted, "other row")
    sys.stdout.write(f"{written} written\n{deleted} deleted\n")


def count_secrets(_options: argparse.Namespace, deps: Dependencies) -> None:
    """Correct the counts of stored secrets, and print the number of secrets."""
    with read_only_service(deps.service_state, deps.clock):
        result = recount_secrets()
    secrets, counts = counted(result.secrets, "secret"), counted(result.corrected, "count")
    sys.stdout.write(f"{secrets} stored\n{counts} corrected\n")


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the step and its options; exit with one line if they are wrong."""
    parser = OneLineParser(
        prog=_PROGRAM,
        description="Complete a restore of tables. docs/operations.md has the procedures.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str) -> OneLineParser:
        selected = [session_options(), stage_option()]
        return commands.add_parser(name, help=text, description=text, parents=selected)

    copy = add("copy", "Make a table equal to its restored state.")
    copy.add_argument("source", help="restored table")
    copy.add_argument("target", help="table of the stack: of the sites or of the shelves")
    copy.add_argument(
        "--segments",
        type=_segments,
        default=8,
        metavar="NUMBER",
        help=f"parts of the table that are copied in parallel, 1 to {_MAX_SEGMENTS} (default: 8)",
    )
    add("count-secrets", "Count the stored secrets again.")
    products = add("products", "Clear products that their shelf does not describe.")
    products.add_argument(
        "--delete-unknown-sites",
        action="store_true",
        help="also delete the shelves and products of sites that are not in the sites table",
    )
    revoke = add("revoke-keys", "Revoke all API keys of sites and sandboxes.")
    delete = add("delete-sites", "Delete sites that came back with a restore.")
    for command in (revoke, delete):
        command.add_argument(
            "site_ids", nargs="+", metavar="SITE_ID", type=_site_id, help="ID of a site (site_…)"
        )
    return parser.parse_args(arguments)


def _segments(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_SEGMENTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {_MAX_SEGMENTS}")
    return int(text)


def _site_id(text: str) -> str:
    if not is_site_id(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a site ID (site_…)")
    return text


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    options = parse_arguments(arguments)
    try:
        action = f"The step {options.command} was not done"
        with aws_failures(action, _OTHER_TABLE), table_failures():
            return 0 if run(options, Dependencies(deployed_config(options))) else EXIT_FAILED
    except TableMismatch as error:
        reason, status = str(error), EXIT_BAD_INPUT
    except CommandFailure as failure:
        reason, status = str(failure), failure.exit_status
    sys.stderr.write(f"{_PROGRAM}: {reason}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
