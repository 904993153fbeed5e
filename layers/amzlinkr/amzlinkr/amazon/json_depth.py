"""A limit for the nesting of Amazon's JSON that is the same on every Python version.

The JSON decoder stops at the recursion limit of the interpreter: at less than 1,000 levels on
Python 3.11, at several thousand on 3.13. Without our limit, the same response would be an error on
one version and a result on the other.
"""

import re

MAX_JSON_DEPTH = 100
"""Objects and lists inside each other. Amazon's deepest responses, browse nodes, need about 30."""

# The end of the text ends an open string too: otherwise many quotes would take quadratic time.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)', re.DOTALL)
_OPENING = b"[{"
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def is_too_deep(text: bytes) -> bool:
    """Return True if a JSON text contains more than `MAX_JSON_DEPTH` levels."""
    # Fewer brackets than levels, even if all of them open one: nothing to search in.
    if len(text.translate(None, _NOT_BRACKETS)) <= MAX_JSON_DEPTH:
        return False
    depth = 0
    for bracket in _STRING.sub(b"", text).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > MAX_JSON_DEPTH:
            return True
    return False
