"""Scanner for words that the style rules reject, in code, documents and messages.

The style rules ask for plain technical English without metaphors. `FORBIDDEN` is the only copy of
the word list. Run ``python -m tests.docs.word_list [path...]`` to list the hits in the tracked
files below the given paths (default: the whole repository) as ``file:line: word``; the exit status
is 1 if there are any. The module needs the standard library only.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FORBIDDEN = (
    "nobody", "somebody", "everybody", "whoever", "whose", "wish", "wishes", "anew", "meanwhile",
    "lay aside", "lays aside", "laid aside", "by itself", "of its own", "under way", "told",
    "tell", "tells", "knows", "wants", "hears", "says", "at once", "go on", "let go", "in vain",
    "outrun", "outruns", "hurry", "so many", "so long",
)  # fmt: skip

# A function docstring begins with an imperative verb, never with one of these.
FORBIDDEN_BEGINNINGS = ("What", "Who", "How", "Whether", "The", "A", "As")

# The docstring of a module or class begins with a noun phrase: not with a question or a verb.
QUESTIONS = ("What", "Who", "How", "Whether")
VERBS = (
    "accept", "acquire", "add", "apply", "choose", "clear", "close", "compare", "compute",
    "connect", "convert", "create", "decide", "decode", "define", "delete", "deliver", "describe",
    "discard", "encode", "enforce", "execute", "fail", "fetch", "find", "generate", "give",
    "handle", "hold", "ignore", "implement", "install", "invoke", "keep", "make", "move", "parse",
    "prepare", "provide", "publish", "raise", "receive", "register", "reject", "remove", "replace",
    "resolve", "respond", "restore", "return", "save", "send", "serve", "simulate", "start", "stop",
    "suppress", "take", "translate", "validate", "verify", "wait", "wrap", "write", "yield",
)  # fmt: skip
VERBS_AND_NOUNS = (
    "answer", "block", "call", "change", "check", "copy", "count", "export", "import", "lease",
    "list", "load", "log", "measure", "plan", "print", "process", "purge", "read", "record",
    "refresh", "report", "request", "reset", "retry", "run", "search", "set", "show", "sort",
    "split", "store", "test", "update", "use",
)  # fmt: skip
"""A verb if an object follows: "Runs workers" and "Run a worker", but not "Runs of workers"."""

# Files in which every string constant is a text that a caller, an owner or an operator may read.
TEXT_FOLDERS = (
    "layers/", "functions/", "infra/local/demo", "infra/openapi",
)  # fmt: skip

SCANNED_FOLDERS = (
    "layers/", "functions/", "infra/", "tests/", "clients/", "docs/", ".github/",
)  # fmt: skip
SCANNED_FILES = (
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "Makefile", "template.yaml",
    "pyproject.toml", ".editorconfig", ".pre-commit-config.yaml", ".ci/run",
    "infra/openapi.json", "layers/amzlinkr/Makefile",
)  # fmt: skip
# Read as a whole, because all of it is prose, comments or texts.
WHOLE_TEXT_SUFFIXES = (".md", ".txt", ".yaml", ".yml", ".toml", ".in", ".dist")
LOG_METHODS = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log", "print"}
)


@dataclass(frozen=True)
class Allowed:
    """A use of a rejected word that is correct, with the reason.

    `pattern` must match a stretch of text that contains the word. `folder` limits the exception to
    paths that begin with it.
    """

    pattern: str
    reason: str
    folder: str = ""


ALLOWED = (
    Allowed(r"wish\s+lists?", "a feature of Amazon's shop"),
    Allowed(
        r"(person|people|owner|author|editor|user|visitor|customer|operator|maintainer"
        r"|administrator)s?\s+whose",
        "said of a person",
    ),
    Allowed(r"(user|-u)\s+[`'\"]?nobody", "the Unix user", folder="tests/"),
)


@dataclass(frozen=True, order=True)
class Hit:
    """A rejected word in a file."""

    path: str
    line: int
    word: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word}"


@dataclass(frozen=True)
class Text:
    """A stretch of prose and the line of the file in which it begins."""

    line: int
    content: str


# The words of a phrase may be split over two lines of a paragraph or of a block of comments.
_GAP = r"(?:[ \t]+|[ \t]*\r?\n[ \t]*(?:(?:#+|//+|\*+|>+)[ \t]*)?)"
_PHRASES = re.compile(
    r"(?<![\w$])(?:"
    + "|".join(_GAP.join(map(re.escape, phrase.split())) for phrase in FORBIDDEN)
    + r")(?!\w)",
    re.IGNORECASE,
)
_CONTEXT_CHARS = 40


def find_words(texts: Iterable[Text], path: str = "") -> Iterator[Hit]:
    """Yield a hit for every rejected word or phrase that no exception allows."""
    for text in texts:
        line_starts = [match.end() for match in re.finditer("\n", text.content)]
        for match in _PHRASES.finditer(text.content):
            if not _is_allowed(text.content, match, path):
                line = text.line + bisect_right(line_starts, match.start())
                yield Hit(path, line, " ".join(re.findall(r"\w+", match.group())).lower())


def _is_allowed(content: str, found: re.Match[str], path: str) -> bool:
    begin = max(0, found.start() - _CONTEXT_CHARS)
    context = content[begin : found.end() + _CONTEXT_CHARS]
    start, end = found.start() - begin, found.end() - begin
    return any(
        path.startswith(allowed.folder)
        and any(
            match.start() <= start and end <= match.end()
            for match in re.finditer(allowed.pattern, context, re.IGNORECASE)
        )
        for allowed in ALLOWED
    )


def find_docstring_beginnings(source: str, path: str = "") -> Iterator[Hit]:
    """Yield a hit for every docstring that does not begin as its kind must.

    A function's begins with an imperative verb, a module's or a class's with a noun phrase.
    """
    for node in _nodes(source):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                is_wrong = _begins_without_verb
            case ast.Module() | ast.ClassDef():
                is_wrong = _begins_with_question_or_verb
            case _:
                continue
        docstring = ast.get_docstring(node) or ""
        if is_wrong(docstring):
            first = re.findall(r"[\w'’]+", docstring)[0]
            yield Hit(path, node.body[0].lineno, f'docstring begins with "{first}"')


def _begins_without_verb(docstring: str) -> bool:
    return re.findall(r"[\w'’]+", docstring)[:1] in [[word] for word in FORBIDDEN_BEGINNINGS]


def _begins_with_question_or_verb(docstring: str) -> bool:
    match = re.match(r"(\w+)(?= )", docstring)
    if match is None:  # a noun with punctuation after it: "Imports: …", "Sign-up …"
        return False
    word, following = match[1], docstring[match.end() :].split(maxsplit=1)[0].lower()
    return (
        word in QUESTIONS
        or word.lower() in _VERB_FORMS
        or (word.lower() in VERBS_AND_NOUNS and following in _DETERMINERS)
        or (word.lower() in _AMBIGUOUS_THIRD_PERSON and following not in _AFTER_NOUNS)
    )


def _third_person(verb: str) -> str:
    if verb.endswith(("ch", "sh", "ss", "x")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeou]y\Z", verb) else f"{verb}s"


_VERB_FORMS = {*VERBS, *map(_third_person, VERBS)}
_AMBIGUOUS_THIRD_PERSON = set(map(_third_person, VERBS_AND_NOUNS))
_DETERMINERS = ("a", "all", "an", "any", "each", "every", "its", "one", "that", "the", "this")
_AFTER_NOUNS = (
    "after", "and", "as", "at", "between", "during", "by", "for", "from", "in", "of", "on", "or",
    "that", "to", "which", "with", "without",
)  # fmt: skip


def python_texts(source: str, *, all_strings: bool) -> Iterator[Text]:
    """Yield comments, docstrings and log messages, or with `all_strings` every string."""
    yield from _python_comments(source)
    every = _nodes(source)
    nodes = every if all_strings else _docstrings_and_messages(every)
    parts = {  # the constants of an f-string are read as one text, not one by one
        id(part) for node in every if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in nodes:
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in parts:
            content = _string_of(node)
            if content is not None:
                yield Text(node.lineno, content)


def _python_comments(source: str) -> Iterator[Text]:
    """Yield comments; those on consecutive lines are one text."""
    block: list[str] = []
    begin = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if block and line != begin + len(block):
            yield Text(begin, "\n".join(block))
            block = []
        if not block:
            begin = line
        block.append(token.string)
    if block:
        yield Text(begin, "\n".join(block))


@lru_cache(maxsize=1)
def _nodes(source: str) -> tuple[ast.AST, ...]:
    """Return all nodes of the syntax tree. Both kinds of hits need them, one after the other."""
    return tuple(ast.walk(ast.parse(source)))


def _docstrings_and_messages(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        if isinstance(node, ast.Expr):
            yield node.value
        if isinstance(node, ast.Call) and _called_name(node) in LOG_METHODS:
            yield from node.args
            yield from (keyword.value for keyword in node.keywords)


def _called_name(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _string_of(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return "".join(
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
        for part in node.values
    )


_SCRIPT_TOKENS = r"""
    (?P<comment> /\*.*?(?:\*/|\Z) | //[^\n]*(?:\n[ \t]*//[^\n]*)* {hash} )
  | (?P<string> '(?:\\.|[^'\\])*' | "(?:\\.|[^"\\])*" | `(?:\\.|[^`\\])*` {heredoc} )
  | (?P<regex> {regex} )
  | (?P<leave> {leave} )
"""
_FLAGS = re.DOTALL | re.VERBOSE
_PHP_TOKENS = re.compile(
    _SCRIPT_TOKENS.format(
        hash=r"| \#(?!\[)[^\n]*",
        heredoc=r"| <<<['\"]?(?P<mark>\w+)['\"]?\n.*?\n[ \t]*(?P=mark)\b",
        regex=r"(?!)",
        leave=r"\?>",
    ),
    _FLAGS,
)
_JS_TOKENS = re.compile(
    _SCRIPT_TOKENS.format(
        hash="",
        heredoc="",
        regex=r"(?<=[(,=:\[!&|?{};])[ \t\n]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/",
        leave=r"(?!)",
    ),
    _FLAGS,
)


def php_texts(source: str) -> Iterator[Text]:
    """Yield the comments and strings of PHP, and the text between its parts."""
    at = 0
    while at < len(source):
        begin = source.find("<?", at)
        begin = len(source) if begin < 0 else begin
        yield Text(_line_at(source, at), source[at:begin])
        at = yield from _script_texts(source, begin, _PHP_TOKENS)


def js_texts(source: str) -> Iterator[Text]:
    """Yield the comments and strings of JavaScript."""
    yield from _script_texts(source, 0, _JS_TOKENS)


def css_texts(source: str) -> Iterator[Text]:
    """Yield the comments of a stylesheet."""
    for match in re.finditer(r"/\*.*?\*/", source, re.DOTALL):
        yield Text(_line_at(source, match.start()), match.group())


def _script_texts(source: str, begin: int, tokens: re.Pattern[str]) -> Generator[Text, None, int]:
    """Yield comments and strings from `begin` on; return where the script ends."""
    for match in tokens.finditer(source, begin):
        if match.lastgroup == "leave":
            return match.end()
        if match["comment"] or match["string"]:
            yield Text(_line_at(source, match.start()), match.group())
    return len(source)


def _line_at(source: str, offset: int) -> int:
    return source.count("\n", 0, offset) + 1


def scan(path: str, source: str) -> list[Hit]:
    """Return the hits in one file, ordered by line."""
    hits = list(find_words(_texts_of(path, source), path))
    if path.endswith(".py"):
        hits += find_docstring_beginnings(source, path)
    return sorted(set(hits))


def _texts_of(path: str, source: str) -> Iterable[Text]:
    if path.endswith(".py"):
        return python_texts(source, all_strings=path.startswith(TEXT_FOLDERS))
    readers: dict[str, Callable[[str], Iterable[Text]]] = {
        ".php": php_texts,
        ".js": js_texts,
        ".css": css_texts,
    }
    reader = readers.get(Path(path).suffix)
    return reader(source) if reader else [Text(1, source)]


def is_scanned(path: str) -> bool:
    """Return whether the rules apply to a file; `path` is relative to the repository."""
    if path in SCANNED_FILES:
        return True
    suffixes = (".py", ".php", ".js", ".css", *WHOLE_TEXT_SUFFIXES)
    return path.startswith(SCANNED_FOLDERS) and path.endswith(suffixes)


def tracked_files(paths: Sequence[str] = ()) -> list[str]:
    """Return the scanned files below `paths` that git tracks or would add, relative to here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(
        {path for path in listed.split("\0") if is_scanned(path) and Path(path).is_file()}
    )


def main(paths: Sequence[str]) -> int:
    """Print the hits below `paths`; return 1 if there are any."""
    hits = [
        hit for path in tracked_files(paths) for hit in scan(path, Path(path).read_text("utf-8"))
    ]
    sys.stdout.writelines(f"{hit}\n" for hit in hits)
    sys.stderr.write(f"{len(hits)} hits\n")
    return 1 if hits else 0


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the paths; exit with a usage message if there is an option."""
    parser = argparse.ArgumentParser(prog="python -m tests.docs.word_list")
    parser.add_argument("paths", nargs="*", help="files and folders; default the repository")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(parse_arguments(sys.argv[1:]).paths))
