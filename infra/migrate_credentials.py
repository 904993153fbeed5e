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
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.config import Config, config_from_environment
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotConnected, StoreUnavailable
from amzlinkr.storage.secret_moves import SecretMoveStore
from amzlinkr.wiring import Dependencies

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

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
            return DELETED
        except StoreUnavailable:
            return NOT_MOVED
        return MOVED if is_moved else CHANGED


def deployed_config(lambda_client: LambdaClient, stage: str) -> Config:
    """Return the configuration of a deployed stage, without limits of stored credentials.

    A copy counts beside the original until that is deleted.
    """
    found = lambda_client.get_function_configuration(FunctionName=f"amzlinkr-{stage}-validate")
    config = config_from_environment(found["Environment"]["Variables"])
    limits = replace(config.limits, connections=NO_LIMIT, connections_of_account=NO_LIMIT)
    return replace(config, limits=limits)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the stage; exit with a usage message if there are other arguments."""
    parser = argparse.ArgumentParser(prog="python -m infra.migrate_credentials")
    parser.add_argument("--stage", default="prod", help="name of the deployment (default: prod)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code: 0 if nothing remains to be moved."""
    stage = parse_arguments(arguments).stage
    try:
        config = deployed_config(boto3.client("lambda"), stage)
        outcomes = CredentialMigration(Dependencies(config)).run()
    except (KeyError, ValueError) as error:
        sys.stderr.write(
            f"The stage {stage} has another configuration ({error}). Deploy it first.\n"
        )
        return 2
    except (ClientError, BotoCoreError, StoreUnavailable) as error:
        # The class of the error only: its text could contain what was sent.
        reason = type(error.__cause__ or error).__name__
        sys.stderr.write(f"The stage {stage} could not be read ({reason}).\n")
        return 2
    sys.stdout.write(f"Credentials are now in the store {config.credential_store}.\n")
    for outcome, number in outcomes.items():
        sys.stdout.write(f"{number:7,} {outcome}\n")
    if outcomes[NOT_MOVED] or outcomes[CHANGED]:
        sys.stderr.write("Some were not moved. Run the command again.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
