"""Infrastructure: the local stack, the OpenAPI generator, and tools for the operator.

A program of this package, `python -m infra.<name>`, needs Python 3.11 and the packages that it
imports. Without them it ends with one line and exit status 2, and with one line on Ctrl-C too. This
file runs on older versions.
"""

from __future__ import annotations

import sys
from types import TracebackType

_OLDEST_PYTHON = (3, 11)


def _check_python() -> None:
    """Exit if the interpreter is too old to import the modules of this package."""
    if sys.version_info < _OLDEST_PYTHON:
        running = "{}.{}".format(*sys.version_info)
        _exit(
            f"AmzLinkr needs Python 3.11 or newer, not {running}. Try: python3.13 -m infra.<name>"
        )


def _report_exception(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print one line for Ctrl-C or a missing package, and the traceback of other exceptions."""
    if isinstance(error, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")  # Python ends the process with the status of the signal
        return
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    if name is None or name.partition(".")[0] == "infra":
        sys.__excepthook__(kind, error, trace)
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}{sys.abiflags}"
    _exit(
        f"{error}. Create the environment, `{sys.executable} -I infra/environments.py`, and use "
        f"its interpreter: .venv/{version}/dev/bin/python -m …"
    )


def _exit(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    raise SystemExit(2)


if sys.argv[0] == "-m":  # while Python locates the program: not in tests and other imports
    _check_python()
    sys.excepthook = _report_exception
