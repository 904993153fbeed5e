"""Update of the traces: `python -m tests.traces`, for some of them with parts of their names.

The tests record them, in the environment of all tests. Files without a flow are deleted.
"""

import argparse
import sys
from collections.abc import Sequence

import pytest

from tests.traces.registry import HERE, RECORDED, UPDATE_PLUGIN, flows


class Updating:
    """A pytest plugin that lets the tests write what they record."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register under the name for which the tests search."""
        config.pluginmanager.register(object(), UPDATE_PLUGIN)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; exit with a usage message if one is unknown."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.traces",
        description="Write the recorded traces, for review in the diff.",
    )
    parser.add_argument("parts", nargs="*", help="only traces with one of these in their names")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Write the traces, and delete files without a flow; return the exit status of the tests."""
    parts = parse_arguments(arguments).parts
    names = [name for name in flows() if not parts or any(part in name for part in parts)]
    if not names:
        raise SystemExit(f"no trace has {' or '.join(parts)} in its name")
    for file in RECORDED.glob("*"):
        if file.stem not in flows():
            file.unlink()
    tests = [f"{HERE / 'test_traces.py'}::test_requests_are_as_recorded[{name}]" for name in names]
    return pytest.main(["-q", "-p", "no:cacheprovider", *tests], plugins=[Updating()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
