"""Tables and names in documents about the API, operations and decisions: they match the code."""

import json
import re
from pathlib import Path

from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.http.presenters.problems import error_classes
from tests.mutation import plugin as plugin_mutants
from tests.mutation import table

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs" / "api.md").read_text("utf-8")
ERRORS = (ROOT / "docs" / "guides" / "errors.md").read_text("utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
DECISIONS = (ROOT / "docs" / "decisions.md").read_text("utf-8")
TEMPLATE = (ROOT / "template.yaml").read_text("utf-8")
METHODS = ("get", "post", "patch", "put", "delete")
# The name of a metric: where it is counted, or where it is passed on.
METRIC = r'(?:count|count_of_api|measure|isolate_failure)\(\s*f?"([A-Z]\w+)'


def test_every_error_is_documented_with_its_status() -> None:
    classes = [error for error in error_classes() if error is not AmzlinkrError]
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (yes|no) \|", ERRORS, re.MULTILINE)
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
    template = TEMPLATE.partition("\nConditions:")[0]
    declared = re.findall(r"^  (\w+):\n    Type: \w+\n    Default: (.+)$", template, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]+)`|(\w+)) \| ", OPERATIONS, re.MULTILINE)
    documented = {(name, code or word.replace("empty", "")) for name, code, word in rows}
    assert {(name, default.strip("'")) for name, default in declared} <= documented


def test_every_metric_is_documented() -> None:
    sources = [
        path.read_text("utf-8")
        for folder in ("functions", "layers/amzlinkr/amzlinkr")
        for path in (ROOT / folder).rglob("*.py")
    ]
    # A name that ends in an underscore has the code of a problem after it.
    counted = {match[1] for source in sources for match in re.finditer(METRIC, source)}
    section = OPERATIONS.partition("## Metrics\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ((?:`[^`]+`,? ?)+)\|", section, re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    documented = {re.sub(r"<(code|state)>$", "", name) for name in names}
    assert {name.replace("_store_unavailable", "_") for name in counted} == documented


def test_functions_and_commands_of_the_operator_exist() -> None:
    functions = set(re.findall(r"^  (\w+Function):$", TEMPLATE, re.MULTILINE))
    assert set(re.findall(r"(?<!:)\b[A-Z]\w+Function\b", OPERATIONS)) <= functions
    names = set(re.findall(r"FunctionName: !Sub amzlinkr-\$\{Stage\}-(\w+)", TEMPLATE))
    assert set(re.findall(r"--function-name amzlinkr-prod-(\w+)", OPERATIONS)) <= names


def test_permissions_to_deploy_name_the_services_of_all_resources() -> None:
    nested = (ROOT / "infra" / "observability.yaml").read_text("utf-8")
    types = re.findall(r"^    Type: AWS::(\w+)::", TEMPLATE + nested, re.MULTILINE)
    prefixes = {"Serverless": "lambda", "CertificateManager": "acm"}
    used = {prefixes.get(name, name.lower()) for name in types}
    # The SAM transform makes these of events, roles of functions, and deployment preferences.
    used |= {"apigateway", "events", "codedeploy", "iam", "s3"}
    section = OPERATIONS.partition("### Permissions to deploy\n")[2].partition("\n## ")[0]

    assert set(re.findall(r"`(\w+):[\w*]+`", section)) == used


def test_every_decision_names_the_rejected_option_and_the_reason() -> None:
    bullets = re.findall(r"^- .*?(?=^- |^## |\Z)", DECISIONS, re.MULTILINE | re.DOTALL)
    assert len(bullets) > 40
    for bullet in bullets:
        assert re.match(r"- \*\*\d{4}-\d{2}-\d{2}, ", bullet), bullet
        assert len(re.findall(r"\*Rejected:\*\s", bullet)) == 1, bullet
        assert len(re.findall(r"\*Reason:\*\s", bullet)) == 1, bullet


def test_decisions_of_an_area_are_ordered_by_date() -> None:
    for area in DECISIONS.split("\n## ")[1:]:
        dates = re.findall(r"^- \*\*([\d-]+),", area, re.MULTILINE)
        assert dates == sorted(dates, reverse=True), area.partition("\n")[0]


def test_every_switch_of_the_fake_amazon_is_documented() -> None:
    source = (ROOT / "infra" / "local" / "fake_amazon" / "control_api.py").read_text("utf-8")
    routes = set(re.findall(r'"(?:POST|PUT)", "(\w+)"', source)) | set(
        re.findall(r'case "(\w+)":', source)
    )
    documented = set(re.findall(r"/_fake/(\w+)", (ROOT / "docs" / "testing.md").read_text("utf-8")))
    assert routes
    assert documented == routes | {"accounts"}


def test_numbers_of_planted_flaws_are_those_of_the_tables() -> None:
    service, plugin = len(table.MUTANTS), len(plugin_mutants.MUTANTS)
    testing = (ROOT / "docs/testing.md").read_text()

    assert f"a table of {service} flaws of the" in testing
    assert f"a table of {plugin} flaws of the plugin" in testing
    text = (ROOT / "docs/security.md").read_text()
    assert f"{service} of them for the service and {plugin} for the plugin" in text
