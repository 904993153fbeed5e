"""Migration of credentials: move all that are in another store to the one the service uses.

    python -m infra.migrate_credentials [--stage prod]

Deploy the parameter `CredentialStore` first. The service reads both stores, so it keeps working.
Each credential is copied, the copy is read back, the connection is switched to it in one
transaction, and the old secret is deleted an hour later by the service. Repeating the command
continues an interrupted migration; a copy that was not connected is deleted by the service.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from amzlinkr.config import Config
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.storage.secret_moves import SecretMoveStore
from amzlinkr.wiring import Dependencies
from infra.command_failures import EXIT_FAILED, CommandFailure
from infra.command_options import OneLineParser, session_options
from infra.deployed_stage import deployed_config, stage_option, table_failures

_PROGRAM = "python -m infra.migrate_credentials"
NO_LIMIT = 2**31
PASSES = 3
"""Connections that changed while they were moved are moved by the next pass."""
MOVED, CHANGED, NOT_MOVED, DELETED = "moved", "changed", "failed", "without credentials"


class CredentialMigration:
    """The migration of one deployment."""

    def __init__(self, deps: Dependencies) -> None:
        self._deps = deps
        self._moves = SecretMoveStore(deps.connection, deps.clock)

    def run(self) -> Counter[str]:
        """Move all credentials that are in the other store. Return the numbers of outcomes."""
        outcomes: Counter[str] = Counter()
        for _ in range(PASSES):
            remaining = list(self.remaining())
            outcomes = Counter({MOVED: outcomes[MOVED]})
            outcomes.update(self._move(site_id, connection) for site_id, connection in remaining)
            if not outcomes[CHANGED] and not outcomes[NOT_MOVED]:
                break
        return outcomes

    def remaining(self) -> Sequence[tuple[str, Connection]]:
        """Return the connections with credentials in the other store, with their site IDs."""
        vault = self._deps.vault
        connections = self._moves.connections()
        return [found for found in connections if not vault.is_in_use(found[1].secret_id)]

    def _move(self, site_id: str, connection: Connection) -> str:
        vault, accounts = self._deps.vault, self._deps.amazon_accounts
        try:
            credentials = vault.get(site_id, connection)
            secret_id, version = accounts.store_credentials(site_id, credentials, None)
            moved = replace(connection, secret_id=secret_id, secret_version=version)
            # Before the switch, because the old secret is deleted after it.
            if vault.get(site_id, moved) != credentials:
                return NOT_MOVED
            is_moved = self._moves.replace_secret(site_id, connection, secret_id, version)
        except NotConnected:
            return self._outcome_without_credentials(site_id, connection)
        except StoreUnavailable:
            return NOT_MOVED
        return MOVED if is_moved else CHANGED

    def _outcome_without_credentials(self, site_id: str, connection: Connection) -> str:
        """Return `DELETED`, or `NOT_MOVED` if credentials are stored but could not be read."""
        try:
            site = self._deps.sites.get(site_id)
            stored = site.connections.get(connection.marketplace) if site else None
            # The vault reads a ciphertext that does not decrypt as one that does not exist.
            is_stored = stored is not None and self._deps.vault.is_stored(stored)
        except StoreUnavailable:
            return NOT_MOVED
        return NOT_MOVED if is_stored else DELETED


def without_limits(config: Config) -> Config:
    """Return the configuration without limits of stored credentials.

    A copy counts beside the original until that is deleted.
    """
    limits = replace(config.limits, connections=NO_LIMIT, connections_of_account=NO_LIMIT)
    return replace(config, limits=limits)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; exit with one line if they are wrong."""
    parser = OneLineParser(prog=_PROGRAM, parents=[session_options(), stage_option()])
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code: 0 if nothing remains to be moved."""
    options = parse_arguments(arguments)
    try:
        with table_failures():
            config = without_limits(deployed_config(options))
            outcomes = CredentialMigration(Dependencies(config)).run()
    except CommandFailure as failure:
        sys.stderr.write(f"{_PROGRAM}: {failure}\n")
        return failure.exit_status
    sys.stdout.write(f"Credentials are now in the store {config.credential_store}.\n")
    for outcome, number in outcomes.items():
        sys.stdout.write(f"{number:7,} {outcome}\n")
    if outcomes[NOT_MOVED] or outcomes[CHANGED]:
        sys.stderr.write("Some were not moved. Run the command again.\n")
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
