"""Recognition of mutants that change nothing: the compiler makes the same code of both sources."""

from functools import lru_cache
from types import CodeType

from tests.mutation.operators import Change


def is_same_code(source: str, change: Change) -> bool:
    """Return True for a removed `return` at the end of a function, which returns None anyway.

    Other changes are not compiled, which would take longer than it saves.
    """
    removed = source.encode()[change.start : change.end]
    if change.new != "pass" or removed not in (b"return", b"return None"):
        return False
    return code_content(_compiled(source)) == code_content(_compiled(change.apply_to(source)))


@lru_cache(maxsize=2)
def _compiled(source: str) -> CodeType:
    return compile(source, "<source>", "exec", dont_inherit=True)


def code_content(code: CodeType) -> tuple[object, ...]:
    """Return what of a code decides how it runs: all but the line numbers."""
    constants = [
        code_content(constant) if isinstance(constant, CodeType) else (type(constant), constant)
        for constant in code.co_consts
    ]
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_exceptiontable
