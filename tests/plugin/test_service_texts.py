"""Translated texts of the service: only texts that equal those of the service are translated."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from amzlinkr.domain.errors import AmzlinkrError
from clients.wordpress import translations

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "clients/wordpress/amzlinkr/includes/service-texts.php"
CALL = r"__\( '((?:[^'\\]|\\.)*)', 'amzlinkr' \)"
ENTRY = re.compile(rf"'(\w+)' +=> array\(\s*{CALL},\s*{CALL},\s*\)")
PATTERN = re.compile(rf"array\( '((?:[^'\\]|\\.)*)', {CALL} \)")
PLACEHOLDER = re.compile(r"%(?:\d\$)?s")
FORMAT_FIELD = re.compile(r"\\?\{\w+\\?\}|\\\\\d")
MIN_LITERAL_CHARS = 8
"""The length of the constant part of a text; shorter source strings would match too much."""
TRANSLATE = """
define( 'ABSPATH', '/' );
$translations = json_decode( stream_get_contents( STDIN ), true );
function translate( $text ) { return $GLOBALS['translations'][ $text ] ?? $text; }
function __( $text ) { return translate( $text ); }
require $argv[1];
echo AmzLinkr\\ServiceTexts\\translate_text( $argv[2] );
"""


def texts_of_service(base: type[AmzlinkrError] = AmzlinkrError) -> dict[str, list[str]]:
    """Return the title and default action of each problem of the service, by code."""
    found = {base.code: [base.title, base.default_action]}
    for subclass in base.__subclasses__():
        found |= texts_of_service(subclass)
    return found


def unescape(text: str) -> str:
    """Return the value of a PHP string in single quotes."""
    return text.replace("\\'", "'")


def texts_of_plugin() -> dict[str, list[str]]:
    """Return the title and action of each problem in service-texts.php, by code."""
    source = SOURCE.read_text()
    return {code: [unescape(text) for text in texts] for code, *texts in ENTRY.findall(source)}


def other_texts_of_plugin() -> list[str]:
    """Return the texts in service-texts.php that are not a title or action of a problem."""
    source = SOURCE.read_text()
    return [unescape(text) for text in re.findall(CALL, ENTRY.sub("", source))]


def source_texts(node: ast.AST) -> Iterator[str]:
    """Yield the strings in a part of a module as regular expressions, values as `.+`."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
        if sum(len(str(part or "").strip(" .:")) for part in parts) >= MIN_LITERAL_CHARS:
            yield "".join(".+" if part is None else re.escape(str(part)) for part in parts)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # Texts for `str.format` and for `re.Match.expand` contain {names} and \1.
        yield FORMAT_FIELD.sub(".+", re.escape(node.value.strip()))
    for child in ast.iter_child_nodes(node):
        yield from source_texts(child)


@pytest.fixture(scope="module")
def service_texts() -> list[re.Pattern[str]]:
    """Return the strings of the service as regular expressions. A period at the end is optional."""
    folders = (ROOT / "layers/amzlinkr/amzlinkr", ROOT / "functions")
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    texts = {text for file in files for text in source_texts(ast.parse(file.read_text()))}
    return [re.compile(rf"{text}\.?") for text in texts if " " in text]


@pytest.mark.parametrize("code", sorted(texts_of_service()))
def test_plugin_texts_equal_the_texts_of_the_service(code: str) -> None:
    assert texts_of_plugin()[code] == texts_of_service()[code]


def test_plugin_lists_no_unknown_problem() -> None:
    assert texts_of_plugin().keys() == texts_of_service().keys()


@pytest.mark.parametrize("text", other_texts_of_plugin())
def test_other_text_occurs_in_the_service(text: str, service_texts: list[re.Pattern[str]]) -> None:
    assert any(pattern.fullmatch(text) for pattern in service_texts)


def test_pattern_equals_the_text_to_translate() -> None:
    pairs = PATTERN.findall(SOURCE.read_text())
    assert len(pairs) > 20
    for pattern, text in pairs:
        assert pattern == text
        assert PLACEHOLDER.search(text)


@pytest.mark.wordpress
@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("", ""),
        ("Another text. With 100 %.", "Another text. With 100 %."),
        ("Too many requests", "Zu viele Anfragen"),
        ("The tag 100%-20 belongs to the account.", "Der Tag 100%-20 gehört zu dem Konto."),
        ("“Not found” is not a URL.", "„Not found“ ist keine URL."),
        (
            "Amazon has no product B0DEMO0000 in the DE marketplace.",
            "Amazon hat im Marktplatz DE kein Produkt B0DEMO0000.",
        ),
        (
            "Amazon is temporarily unavailable. No data was lost. Try again in a few minutes.",
            "Amazon ist vorübergehend nicht verfügbar. Es sind keine Daten verloren gegangen. "
            "Versuchen Sie es in einigen Minuten noch einmal.",
        ),
        (
            "Your keys work. You can search and import products now. Another text.",
            "Ihre Schlüssel funktionieren. Sie können jetzt Produkte suchen und importieren. "
            "Another text.",
        ),
    ],
)
def test_known_sentences_are_translated(text: str, german: str) -> None:
    mo = translations.PLUGIN / "languages/amzlinkr-de_DE.mo"
    result = subprocess.run(
        ["php", "-r", TRANSLATE, "--", SOURCE, text],
        input=json.dumps(translations.read_mo(mo)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == german
