"""Limits of size, and names that are used once: over layers, functions, and infra."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("layers/amzlinkr/amzlinkr", "functions", "infra")
MAX_FILE_LINES, MAX_FUNCTION_LINES, P95_FUNCTION_LINES = 260, 45, 25
MAX_WIRING_LINES, MAX_HANDLER_LINES = 170, 120
SAME_NAME_ALLOWED = (
    dict.fromkeys(
        ("RESOURCES", "VARIATION_RESOURCES", "BROWSE_NODE_RESOURCES"),
        "both backends have the same four files; each requests its own resources, and the fake "
        "Amazon defines all that exist",
    )
    | dict.fromkeys(
        ("Api", "HOST", "MARKETPLACES", "Marketplace", "SIGNING_SERVICE"),
        "a fact of Amazon; the fake Amazon imports nothing of the layer, so that each checks the "
        "other",
    )
    | {"ROOT": "the folder of the repository; `infra/environments.py` can import no other module"}
)
"""Public names that several modules define with one meaning, each with its reason."""

FILES = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield all functions and methods of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length_of(function: ast.FunctionDef) -> int:
    """Return the number of lines of a function, without its decorators."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def public_names(tree: ast.Module) -> Iterator[str]:
    """Yield the public classes and constants that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [
                name.id
                for target in node.targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            ]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            names = []
        yield from (name for name in names if not name.startswith("_") and len(name) > 1)


def repeated(modules: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Return the public names that more than one of the modules defines."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, tree in modules.items():
        for name in dict.fromkeys(public_names(tree)):
            if name[0].isupper():
                found[name].append(module)
    return {name: places for name, places in found.items() if len(places) > 1}


def too_long(functions: dict[str, int], limit: int) -> list[str]:
    """Return the functions that are longer than the limit."""
    return [f"{name}: {lines} lines" for name, lines in functions.items() if lines > limit]


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each file, by its path in the repository."""
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text()) for file in FILES}


def test_no_file_is_too_long() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in FILES}

    assert too_long(lengths, MAX_FILE_LINES) == []
    assert lengths["layers/amzlinkr/amzlinkr/wiring.py"] <= MAX_WIRING_LINES
    handlers = {name: lines for name, lines in lengths.items() if name.startswith("functions/")}
    assert too_long(handlers, MAX_HANDLER_LINES) == []


def test_functions_are_short(trees: dict[str, ast.Module]) -> None:
    lengths = {
        f"{path}:{function.name}": length_of(function)
        for path, tree in trees.items()
        for function in functions_of(tree)
    }

    assert too_long(lengths, MAX_FUNCTION_LINES) == []
    in_order = sorted(lengths.values())
    assert in_order[int(len(in_order) * 0.95)] <= P95_FUNCTION_LINES


def test_a_public_name_has_one_meaning(trees: dict[str, ast.Module]) -> None:
    places = repeated(trees)

    assert {name: places[name] for name in sorted(places.keys() - SAME_NAME_ALLOWED)} == {}
    assert [name for name in SAME_NAME_ALLOWED if name not in places] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_second_meaning_is_found_in_each_folder(
    trees: dict[str, ast.Module], folder: str
) -> None:
    planted = trees | {f"{folder}/planted.py": ast.parse("class Shelf: ...")}

    assert list(repeated(planted).keys() - SAME_NAME_ALLOWED) == ["Shelf"]


def test_a_repeated_name_and_a_long_function_are_found() -> None:
    modules = {"a.py": ast.parse("MAX = 1\nclass Answer: ..."), "b.py": ast.parse("A, MAX = 1, 2")}

    assert repeated(modules) == {"MAX": ["a.py", "b.py"]}
    assert too_long({"f": 46, "g": 45}, MAX_FUNCTION_LINES) == ["f: 46 lines"]
