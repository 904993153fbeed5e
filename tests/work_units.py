"""Distribution of test files to processes: files that share an expensive fixture stay together.

A fixture of the session exists once in every process, and the stack or an emulator takes seconds
of processor time to start.
"""

from __future__ import annotations

from typing import Any

import pytest

ON_EMULATOR = ("conflicts", "rate_limiter_backoff", "shared_tokens", "stores")
TOGETHER = {
    "tests/e2e/second_amazon/": "tests/e2e/second_amazon",
    "tests/e2e/": "tests/e2e",
    **{f"tests/contract/test_{name}.py": "tests/contract on the emulator" for name in ON_EMULATOR},
}
"""Names of common units by the beginning of a file's path; the first that fits counts."""


def unit_of(test: str) -> str:
    """Return the name of the unit of work that a test belongs to: its file, or a common unit."""
    file = test.partition("::")[0]
    return next((unit for begin, unit in TOGETHER.items() if file.startswith(begin)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return the scheduler of `--dist loadfile`, with common units; None for another `--dist`."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

    class LoadUnits(LoadFileScheduling):  # type: ignore[misc]
        """Units of work that a process takes as a whole."""

        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return LoadUnits(config, log)
