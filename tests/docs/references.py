"""Finder of references in documents that lead nowhere: links, anchors, paths, targets, modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from tests.docs.markdown import anchors, code_spans, fenced_blocks, links

# Documents name modules of the layer and files of the plugin without the folders above them.
ROOTS = ("", "layers/amzlinkr/amzlinkr/", "clients/wordpress/amzlinkr/", "infra/local/")
# Paths outside the repository.
ELSEWHERE = {"amzlinkr/product-box.php": "in the theme of a WordPress site"}
# Folders that make, pytest, or the stack create; git ignores them.
GENERATED = (".local", ".wordpress", ".venv", ".aws-sam", "build")
_PATH = re.compile(r"(?:\.{0,2}[\w-][\w.-]*|\.{1,2})(?:/[\w.@{},-]+)*/?")
_SUFFIX = re.compile(r"\.(?:py|php|js|css|md|json|toml|ya?ml|txt|png|svg|in|dist|sh)\Z")
_BRACES = re.compile(r"\{([^{}]+)\}")
_MAKE = re.compile(r"(?<![\w-])make ([a-z][a-z-]*)")
_MODULE = re.compile(r"python3? -m ((?:infra|tests|clients|functions)[\w.]*)")


@dataclass(frozen=True)
class Repository:
    """The tracked files, with the texts of the documents among them."""

    files: frozenset[str]
    documents: Mapping[str, str]
    make_targets: frozenset[str]

    @cached_property
    def folders(self) -> set[str]:
        """Every folder that contains a tracked file."""
        return {
            file[: match.start()] for file in self.files for match in re.finditer("/", file)
        } | {""}

    def has(self, path: str) -> bool:
        """Return whether a file or folder exists at a path."""
        path = path.rstrip("/")
        return path in self.files or path in self.folders


def broken_links(name: str, repository: Repository) -> Iterator[str]:
    """Yield relative links of a document to files and anchors that do not exist."""
    for target in links(repository.documents[name]):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        known = anchors(repository.documents.get(found, ""))
        if not repository.has("" if found == "." else found) or (anchor and anchor not in known):
            yield target


def missing_paths(name: str, repository: Repository) -> Iterator[str]:
    """Yield paths of the repository that a document names in code and that do not exist."""
    text = repository.documents[name]
    fenced = [word for block in fenced_blocks(text) for word in block.content.split()]
    tops = {file.partition("/")[0] for file in repository.files if "/" in file}
    base_names = {posixpath.basename(file) for file in repository.files}
    spans = [word for span in code_spans(text) for word in span.split()]
    for word in spans + [word for word in fenced if word.partition("/")[0] in tops]:
        path = word.partition("::")[0].strip("(),;:'\"").removesuffix(".")
        if not _PATH.fullmatch(path) or path in ELSEWHERE or path.startswith(GENERATED):
            continue
        if "/" not in path:
            if re.search(r"\.(?:py|php)\Z", path) and path not in base_names:
                yield path
        elif path.partition("/")[0] in tops or _SUFFIX.search(path):
            roots = (*ROOTS, posixpath.dirname(name) + "/")
            yield from (
                expanded
                for expanded in _expand(path)
                if not any(repository.has(posixpath.normpath(root + expanded)) for root in roots)
            )


def _expand(path: str) -> Iterator[str]:
    """Yield the paths that braces abbreviate: `a/{b,c}.py` is `a/b.py` and `a/c.py`."""
    match = _BRACES.search(path)
    if match is None:
        yield path
        return
    for choice in match[1].split(","):
        yield from _expand(path[: match.start()] + choice + path[match.end() :])


def unknown_make_targets(name: str, repository: Repository) -> Iterator[str]:
    """Yield targets in `make` commands of a document that the Makefile does not define."""
    for code in _code(repository.documents[name]):
        for match in _MAKE.finditer(code):
            if match[1] not in repository.make_targets:
                yield match[1]


def unknown_modules(name: str, repository: Repository) -> Iterator[str]:
    """Yield modules that a document runs with `python -m` and that do not exist."""
    for code in _code(repository.documents[name]):
        for match in _MODULE.finditer(code):
            path = match[1].rstrip(".").replace(".", "/")
            if not {f"{path}.py", f"{path}/__main__.py"} & repository.files:
                yield match[1]


def _code(text: str) -> list[str]:
    return [*code_spans(text), *(block.content for block in fenced_blocks(text))]


def make_targets_of(makefile: str) -> frozenset[str]:
    """Return the named targets of a Makefile."""
    return frozenset(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
