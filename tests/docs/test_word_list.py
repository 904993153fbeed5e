"""Plain English in code, documents and messages: the scanner, and the repository itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import word_list
from tests.docs.word_list import FORBIDDEN, Text, find_words, scan

ROOT = Path(__file__).parents[2]


def words(path: str, source: str) -> list[tuple[int, str]]:
    return [(hit.line, hit.word) for hit in scan(path, source)]


def test_repository_has_no_rejected_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    hits = [
        str(hit)
        for path in word_list.tracked_files()
        for hit in scan(path, Path(path).read_text("utf-8"))
    ]
    assert not hits, "\n".join(hits)


@pytest.mark.parametrize("phrase", FORBIDDEN)
def test_every_phrase_is_found_in_prose(phrase: str) -> None:
    assert words("docs/x.md", f"First line.\nIt {phrase.capitalize()}, then ends.") == [(2, phrase)]


@pytest.mark.parametrize("phrase", [phrase for phrase in FORBIDDEN if " " in phrase])
@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("docs/x.md", "It does {0}\n  {1} this."),
        ("docs/x.md", "> It does {0}\n> {1} this."),
        ("tests/x.py", "# It does {0}\n# {1} this.\n"),
        ("tests/x.py", '"""It does {0}\n{1} this."""\n'),
        ("clients/x.php", "<?php\n// It does {0}\n// {1} this."),
        ("clients/x.php", "<?php\n/**\n * It does {0}\n * {1} this.\n */"),
        ("clients/x.js", "/* It does {0}\n * {1} this. */"),
        ("template.yaml", "# It does {0}\n# {1} this."),
    ],
)
def test_phrase_that_is_split_over_two_lines_is_found(
    phrase: str, path: str, template: str
) -> None:
    first, rest = phrase.split(" ", 1)
    assert [word for _, word in words(path, template.format(first, rest))] == [phrase]


def test_phrase_is_not_joined_across_paragraphs() -> None:
    assert words("docs/x.md", "It ends so\n\nmany pages later.") == []


@pytest.mark.parametrize(
    "text", ["retold", "whosever", "intelligent", "a_wish_list", "$wish", "essays"]
)
def test_parts_of_other_words_and_identifiers_are_no_hits(text: str) -> None:
    assert words("docs/x.md", text) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # nobody reads this\n",
        '"""Module for nobody."""\n',
        'def f() -> None:\n    """Return to nobody."""\n',
        'class C:\n    x = 1\n    """Set by nobody."""\n',
        'logger.warning("nobody called")\n',
        'logger.info(f"nobody called {name}")\n',
        'print("nobody called")\n',
    ],
)
def test_python_comments_docstrings_and_messages_are_read(source: str) -> None:
    assert [word for _, word in words("tests/x.py", source)] == ["nobody"]


def test_other_python_strings_are_read_where_people_see_them() -> None:
    source = 'raise NotFound("It was told")\nx = f"{y} was told {z}"\n'
    assert words("tests/x.py", source) == []
    for path in ("layers/x.py", "functions/x/app.py", "infra/local/demo/x.py"):
        assert words(path, source) == [(1, "told"), (2, "told")]


def test_python_names_are_not_read() -> None:
    assert words("layers/x.py", "def tell(wish: int) -> None: ...\n") == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>It says</p>\n<?php $says = 1; ?>\n<p>It says</p>", [1, 3]),
        ("<?php\n# it says\nf( 'it\\'s what it says' );\nsays();", [2, 3]),
        ('<?php\n$a = "it says";\n$b = <<<TEXT\nit says\nTEXT;\n$says = 1;', [2, 4]),
        ("<?php\n#[says]\nfunction f() {}", []),
    ],
)
def test_php_comments_strings_and_html_are_read(source: str, lines: list[int]) -> None:
    hits = words("clients/x.php", source)
    assert {word for _, word in hits} <= {"says"}
    # A text that spans lines is one text: its line breaks determine the line of the hit.
    assert [line for line, _ in hits] == lines


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("const says = 1; // it says\nf( `it says` );", [1, 2]),
        ("x.replace( /'/g, '' ); says();\nf( 'it says' );", [2]),
        ("a = b / c; says( d / e );", []),
    ],
)
def test_javascript_comments_and_strings_are_read(source: str, lines: list[int]) -> None:
    assert [line for line, _ in words("clients/x.js", source)] == lines


def test_comments_of_stylesheets_are_read() -> None:
    assert words("clients/x.css", ".tells { color: red }\n/* tells */") == [(2, "tells")]


@pytest.mark.parametrize("word", word_list.FORBIDDEN_BEGINNINGS)
@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_function_docstring_that_does_not_begin_with_a_verb_is_found(
    word: str, keyword: str
) -> None:
    source = f'{keyword} f() -> None:\n    """{word} site."""\n'
    assert words("tests/x.py", source) == [(2, f'docstring begins with "{word}"')]


@pytest.mark.parametrize(
    "beginning",
    [
        "What the API returns", "How a call ends", "Runs workers in virtual time",
        "Prints the names", "Refreshes ASINs", "Counts calls", "Tests new credentials",
        "Import this chunk", "Check that it works", "Send requests",
    ],
)  # fmt: skip
@pytest.mark.parametrize("template", ['"""{}."""\n', 'class C:\n    """{}."""\n'])
def test_module_or_class_docstring_with_a_question_or_a_verb_is_found(
    template: str, beginning: str
) -> None:
    assert [word for _, word in words("tests/x.py", template.format(beginning))] == [
        f'docstring begins with "{beginning.split(maxsplit=1)[0]}"'
    ]


@pytest.mark.parametrize(
    "beginning",
    [
        "Runs of many schedules", "Tests that a build works", "Imports: entries", "Search, import",
        "Request bodies of an API", "Results keep their order", "Changes between two states",
    ],
)  # fmt: skip
def test_module_or_class_docstring_may_begin_with_a_noun_that_is_also_a_verb(
    beginning: str,
) -> None:
    assert words("tests/x.py", f'"""{beginning}."""\nclass C:\n    """{beginning}."""\n') == []


def test_other_docstrings_may_begin_with_an_article() -> None:
    source = (
        '"""The module."""\nclass C:\n    """A class."""\ndef f() -> None:\n    """Assert."""\n'
    )
    assert words("tests/x.py", source) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/x.md", "Amazon's wish list, and wish\nlists"),
        ("docs/x.md", "an owner whose keys were rejected"),
        ("tests/x.md", "It runs as the user `nobody`."),
    ],
)
def test_exceptions_are_allowed(path: str, text: str) -> None:
    assert list(find_words([Text(1, text)], path)) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/x.md", "a shelf whose lease expired"),
        ("docs/x.md", "It runs as the user `nobody`."),
        ("docs/x.md", "A wish; the list."),
        ("docs/x.md", "Owners exist. A row whose owner is gone."),
    ],
)
def test_exceptions_are_narrow(path: str, text: str) -> None:
    assert len(list(find_words([Text(1, text)], path))) == 1


def test_every_exception_has_a_reason() -> None:
    assert all(allowed.reason for allowed in word_list.ALLOWED)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "docs/api.md", "template.yaml", "Makefile", "functions/search/app.py",
        "tests/docs/word_list.py", "clients/wordpress/amzlinkr/readme.txt",
        ".github/workflows/ci.yml", "infra/openapi.json",
    ],
)  # fmt: skip
def test_path_is_scanned(path: str) -> None:
    assert word_list.is_scanned(path)


@pytest.mark.parametrize("path", ["LICENSE", "tests/recordings/paapi5/x.json", "x.py"])
def test_path_is_not_scanned(path: str) -> None:
    assert not word_list.is_scanned(path)


def test_command_lists_hits_and_fails(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "x.md").write_text("Fine.\nIt runs by\nitself.\n")
    command = [sys.executable, word_list.__file__, "docs"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "docs/x.md:2: by itself\n")
    assert result.stderr == "1 hits\n"
