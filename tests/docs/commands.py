"""Finder of commands in documents that would fail: unknown programs, options, names, and values.

Nothing is run, except `make --dry-run`, which shows the commands of a target.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import botocore.session
import msgspec
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

from amzlinkr.http.schemas.commands import AdminCommand
from infra.local.stack.transform import load
from tests.docs.markdown import code_spans, fenced_blocks

_PROMPT = re.compile(r"^\$ ((?:.*\\\n)*.*)", re.MULTILINE)
_PLACEHOLDER = re.compile(r"<[^<>\n]+>")
_SITE_ID = f"site_{'0' * 26}"
_ROW = re.compile(r"^\| `(make [a-z-]+)` \|(.*)$", re.MULTILINE)
_VARIABLE = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_PARAMETER = re.compile(r"([A-Za-z]\w*)=.*")
_PYTHON = r"(?:[\w./-]+/)?python(?:3(?:\.\d+)?)?"
_SENTINEL = "value-of-a-variable"
_OUR_MODULE = re.compile(r"(?:infra|tests|clients|functions)\.")
# Options of programs that are not installed with the tests, from their documentation.
_SAM_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "build": ("--use-container",),
    "deploy": ("--config-file", "--config-env", "--parameter-overrides"),
    "list stack-outputs": ("--stack-name", "--output"),
    "local invoke": ("-e", "--event"),
    "delete": ("--stack-name",),
    "validate": ("--lint", "--template", "--region"),
}
# Commands of the AWS CLI that are no operations of a service.
_AWS_OPTIONS: Mapping[str, set[str]] = {
    "cloudformation deploy": {"--template-file", "--stack-name", "--capabilities"},
}
_AWS_GLOBAL_OPTIONS = {"--region", "--profile", "--query", "--output", "--cli-input-json"}


class _UsageError(Exception):
    """An argument that a parser rejected."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _UsageError(message)


@dataclass(frozen=True)
class Project:
    """The project that the commands belong to: the folder with its Makefile and template."""

    root: Path

    @cached_property
    def template(self) -> dict[str, Any]:
        """Return the SAM template."""
        return load(self.root / "template.yaml")

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the properties of each function by its logical ID."""
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self.template["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        }

    @cached_property
    def stages(self) -> set[str]:
        """Return the stages of samconfig.toml, which have the names of its environments."""
        config = tomllib.loads((self.root / "infra" / "samconfig.toml").read_text("utf-8"))
        return set(config) - {"version", "default"}

    def make(self, target: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Return the commands that `make` would run for targets and variables."""
        return subprocess.run(
            ["make", "--dry-run", "--no-print-directory", *target, f"PYTHON={sys.executable}"],
            cwd=self.root,
            # Without the variables that a `make` around the tests exports.
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )


def commands_of(text: str) -> Iterator[str]:
    """Yield the commands of a document: after prompts, in the text, and in tables of commands.

    In the row of a `make` command, `NAME="value"` is a variable of that command.
    """
    for block in fenced_blocks(text):
        yield from (match[1].replace("\\\n", " ") for match in _PROMPT.finditer(block.content))
    for span in code_spans(text):
        if re.match(rf"(?:make|{_PYTHON}|sam|aws|pip|pre-commit) ", span):
            yield span
    for command, row in _ROW.findall(text):
        for span in code_spans(row):
            if _VARIABLE.fullmatch(span):
                yield f"{command} {span}"


def wrong_commands(text: str, project: Project) -> Iterator[str]:
    """Yield the reason why a command of the document would fail, with the command."""
    for command in dict.fromkeys(commands_of(text)):
        for part in _pipeline(shlex.split(_filled_in(command), comments=True)):
            yield from (f"{command}: {reason}" for reason in _reasons(part, project))


def _pipeline(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield the commands of a line, without environment variables and redirections."""
    part: list[str] = []
    for word in (*words, "|"):
        if word in ("|", "&&"):
            yield part
            part = []
        elif part or not _VARIABLE.fullmatch(word):
            part.append(word)


def _reasons(words: Sequence[str], project: Project) -> Iterator[str]:
    program = words[0] if words else ""
    checks: dict[str, Callable[[Sequence[str], Project], Iterator[str]]] = {
        "make": _check_make,
        "sam": _check_sam,
        "aws": _check_aws,
        "curl": lambda *_: iter(()),
        "pip": _check_pre_commit,
        "pre-commit": _check_pre_commit,
    }
    if re.fullmatch(_PYTHON, program):
        yield from _check_python(words, project)
    elif check := checks.get(program):
        yield from check(words, project)
    else:
        yield f"unknown program {program!r}"


def _check_python(words: Sequence[str], project: Project) -> Iterator[str]:
    if words[1:3] == ["-m", "pytest"]:
        yield from _check_pytest(words[3:], project)
    elif words[1] == "-m" and _OUR_MODULE.match(words[2]):
        yield from _check_module(words[2], words[3:])
    elif words[1] == "-I" and not (project.root / words[2]).is_file():
        yield f"no file {words[2]!r}"


def _check_module(name: str, arguments: Sequence[str]) -> Iterator[str]:
    """Parse the arguments of a module with its own parser; without one it accepts none."""
    try:
        if importlib.util.find_spec(f"{name}.__main__"):
            name = f"{name}.__main__"
    except ModuleNotFoundError:
        pass  # a module without a package, or one that does not exist
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError:
        yield f"no module {name}"
        return
    parse = getattr(module, "parse_arguments", None)
    if parse is None:
        if arguments:
            yield f"{name} accepts no arguments"
        return
    with redirect_stderr(io.StringIO()) as usage:
        try:
            parse(arguments)
        except SystemExit:
            yield usage.getvalue().splitlines()[-1]


def _check_pytest(arguments: Sequence[str], project: Project) -> Iterator[str]:
    """Check the options that the tests of this project add."""
    added = {
        option
        for file in project.root.glob("tests/**/*.py")
        for option in re.findall(r'addoption\(\s*"(--[\w-]+)"', file.read_text("utf-8"))
    }
    yield from (f"no option {word}" for word in arguments if word[:2] == "--" and word not in added)


def _check_make(words: Sequence[str], project: Project) -> Iterator[str]:
    targets = [word for word in words[1:] if not _VARIABLE.fullmatch(word)]
    variables = [word for word in words[1:] if _VARIABLE.fullmatch(word)]
    for variable in variables:
        name = variable.partition("=")[0]
        if name == "PYTHON":  # decides on the environment; every interpreter has its own
            continue
        if _SENTINEL not in project.make([*targets, f"{name}={_SENTINEL}"]).stdout:
            yield f"{name} has no effect"
    run = project.make([*targets, *(one for one in variables if not one.startswith("PYTHON="))])
    if run.returncode:
        yield run.stderr.strip()
    for module, rest in re.findall(r"python -m (\S+)([^|<>\n]*)", run.stdout):
        if _OUR_MODULE.match(module):
            yield from _check_module(module, shlex.split(rest))


def _check_sam(words: Sequence[str], project: Project) -> Iterator[str]:
    command = " ".join(words[1:3]) if words[1] in ("list", "local") else words[1]
    options = _SAM_OPTIONS.get(command)
    if options is None:
        yield f"unknown command {command!r}"
        return
    arguments = words[1 + len(command.split()) :]
    yield from (f"no option {word}" for word in arguments if word[0] == "-" and word not in options)
    pairs = list(zip(arguments, [*arguments, ""][1:], strict=True))
    given = dict(pairs)
    for name in map(_PARAMETER.fullmatch, arguments):
        if name and name[1] not in project.template["Parameters"]:
            yield f"no parameter {name[1]} in template.yaml"
    if command == "deploy":
        yield from _check_samconfig(given, project)
    if command == "local invoke":
        yield from _check_invocation(given, arguments[0], project)


def _check_samconfig(given: Mapping[str, str], project: Project) -> Iterator[str]:
    """Check that the environment has a stack: without one, `sam deploy` stops."""
    path, environment = given.get("--config-file", ""), given.get("--config-env", "default")
    file = project.root / path
    if not file.is_file():
        yield f"no file {path!r}"
    elif "deploy" not in tomllib.loads(file.read_text("utf-8")).get(environment, {}):
        yield f"{path} has no environment {environment!r}"


def _check_invocation(
    options: Mapping[str, str], logical_id: str, project: Project
) -> Iterator[str]:
    """Check the logical ID; the event file has the name of the function's folder."""
    if logical_id not in project.functions:
        yield f"no function {logical_id} in template.yaml"
        return
    folder = Path(project.functions[logical_id]["CodeUri"]).name
    event = options.get("-e") or options.get("--event") or ""
    if not (project.root / event).is_file() or Path(event).stem != folder:
        yield f"{event!r} is no event of {logical_id}"


def _check_aws(words: Sequence[str], project: Project) -> Iterator[str]:
    if words[1:3] == ["lambda", "invoke"]:
        yield from _check_lambda_invoke(words, project)
        return
    options = _aws_options(*words[1:3])
    if options is None:
        yield f"unknown command {' '.join(words[1:3])!r}"
        return
    options |= _AWS_GLOBAL_OPTIONS
    yield from (f"no option {word}" for word in words if word[:2] == "--" and word not in options)
    for option, value in pairwise(words):
        if option == "--template-file" and not (project.root / value).is_file():
            yield f"no file {value}"


def _aws_options(service: str, command: str) -> set[str] | None:
    """Return the options of a command, from the model of its service, or None."""
    if f"{service} {command}" in _AWS_OPTIONS:
        return set(_AWS_OPTIONS[f"{service} {command}"])
    try:
        model = botocore.session.get_session().get_service_model(service)
    except UnknownServiceError:
        return None
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in operations:
        return None
    shape = model.operation_model(operations[command]).input_shape
    names = [xform_name(name, "-") for name in (shape.members if shape else ())]
    # The CLI negates a boolean with a prefix.
    return {f"--{prefix}{name}" for name in names for prefix in ("", "no-")}


def _check_lambda_invoke(words: Sequence[str], project: Project) -> Iterator[str]:
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--function-name", required=True)
    parser.add_argument("--cli-binary-format", choices=["raw-in-base64-out"], required=True)
    parser.add_argument("--payload", required=True)
    parser.add_argument("outfile")
    try:
        options = parser.parse_args(words[3:])
    except _UsageError as error:
        yield str(error)
        return
    alias = project.template["Globals"]["Function"]["AutoPublishAlias"]
    names = {
        f"{properties['FunctionName']['Fn::Sub'].replace('${Stage}', stage)}:{alias}": logical_id
        for logical_id, properties in project.functions.items()
        for stage in project.stages
    }
    logical_id = names.get(options.function_name)
    if logical_id is None:
        yield f"no function {options.function_name} in any stage"
    elif logical_id == "AdminFunction":
        try:
            msgspec.json.decode(options.payload, type=AdminCommand)
        except msgspec.MsgspecError as error:
            yield f"payload: {error}"


def _check_pre_commit(words: Sequence[str], project: Project) -> Iterator[str]:
    if words not in (["pip", "install", "pre-commit"], ["pre-commit", "install"]):
        yield "unknown arguments"
    elif not (project.root / ".pre-commit-config.yaml").is_file():
        yield "no file .pre-commit-config.yaml"


def _filled_in(command: str) -> str:
    """Return a command with values in place of its placeholders."""
    return _PLACEHOLDER.sub("1", command.replace("<site ID>", _SITE_ID))
