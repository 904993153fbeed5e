"""Translated texts of the service: only texts that equal those of the service are translated."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.http import validation
from clients.wordpress import translations

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr/includes"
SOURCE = PLUGIN / "service-texts.php"
FURTHER_SOURCE = PLUGIN / "service-details.php"
CALL = r"__\( '((?:[^'\\]|\\.)*)', 'amzlinkr' \)"
ENTRY = re.compile(rf"'(\w+)' +=> array\(\s*{CALL},\s*{CALL},\s*\)")
PATTERN = re.compile(rf"array\( '((?:[^'\\]|\\.)*)', {CALL} \)")
PLACEHOLDER = re.compile(r"%(?:\d\$)?s")
FORMAT_FIELD = re.compile(r"\\?\{\w+\\?\}|\\\\\d")
MIN_LITERAL_CHARS = 7
"""The length of the constant part of a text; shorter source strings would match too much."""
VALUE_AT_START = re.compile(r"^(?:\.\+(?:\\)? )+")
LIMIT_KIND = re.compile(r'(?:\bhourly|\bdaily|\bLimit)\(\s*"([^"]+)"')
OTHER_READERS = (
    # Commands and records of the operator.
    "amzlinkr/config.py",
    "amzlinkr/services/operator_",
    "amzlinkr/storage/suspensions.py",
    "functions/admin/",
    # Test products, which have English names.
    "amzlinkr/amazon/sandbox",
    # The disclaimer, which has its own function.
    "amzlinkr/domain/freshness.py",
    # Documents for people who report faults.
    "functions/documents/",
)
"""The beginnings of the paths of modules with texts that the plugin does not receive."""
NOT_SENT = {
    # Errors that the service handles.
    "The time is neither a text nor a number.",
    "The time is out of range.",
    "The number is no time.",
    "The response is too long.",
    # A log entry.
    "No readable .+.",
    # A part of a text that is translated as a whole.
    "At the challenge .+, .+.",
}
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
    source = ENTRY.sub("", SOURCE.read_text()) + FURTHER_SOURCE.read_text()
    return [unescape(text) for text in re.findall(CALL, source)]


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


def docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the strings of a module that are statements of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def sent_sentences(path: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a module as text and as regular expression, values as `.+`."""
    tree = ast.parse((ROOT / path).read_text())
    left_out = {id(node) for node in docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(value) for value in node.values}
            values = [
                value.value if isinstance(value, ast.Constant) else ".+" for value in node.values
            ]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            values = [FORMAT_FIELD.sub(".+", node.value.strip())]
        else:
            continue
        text = "".join(map(str, values)).strip()
        is_sentence = re.match(r"[A-Z“]|\.\+ ", text) and " " in text and text.endswith(".")
        literals = text.replace(".+", "").strip(" .:")
        if is_sentence and len(literals) >= MIN_LITERAL_CHARS and id(node) not in left_out:
            yield text, ".+".join(re.escape(part) for part in text.split(".+"))


def modules() -> list[str]:
    """Return the modules of the service with texts that the plugin can receive."""
    folders = (ROOT / "layers/amzlinkr/amzlinkr", ROOT / "functions")
    paths = [str(file.relative_to(ROOT)) for folder in folders for file in folder.rglob("*.py")]
    return sorted(
        path
        for path in paths
        if not path.removeprefix("layers/amzlinkr/").startswith(OTHER_READERS)
    )


@pytest.fixture(scope="module")
def plugin_texts() -> list[str]:
    """Return all texts of the service that the plugin translates."""
    titles = [text for texts in texts_of_plugin().values() for text in texts]
    return titles + other_texts_of_plugin()


def is_translated(pattern: str, plugin_texts: list[str]) -> bool:
    """Return True if the plugin lists a text that matches, without a value at its beginning."""
    patterns = {pattern, VALUE_AT_START.sub("", pattern)}
    return any(re.fullmatch(each, text) for each in patterns for text in plugin_texts)


def test_each_text_that_the_service_sends_has_german(plugin_texts: list[str]) -> None:
    found = [sentence for path in modules() for sentence in sent_sentences(path)]
    assert len(found) > 200
    missing = [text for text, pattern in found if not is_translated(pattern, plugin_texts)]
    assert sorted(set(missing) - NOT_SENT) == []
    assert set(missing) >= NOT_SENT
    # Those that the plugin lists have German: `translations.py` fails for a text without.
    language_file = translations.PLUGIN / "languages/amzlinkr-de_DE.po"
    assert translations.count_untranslated(language_file) == 0


def test_each_part_that_the_service_inserts_has_german(plugin_texts: list[str]) -> None:
    parts = [f"{plain}." for _, plain in validation._MESSAGES]
    parts += [name for name in validation._TYPE_NAMES.values() if name != "null"]
    for path in ("config.py", "services/sign_up_limits.py"):
        kinds = LIMIT_KIND.findall((ROOT / "layers/amzlinkr/amzlinkr" / path).read_text())
        assert kinds
        parts += kinds
    parts += re.findall(
        r'"((?:it|its|no|an|content) [^"{]+)"',
        "".join(
            (ROOT / f"layers/amzlinkr/amzlinkr/security/{name}.py").read_text()
            for name in ("seen_responses", "site_verification")
        ),
    )
    assert len(parts) > 30
    patterns = {part: re.escape(part).replace(r"\\1", ".+") for part in parts}
    missing = [part for part in parts if not is_translated(patterns[part], plugin_texts)]
    assert missing == []


@pytest.fixture(scope="module")
def service_texts() -> list[re.Pattern[str]]:
    """Return the strings of the service as regular expressions. A period at the end is optional."""
    folders = (ROOT / "layers/amzlinkr/amzlinkr", ROOT / "functions")
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    texts = {text for file in files for text in source_texts(ast.parse(file.read_text()))}
    patterns = texts | {VALUE_AT_START.sub("", text) for text in texts}
    return [re.compile(rf"{pattern}\.?") for pattern in patterns if is_specific(pattern)]


def is_specific(pattern: str) -> bool:
    """Return True if a pattern has no values, or enough of a text beside them."""
    literals = pattern.replace(".+", "").replace("\\", "").strip(" .:")
    return ".+" not in pattern or len(literals) >= MIN_LITERAL_CHARS


@pytest.mark.parametrize("code", sorted(texts_of_service()))
def test_plugin_texts_equal_the_texts_of_the_service(code: str) -> None:
    assert texts_of_plugin()[code] == texts_of_service()[code]


def test_plugin_lists_no_unknown_problem() -> None:
    assert texts_of_plugin().keys() == texts_of_service().keys()


@pytest.mark.parametrize("text", other_texts_of_plugin())
def test_other_text_occurs_in_the_service(text: str, service_texts: list[re.Pattern[str]]) -> None:
    assert any(pattern.fullmatch(text) for pattern in service_texts)


def test_pattern_equals_the_text_to_translate() -> None:
    pairs = PATTERN.findall(SOURCE.read_text() + FURTHER_SOURCE.read_text())
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
            "The limit of 60 calls per hour is reached.",
            "Die Grenze ist erreicht: 60 Aufrufe pro Stunde.",
        ),
        ("This must be a whole number, not text.", "Erwartet wird: eine ganze Zahl, nicht Text."),
        (
            "The site did not return the token. At the challenge path, it returned HTTP 301, a "
            "redirect to its own host, which is not followed. At the challenge query, it returned "
            "HTTP 404 with content type text/html.",
            "Die Website hat das Token nicht zurückgegeben. Unter dem Pfad der Prüfung: HTTP 301, "
            "eine Weiterleitung zu ihrem eigenen Host, der nicht gefolgt wird. Unter der Abfrage "
            "der Prüfung: HTTP 404 mit dem Inhaltstyp text/html.",
        ),
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
