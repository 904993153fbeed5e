"""Import rules in docs/architecture.md: the table allows what import-linter allows."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
Imports = dict[str, frozenset[str]]


def contract_imports(contracts: Sequence[Mapping[str, Any]]) -> Imports:
    """Return the packages that each package may import, from the contracts."""
    [rings] = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    packages = [frozenset(ring.split(" | ")) for ring in rings]
    allowed = {"functions": frozenset[str]().union(*packages)}
    for number, ring in enumerate(packages):
        below = frozenset[str]().union(*packages[number + 1 :])
        allowed |= dict.fromkeys(ring, below)
    for contract in contracts:
        if contract["type"] == "forbidden":
            forbidden = {name.removeprefix("amzlinkr.") for name in contract["forbidden_modules"]}
            for source in contract["source_modules"]:
                package = source.removeprefix("amzlinkr.")
                if package in allowed:
                    allowed[package] -= forbidden
    return allowed


def documented_imports(document: str) -> Imports:
    """Return the same from the rows of the table."""
    section = document.partition("\n## Layers\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \|$", section, re.MULTILINE)
    packages = frozenset(name for name, _ in rows)
    allowed: Imports = {}
    last = frozenset[str]()
    for name, text in rows:
        if text == "everything":
            last = packages - {"functions", name}
        elif text != "as above":
            last = frozenset(re.findall(r"`(\w+)`", text))
        allowed[name] = last
    return allowed


def test_the_table_allows_what_the_contracts_allow() -> None:
    assert documented_imports(ARCHITECTURE) == contract_imports(LINTER["contracts"])


def test_the_table_names_every_package_of_the_layer() -> None:
    layer = ROOT / "layers" / "amzlinkr" / "amzlinkr"
    modules = {file.stem for file in layer.glob("*.py")} - {"__init__"}
    packages = {file.parent.name for file in layer.glob("*/__init__.py")}

    assert set(documented_imports(ARCHITECTURE)) == modules | packages | {"functions"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("`security`, `queues`, `telemetry`", "`security`, `queues`, `config`, `telemetry`"),
        ("`telemetry`, `config`, `net`, `domain`", "`telemetry`, `config`, `domain`"),
        ("| `wiring` | Construction of all collaborators | everything |\n", ""),
        ("| the standard library |", "| `config` |"),
    ],
)
def test_a_wrong_row_is_found(old: str, new: str) -> None:
    assert old in ARCHITECTURE

    wrong = documented_imports(ARCHITECTURE.replace(old, new))
    assert wrong != contract_imports(LINTER["contracts"])
