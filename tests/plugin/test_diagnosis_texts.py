"""Steps of the diagnostics: all texts that the service sends for them are shown in German."""

import ast
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from amzlinkr.domain import amazon_errors
from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.diagnosis import (
    STEPS,
    DiagnosticResult,
    Step,
    steps_of,
    steps_without_credentials,
)
from clients.wordpress import translations
from tests.clock import START
from tests.fakes import product

pytestmark = pytest.mark.wordpress

ROOT = Path(__file__).parents[2]
AMAZON = ROOT / "layers/amzlinkr/amzlinkr/amazon"
KINDS = {kind.__name__: kind for kind in AmazonError.__subclasses__()}
FACTORIES: dict[str, type[AmazonError]] = {**KINDS, "_unavailable": AmazonUnavailable}
"""Functions of the package for Amazon that return an error with a detail."""
APIS: tuple[Api, ...] = ("paapi5", "creators")
ASIN = "B000000001"
PREPARE = """
define( 'ABSPATH', '/' );
$input        = json_decode( stream_get_contents( STDIN ), true );
$translations = $input['translations'];
function translate( $text ) { return $GLOBALS['translations'][ $text ] ?? $text; }
function __( $text ) { return translate( $text ); }
require "$argv[1]/includes/service-texts.php";
require "$argv[1]/includes/diagnosis-labels.php";
foreach ( $input['steps'] as &$step ) {
    $step['label'] = AmzLinkr\\DiagnosisLabels\\get_label( $step['step'] );
    foreach ( array( 'detail', 'action' ) as $field ) {
        $step[ $field ] = AmzLinkr\\ServiceTexts\\translate_text( $step[ $field ] );
    }
}
echo json_encode( $input['steps'] );
"""


def details() -> Iterator[tuple[type[AmazonError], str]]:
    """Yield the constant details with which the package for Amazon creates errors."""
    for file in sorted(AMAZON.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                detail = node.args[0]
                if name in FACTORIES and isinstance(detail, ast.Constant) and detail.value:
                    yield FACTORIES[name], str(detail.value)


def all_steps() -> list[Step]:
    """Return the steps of every outcome of a diagnosis."""
    actions = [text for name, text in vars(amazon_errors).items() if name.endswith("_ACTION")]
    errors = [kind() for kind in KINDS.values()]
    errors += [AmazonUnavailable("", action) for action in actions]
    errors += [kind(detail) for kind, detail in details()]
    outcomes: list[AmazonError | DiagnosticResult] = [
        *errors,
        DiagnosticResult(ASIN, product(ASIN), "r"),
        DiagnosticResult(ASIN, None, "r"),
        DiagnosticResult(None, None, "r"),
    ]
    steps = steps_without_credentials()
    for api in APIS:
        connection = Connection("DE", api, "shop-21", "…WXYZ", "secret-id", "v", "account", START)
        for outcome in outcomes:
            steps += steps_of(connection, outcome)
    return steps


def prepare(steps: list[dict[str, object]]) -> list[dict[str, str]]:
    """Return the steps as a German page shows them."""
    texts = translations.read_mo(translations.PLUGIN / "languages/amzlinkr-de_DE.mo")
    result = subprocess.run(
        ["php", "-r", PREPARE, "--", translations.PLUGIN],
        input=json.dumps({"translations": texts, "steps": steps}),
        capture_output=True,
        text=True,
        check=True,
    )
    prepared: list[dict[str, str]] = json.loads(result.stdout)
    return prepared


def test_all_details_of_errors_are_found() -> None:
    texts = [detail for _, detail in details()]
    assert "Amazon did not respond in time." in texts
    assert "Amazon refused the request without naming one of its products." in texts


def test_each_text_of_a_step_is_translated() -> None:
    steps = all_steps()
    sent: list[dict[str, object]] = [
        {"step": step.name, "ok": step.ok, "detail": step.detail, "action": step.action or ""}
        for step in steps
    ]
    untranslated = set()
    for before, after in zip(sent, prepare(sent), strict=True):
        for name in ("detail", "action"):
            # Each sentence: a known one must not conceal an unknown one.
            known = str(before[name]).split(". ")
            untranslated |= {text for text in known if text and text.rstrip(".") in after[name]}
        assert after["ok"] is before["ok"]
    assert untranslated == set()


def test_each_step_has_a_label() -> None:
    steps = [*STEPS, "another"]
    prepared = prepare([{"step": name, "detail": "", "action": ""} for name in steps])
    labels = [step["label"] for step in prepared]
    assert labels == [
        "Schlüssel", "Zugang zur API", "Partner-Tag", "Marktplatz", "Produkt", "another",
    ]  # fmt: skip
