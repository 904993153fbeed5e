"""References in the documents: every link, path, make target, and module exists."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import anchors, fenced_blocks
from tests.docs.references import (
    Repository,
    broken_links,
    make_targets_of,
    missing_paths,
    unknown_make_targets,
    unknown_modules,
)

ROOT = Path(__file__).parents[2]
MAX_README_WORDS = 900
REQUIRED = (
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/api.md",
    "docs/architecture.md", "docs/decisions.md", "docs/glossary.md", "docs/operations.md",
    "docs/quickstart.md", "docs/rate-limiting.md", "docs/scaling.md", "docs/security.md",
    "docs/testing.md",
)  # fmt: skip
Check = Callable[[str, Repository], Iterator[str]]
CHECKS: tuple[Check, ...] = (broken_links, missing_paths, unknown_make_targets, unknown_modules)


def repository() -> Repository:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = frozenset(path for path in listed.split("\0") if path and (ROOT / path).is_file())
    return Repository(
        files=files,
        documents={
            path: (ROOT / path).read_text("utf-8") for path in sorted(files) if path.endswith(".md")
        },
        make_targets=make_targets_of((ROOT / "Makefile").read_text("utf-8")),
    )


REPOSITORY = repository()


def test_all_documents_exist() -> None:
    assert set(REQUIRED) <= set(REPOSITORY.documents)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", REPOSITORY.documents)
def test_document_has_no_broken_references(name: str, check: Check) -> None:
    broken = sorted(set(check(name, REPOSITORY)))
    assert not broken, f"{name}: {', '.join(broken)}"


def test_readme_is_short() -> None:
    assert len(REPOSITORY.documents["README.md"].split()) <= MAX_README_WORDS


def test_readme_links_every_document() -> None:
    readme = REPOSITORY.documents["README.md"]
    assert [name for name in REQUIRED[1:] if f"]({name})" not in readme] == []


def test_changelog_begins_with_the_current_version() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    released = re.search(r"^## \[(\d.*?)\]", REPOSITORY.documents["CHANGELOG.md"], re.MULTILINE)
    assert version is not None
    assert released is not None
    assert released[1] == version[1]


def small(document: str) -> Repository:
    return Repository(
        files=frozenset({
            "docs/a.md", "docs/b.md", "tests/test_x.py", "infra/audit.py",
            "infra/local/demo/__main__.py", "layers/amzlinkr/amzlinkr/storage/records.py",
            "requirements/dev.txt",
        }),
        documents={"docs/a.md": document, "docs/b.md": "# Title\n\n## A `part`: two\n"},
        make_targets=make_targets_of("test: ready ## Run\n\ttrue\ntest-slow:\nX := 1\n"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("check", "document"),
    [
        (broken_links, "[x](c.md)"),
        (broken_links, "![x](images/c.png)"),
        (broken_links, "[x](b.md#no-such-part)"),
        (broken_links, "[x](#nowhere)"),
        (broken_links, "[two\nlines](../c.md)"),
        (broken_links, "[x]\n\n[x]: c.md"),
        (missing_paths, "See `tests/test_y.py`."),
        (missing_paths, "See `storage/tables.py`."),
        (missing_paths, "See `tables.py`."),
        (missing_paths, "See `tests/nowhere/`."),
        (missing_paths, "See `requirements/{dev,sam}.txt`."),
        (missing_paths, "Run `pytest -q tests/test_y.py`."),
        (missing_paths, "```sh\npytest tests/test_y.py::test_z\n```"),
        (unknown_make_targets, "Run `make prove`."),
        (unknown_make_targets, "```sh\nmake prove\n```"),
        (unknown_modules, "Run `python -m infra.demo`."),
        (unknown_modules, "```sh\npython3 -m infra.local\n```"),
    ],
)
def test_broken_references_are_found(check: Check, document: str) -> None:
    assert len(list(check("docs/a.md", small(document)))) == 1


@pytest.mark.parametrize(
    "document",
    [
        "[x](b.md) [y](b.md#a-part-two) [z](https://example.com/c.md) [w](../docs)",
        "# Here\n[x](#here) and `[x](c.md)`\n```\n[x](c.md)\n```",
        "`tests/test_x.py` `storage/records.py` `records.py` `tests/test_x.py::test_z` `docs/`",
        "`requirements/{dev}.txt` `GET /v1/sync` `application/json` `.local/stack.json` `x.y`",
        "`make test` `make test-slow PYTHON=python3` make sure `make`",
        "`python -m infra.local.demo` `python3 -m infra.audit <url>` `python -m http.server`",
    ],
)
def test_good_references_pass(document: str) -> None:
    found = [one for check in CHECKS for one in check("docs/a.md", small(document))]
    assert found == []


def test_anchors_are_those_of_the_host() -> None:
    headings = "# What is `it`?\n\n## A, b & c\n\n## [Link](x.md) here\n\n## Twice\n\n## Twice\n"
    names = {"what-is-it", "a-b--c", "link-here", "twice", "twice-1"}
    assert anchors(headings + "```\n# no heading\n```\n") == names


def test_fenced_blocks_are_read_with_their_language() -> None:
    blocks = fenced_blocks("a\n```sh\nx\ny\n```\nb\n````md\n```sh\nz\n```\n````\n")
    assert [(block.language, block.content) for block in blocks] == [
        ("sh", "x\ny\n"),
        ("md", "```sh\nz\n```\n"),
    ]
