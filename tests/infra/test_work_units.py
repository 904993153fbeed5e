"""Files that share an expensive fixture run in one process."""

import re

from tests.infra.conftest import ROOT
from tests.work_units import TOGETHER, unit_of

USES_EMULATOR = re.compile(r"def test_\w+\([^)]*\b(?:racing|emulated|stores): ", re.DOTALL)


def test_files_on_the_emulator_are_one_unit() -> None:
    files = [
        f"tests/contract/{path.name}"
        for path in (ROOT / "tests" / "contract").glob("test_*.py")
        if USES_EMULATOR.search(path.read_text())
    ]

    assert len(files) > 3
    assert {unit_of(f"{file}::test_one[a::b]") for file in files} == {
        "tests/contract on the emulator"
    }


def test_each_stack_is_started_by_one_unit() -> None:
    assert unit_of("tests/e2e/test_stack.py::test_one") == "tests/e2e"
    assert unit_of("tests/e2e/test_admin.py::test_one") == "tests/e2e"
    assert unit_of("tests/e2e/second_amazon/test_errors.py::test_one[a::b]") == (
        "tests/e2e/second_amazon"
    )


def test_another_file_is_a_unit() -> None:
    test = "tests/contract/test_catalog.py::test_one[tests/e2e/]"
    assert unit_of(test) == "tests/contract/test_catalog.py"


def test_named_files_exist() -> None:
    assert [begin for begin in TOGETHER if not (ROOT / begin).exists()] == []
