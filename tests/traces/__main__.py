"""Update of the traces: `python -m tests.traces`, for some of them with parts of their names.

The tests record them, in the environment of all tests. Files without a flow are deleted.
"""

import sys
from collections.abc import Sequence

import pytest

from tests.traces.registry import HERE, RECORDED, UPDATE_PLUGIN, flows


class Updating:
    """A pytest plugin that lets the tests write what they record."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register under the name for which the tests search."""
        config.pluginmanager.register(object(), UPDATE_PLUGIN)


def main(parts: Sequence[str]) -> int:
    """Write the traces whose names contain one of these parts, or all."""
    for file in RECORDED.glob("*"):
        if file.stem not in flows():
            file.unlink()
    selected = ["-k", " or ".join(parts)] if parts else []
    tests = str(HERE / "test_traces.py")
    return pytest.main(["-q", "-p", "no:cacheprovider", *selected, tests], plugins=[Updating()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
