"""Keeps accounts, changed prices and settled titles between two runs."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.catalog import Changes
from infra.local.fake_amazon.products import Seed
from infra.local.fake_amazon.state import State


class _State(msgspec.Struct):
    accounts: dict[str, Account]
    changes: Changes
    seeds: dict[str, Seed]


class StateFile:
    """One JSON file, readable by its owner only, since it holds the accounts' secrets."""

    def __init__(self, path: Path) -> None:
        """Use this path; the file need not be there yet."""
        self._path = path

    def load(self, world: State) -> None:
        """Take over what an earlier run left, if anything."""
        if not self._path.exists():
            return
        state = msgspec.json.decode(self._path.read_bytes(), type=_State)
        for name, account in state.accounts.items():
            known = world.accounts.get(name)
            # Files from before accounts had owners know of none.
            owner = account.owner or (known.owner if known else "")
            world.accounts[name] = replace(account, owner=owner)
        world.catalog.restore(state.changes, state.seeds)

    def save(self, world: State) -> None:
        """Write everything, in one step."""
        state = _State(dict(world.accounts), world.catalog.changes, world.catalog.seeds)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=self._path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(state))
        Path(name).replace(self._path)
