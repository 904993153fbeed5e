"""Files for editors, hooks and the host of the repository: they parse and name what exists."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # PyYAML has no type hints

from tests.docs.references import make_targets_of

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
HOOKS = ROOT / ".pre-commit-config.yaml"
DEPLOYMENT = GITHUB / "workflows" / "deploy.yml"
PUBLICATION = GITHUB / "workflows" / "docs.yml"
WORKFLOW = GITHUB / "workflows" / "ci.yml"
YAML_FILES = (HOOKS, *sorted(GITHUB.rglob("*.yml")))
MANIFESTS = {"pip": "*.txt", "npm": "package-lock.json"}
MAKE = re.compile(r"\bmake(?: -\S+)* ([a-z][a-z-]*)\b")
MODULE = re.compile(r"python3? -m (\S+)")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a document, names of fields excepted."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def unknown_targets(texts: list[str], makefile: str) -> set[str]:
    """Return targets in `make` commands that the Makefile does not define."""
    named = {match[1] for text in texts for match in MAKE.finditer(text)}
    return named - make_targets_of(makefile)


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_yaml_file_parses_and_names_existing_make_targets(path: Path) -> None:
    commands = [text for text in strings(load(path)) if not text.startswith("apt-get")]
    assert not unknown_targets(commands, (ROOT / "Makefile").read_text("utf-8"))


def test_unknown_make_targets_are_found() -> None:
    makefile = "lint: ## Check\n"
    assert unknown_targets(["make -s prove", "make lint"], makefile) == {"prove"}


def test_workflow_runs_the_checks_in_the_system_of_the_plugin() -> None:
    [job] = load(WORKFLOW)["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert job["container"] == "${{ matrix.container }}"
    assert job["strategy"]["matrix"]["container"] == ["debian:12", "python:3.13-slim-bookworm"]
    assert ".ci/run" in commands
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_workflow_has_the_python_of_aws_and_the_oldest_supported_one() -> None:
    """Without them, `.ci/run` would run everything on another version, or leave a part out."""
    [job] = load(WORKFLOW)["jobs"].values()
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    newest, oldest = re.findall(r"find_python (3\.\d+)\)", script)
    commands = [step["run"] for step in job["steps"] if "run" in step]
    containers = job["strategy"]["matrix"]["container"]
    assert any(image.startswith(f"python:{newest}-") for image in containers)
    assert f"Runtime: python{newest}\n" in (ROOT / "template.yaml").read_text("utf-8")
    # Debian 12 packages one version of Python, which is 3.11.
    assert oldest == "3.11"
    assert {"python3", "python3-venv"} <= set(commands[0].split())
    [check] = [i for i, line in enumerate(commands) if f"python{newest} --version" in line]
    assert f"python{oldest} --version" in commands[check]
    assert check < commands.index(".ci/run")


def test_deployment_reaches_prod_through_a_test_of_staging_and_an_approval() -> None:
    jobs = load(DEPLOYMENT)["jobs"]
    configured = tomllib.loads((ROOT / "infra" / "samconfig.toml").read_text("utf-8"))
    assert list(jobs) == ["staging", "prod"]
    assert jobs["prod"]["needs"] == "staging"
    for name, job in jobs.items():
        # The environment of GitHub holds the secrets and the reviewers.
        assert job["environment"] == job["env"]["ENVIRONMENT"] == name
        assert configured[name]["deploy"]["parameters"]["stack_name"] == f"amzlinkr-{name}"
        commands = [step.get("run", "") for step in job["steps"]]
        [deployed] = [i for i, text in enumerate(commands) if "sam deploy" in text]
        [tested] = [i for i, text in enumerate(commands) if "-m infra.smoke" in text]
        assert deployed < tested == len(commands) - 1


def test_deployment_has_no_permanent_credentials() -> None:
    workflow = load(DEPLOYMENT)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        uses_role = any("role-to-assume" in step.get("with", {}) for step in job["steps"])
        expected = {"contents": "read", "id-token": "write"} if uses_role else None
        assert (uses_role, job.get("permissions")) == (True, expected), name
    assert set(workflow[True]) == {"workflow_dispatch"}  # YAML reads `on` as a boolean
    secrets = re.findall(r"secrets\.(\w+)", DEPLOYMENT.read_text("utf-8"))
    assert set(secrets) == {"AMZLINKR_SANDBOX_KEY"}


def test_publication_builds_the_page_and_may_write_pages_only() -> None:
    workflow = load(PUBLICATION)
    [job] = workflow["jobs"].values()
    commands = [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]
    assert workflow[True]["push"] == {"branches": ["main"]}  # YAML reads `on` as a boolean
    assert workflow["permissions"] == {"contents": "read"}
    assert job["permissions"] == {"contents": "read", "id-token": "write", "pages": "write"}
    assert commands[-4:] == [
        "make docs",
        "mkdir site && mv docs/api.html site/index.html",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]
    assert job["steps"][-2]["with"] == {"path": "site"}
    assert "secrets." not in PUBLICATION.read_text("utf-8")


@pytest.mark.parametrize("path", [WORKFLOW, DEPLOYMENT, PUBLICATION], ids=lambda path: path.name)
def test_actions_have_a_version(path: Path) -> None:
    used = [text for text in strings(load(path)) if re.match(r"[\w-]+/[\w-]+@", text)]
    assert used
    assert [text for text in used if not re.search(r"@v\d+$", text)] == []


def test_workflow_has_read_permission_only() -> None:
    assert load(WORKFLOW)["permissions"] == {"contents": "read"}


def test_hooks_are_local_and_run_tools_of_the_project() -> None:
    repositories = load(HOOKS)["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    for hook in repositories[0]["hooks"]:
        assert hook["language"] == "system"
        entry = hook["entry"]
        assert entry.startswith(("make ", "python3 -m ", "sh -c ")), entry
        for match in MODULE.finditer(entry):
            assert (ROOT / f"{match[1].replace('.', '/')}.py").is_file()
        if entry.startswith("sh -c "):
            assert ".venv/*/dev/bin/" in entry


def test_dependabot_updates_every_ecosystem_where_its_files_are() -> None:
    updates = load(GITHUB / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"pip", "npm", "github-actions"}
    for update in updates:
        for folder in update.get("directories") or [update["directory"]]:
            pattern = MANIFESTS.get(update["package-ecosystem"])
            files = list((ROOT / folder.lstrip("/")).glob(pattern)) if pattern else [WORKFLOW]
            assert files, f"{folder} has no {pattern}"


@pytest.mark.parametrize("name", ["bug_report.md", "feature_request.md"])
def test_issue_template_has_a_name_and_a_description(name: str) -> None:
    _, head, body = (GITHUB / "ISSUE_TEMPLATE" / name).read_text("utf-8").split("---\n", 2)
    assert set(yaml.safe_load(head)) == {"name", "about", "labels"}
    assert body.strip()


def test_editorconfig_begins_at_the_root() -> None:
    text = (ROOT / ".editorconfig").read_text("utf-8")
    assert text.startswith("root = true\n")
    assert "[{Makefile,*.mk}]\nindent_style = tab" in text
