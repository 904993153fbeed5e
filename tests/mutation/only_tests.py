"""A pytest plugin that runs the tests listed in a file, in the order of that file.

Test names on the command line would be an error for a mutant that changes a parameter's name.
"""

from pathlib import Path

import pytest

OPTION = "--only-tests"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with the name of the file."""
    parser.addoption(OPTION, help="file with a test per line")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the listed tests."""
    listed = config.getoption(OPTION)
    if listed:
        found = {item.nodeid: item for item in items}
        names = Path(listed).read_text().splitlines()
        items[:] = [found[name] for name in names if name in found]
