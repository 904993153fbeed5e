"""Storage of accounts, changed prices and product titles between two runs of the fake."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.catalog import CatalogChanges
from infra.local.fake_amazon.products import Seed
from infra.local.fake_amazon.state import FakeAmazonState


class _Document(msgspec.Struct):
    accounts: dict[str, Account]
    changes: CatalogChanges
    seeds: dict[str, Seed]


class StateFile:
    """A JSON file that only its owner can read, because it contains the accounts' secrets."""

    def __init__(self, path: Path) -> None:
        """Use `path`; the file is created by the first `save`."""
        self._path = path

    def load(self, state: FakeAmazonState) -> None:
        """Add the accounts and changes of an earlier run to `state`, if the file exists."""
        if not self._path.exists():
            return
        document = msgspec.json.decode(self._path.read_bytes(), type=_Document)
        for name, account in document.accounts.items():
            known = state.accounts.get(name)
            # Files written before accounts had an `owner` do not contain one.
            owner = account.owner or (known.owner if known else "")
            state.accounts[name] = replace(account, owner=owner)
        state.catalog.restore(document.changes, document.seeds)

    def save(self, state: FakeAmazonState) -> None:
        """Write all accounts and changes; the file is replaced atomically."""
        document = _Document(dict(state.accounts), state.catalog.changes, state.catalog.seeds)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, because a rename is atomic within one file system only.
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(document))
        Path(name).replace(self._path)
