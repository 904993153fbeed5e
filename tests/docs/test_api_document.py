"""Tables of docs/api.md and docs/operations.md: they match the code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from amzlinkr.domain import amazon_errors
from amzlinkr.domain.errors import AmzlinkrError

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs" / "api.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
METHODS = ("get", "post", "patch", "put", "delete")


def error_classes(root: type[AmzlinkrError]) -> Iterator[type[AmzlinkrError]]:
    for error in root.__subclasses__():
        yield error
        yield from error_classes(error)


def test_every_error_is_documented_with_its_status() -> None:
    # The base class of Amazon's errors is never raised; it inherits its code.
    classes = [c for c in error_classes(AmzlinkrError) if c is not amazon_errors.AmazonError]
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (yes|no) \|", API, re.MULTILINE)
    documented = {(code, int(status), word == "yes") for code, status, word in rows}
    assert documented == {(c.code, c.status, c.retryable) for c in classes}
    assert len(rows) == len(documented)


def test_every_call_is_documented() -> None:
    paths = json.loads((ROOT / "infra" / "openapi.json").read_text("utf-8"))["paths"]
    promised = {
        f"{method.upper()} /v1{path}"
        for path, item in paths.items()
        for method in METHODS
        if method in item
    }
    assert set(re.findall(r"^\| `([A-Z]+ /v1/[^`]+)` \|", API, re.MULTILINE)) == promised


def test_every_parameter_is_documented_with_its_default() -> None:
    template = (ROOT / "template.yaml").read_text("utf-8").partition("\nConditions:")[0]
    declared = re.findall(r"^  (\w+):\n    Type: \w+\n    Default: (.+)$", template, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]+)`|(\w+)) \| ", OPERATIONS, re.MULTILINE)
    documented = {(name, code or word.replace("empty", "")) for name, code, word in rows}
    assert {(name, default.strip("'")) for name, default in declared} <= documented
