"""The changes that the sampler makes, on small sources and on the project."""

import ast

import pytest

from tests.mutation.mutant import ROOT
from tests.mutation.operators import find_changes
from tests.mutation.reached_tests import source_files
from tests.mutation.same_code import is_same_code


def changed(source: str) -> set[str]:
    return {change.apply_to(source) for change in find_changes(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a <= b"}),
        ("a == b != c", {"a != b != c", "a == b == c"}),
        ("a in b", {"a not in b"}),
        ("a is None", {"a is not None"}),
        ("a and b", {"(a or b)", "a", "b"}),
        ("a or b or c", {"(a and b and c)", "(b or c)", "(a or c)", "(a or b)"}),
        ("not a", {"a"}),
        ("a - b", {"a + b"}),
        ("a // b", {"a * b"}),
        ("a | b", {"a & b"}),
        ("x = 4", {"x = 5"}),
        ("x = True", {"x = False"}),
        ("a if b else c", {"a", "c"}),
        ("min(a, b)", {"max(a, b)", "pass"}),
        ("[a for a in b if c]", {"[a for a in b if True]"}),
        ("if a:\n    b", {"if True:\n    b", "if False:\n    b"}),
        ("while a:\n    b", {"while False:\n    b"}),
        ("f(a)", {"pass"}),
        ("a.b = c", {"pass"}),
        ("a += b", {"pass"}),
        ("raise a", {"pass"}),
        ("def f():\n    return a", {"def f():\n    return None"}),
        ("def f():\n  for a in b:\n    return", {"def f():\n  for a in b:\n    pass"}),
        ("x = 'ü', a < b", {"x = 'ü', a <= b"}),
        ("x = (\n  a\n  and b  # why\n)", {f"x = (\n  {v}  # why\n)" for v in ("(a or b)",)}
         | {"x = (\n  a  # why\n)", "x = (\n  b  # why\n)"}),
    ],
)  # fmt: skip
def test_operator(source: str, expected: set[str]) -> None:
    assert changed(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '"""The text of 3 lines."""',
        "__all__ = ['a', 'b']",
        "x: Literal[1] | None",
        "def f(a: Literal[1] | None) -> Literal[2]: ...",
        "log.info('a', count=1)",
        "telemetry.log.warning('a', retried=True)",
        "f'{a + 1} of {b}'",
        "if TYPE_CHECKING:\n    import a",
        "class A(Protocol):\n    b: bool = True",
        "@overload\ndef f(a: int, b: bool = True) -> int: ...",
        "@dataclass(frozen=True, slots=True)\nclass A: ...",
        "import a",
        "x = a + 'text'",
        "while True:\n    ...",
    ],
)
def test_excluded(source: str) -> None:
    # A changed `while True` would end a loop or never end; both are noticed everywhere.
    assert changed(source) <= {"while False:\n    ..."}


def test_place_of_a_change() -> None:
    source = "A = 1\nclass B:\n  c: int = 2\n  def d(e=3):\n    return f(\n4)\nF, G = 5, 6\nf(7)\n"
    found = {change.new: change for change in find_changes(source)}

    names = [("A",), ("c",), ("d",), None, ("F", "G"), ("F", "G"), ()]
    assert [found[new].names for new in "2345678"] == names
    assert (found["5"].line, found["5"].statement_line) == (6, 5)


def test_every_change_of_the_project_is_another_program() -> None:
    for file in source_files()[::5]:
        source = (ROOT / file).read_text()
        original = ast.dump(ast.parse(source))

        for change in find_changes(source)[::10]:
            assert ast.dump(ast.parse(change.apply_to(source))) != original


@pytest.mark.parametrize(
    ("body", "is_same"),
    [
        ("if a:\n        return", True),
        ("try:\n        b()\n    except E:\n        return None", True),
        ("if a:\n        return\n    b()", False),
        ("for a in b:\n        return", False),
        ("try:\n        b()\n    except E:\n        return\n    c()", False),
    ],
)
def test_removed_return_at_the_end_changes_nothing(body: str, is_same: bool) -> None:
    source = f"def f(a, b):\n    {body}\n"
    removed = [
        change
        for change in find_changes(source)
        if change.new == "pass" and source[change.start :].startswith("return")
    ]

    assert [is_same_code(source, change) for change in removed] == [is_same]


def test_other_changes_are_not_the_same_code() -> None:
    source = "def f(a):\n    if a:\n        return 1\n    b()\n"

    assert not any(is_same_code(source, change) for change in find_changes(source))
