"""Commands in documents: programs, options, names, and values exist."""

from pathlib import Path

import pytest

from tests.docs.commands import Project, commands_of, wrong_commands

PROJECT = Project(Path(__file__).parents[2])
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "clients/wordpress/amzlinkr/*.md", ".github/**/*.md")
    for path in PROJECT.root.glob(pattern)
)
INVOKE = "$ aws lambda invoke --function-name amzlinkr-prod-admin:live --cli-binary-format"
DEPLOY = "$ sam deploy --config-file infra/samconfig.toml --config-env"
PAYLOAD = '\'{"order": "suspend", "site": "s", "by": "b", "reason": "r"}\''


def console(command: str) -> str:
    """Return a document with a command after a prompt."""
    return f"```console\n{command}\n```\n"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_of_a_document_would_run(path: Path) -> None:
    assert list(wrong_commands(path.read_text("utf-8"), PROJECT)) == []


def test_commands_are_found_in_the_documents() -> None:
    found = {command for path in DOCUMENTS for command in commands_of(path.read_text("utf-8"))}

    assert len(found) > 30
    programs = {command.split()[0] for command in found}
    assert programs >= {"make", "python", "sam", "aws", "pip", "pre-commit"}
    assert {'make bench ARGS="limiter"', 'make test-slow PARTS="simulation fuzz"'} <= found


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (console("$ sam deploy --config-file infra/nowhere.toml --config-env owner"), "no file"),
        (console(f"{DEPLOY} ownr"), "no environment 'ownr'"),
        (console("$ sam deploy --config-file infra/samconfig.toml"), "no environment 'default'"),
        (console("$ sam deploy --config infra/samconfig.toml"), "no option --config"),
        (console(f"{DEPLOY} prod --parameter-overrides Stages=a"), "no parameter Stages"),
        (
            console(f"{DEPLOY} prod --parameter-overrides Firewall=off \\\n Stages=a"),
            "no parameter Stages",
        ),
        (console("$ sam delpoy"), "unknown command"),
        (console("$ aws cloudformation describe-stack --stack-name a"), "unknown command"),
        (console("$ aws cloudfront describe-stacks"), "unknown command"),
        (console("$ aws cloudformation delete-stack --stack a"), "no option --stack"),
        (console("$ aws cloudformation deploy --template-file infra/boot.yaml"), "no file"),
        (console("$ sam local invoke FindFunction -e infra/events/search.json"), "no function"),
        (console("$ sam local invoke SearchFunction -e infra/events/find.json"), "no event"),
        (console("$ sam local invoke SearchFunction -e infra/events/site.json"), "no event"),
        (console(f"{INVOKE} raw-in-base64-out --payload {PAYLOAD}"), "outfile"),
        (console(f"{INVOKE} raw --payload {PAYLOAD} out.json"), "invalid choice"),
        (
            console(f"{INVOKE} raw-in-base64-out \\\n --payload {PAYLOAD.replace('by', 'who')} o"),
            "payload: ",
        ),
        (
            console(f"{INVOKE} raw-in-base64-out --payload {PAYLOAD} o").replace("-admin", "-boss"),
            "no function amzlinkr-prod-boss",
        ),
        (
            console(f"{INVOKE} raw-in-base64-out --payload {PAYLOAD} o").replace(":live", ""),
            "no function amzlinkr-prod-admin in any stage",
        ),
        (console("$ python -m infra.admin suspend <URL>"), "--reason"),
        (console("$ python -m infra.admin reboot"), "invalid choice"),
        (console("$ python -m tests.bench limits"), "unknown part"),
        (console("$ python -m tests.bench --times 3"), "--times"),
        (console("$ python -m tests.bench.scale many"), "invalid int"),
        (console("$ echo | python -m infra.openapi infra/openapi.json"), "unknown program"),
        ("Run `python -m infra.openapi infra/openapi.json`.", "accepts no arguments"),
        ("Run `python -m tests.simulation.replay seed`.", "invalid int"),
        ("Run `python -m tests.nowhere`.", "no module"),
        ("Run `python -m pytest --on-motor`.", "no option --on-motor"),
        ("Run `make prove`.", "No rule to make target"),
        ("Run `make test-slow PARTS=motor`.", "unknown part"),
        ("Run `make lint PORT=4600`.", "PORT has no effect"),
        ('| Command |\n|---|\n| `make bench` | `ARGS="limits"` selects |\n', "unknown part"),
        (console("$ pip install precommit"), "unknown arguments"),
        (console("$ .venv/3.13/dev/bin/python -m infra.nowhere"), "no module"),
        (console("$ .venv/3.13/dev/bin/pip install boto3"), "unknown program"),
        ("Run `python3.13 -m infra.admin reboot`.", "invalid choice"),
        (console("$ python3.13 -I infra/nowhere.py"), "no file"),
    ],
)
def test_a_wrong_command_is_found(document: str, reason: str) -> None:
    assert any(reason in found for found in wrong_commands(document, PROJECT)), list(
        wrong_commands(document, PROJECT)
    )


@pytest.mark.parametrize(
    "document",
    [
        console("$ make run PORT=4600   # a comment"),
        console("$ PORT=1 python -m infra.admin suspend <URL> --reason spam"),
        console(f"{DEPLOY} prod --parameter-overrides Firewall=off RequestBurst=<number>"),
        console(f"{INVOKE} raw-in-base64-out \\\n    --payload {PAYLOAD} out.json"),
        "Run `make test PYTHON=python3.13`, `make` or `python -m tests.docs.word_list docs`.",
        "`python -m http.server` and `sam build`",
    ],
)
def test_a_correct_command_passes(document: str) -> None:
    assert list(wrong_commands(document, PROJECT)) == []
