"""Environments: created once, completely or not at all, by one process at a time."""

import re
import threading
from pathlib import Path

import pytest

from infra import environments
from infra.environments import Environment, Progress, SetupFailed, set_up

PEER = environments.PEERS[0]
"""An environment without pip."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replace the project by a temporary folder with lock files."""
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "FOLDER", tmp_path / ".venv" / "3.13")
    # Copying pip into an environment takes seconds.
    monkeypatch.setattr("venv.EnvBuilder._setup_pip", lambda *_: None)
    for name in environments.NAMES:
        lock_file = Environment(name).lock_file
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        lock_file.write_text("some-package==1.0 \\\n    --hash=sha256:00\nother==2 ; a == 'b'\n")
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the names of the environments into which packages are installed."""
    names: list[str] = []

    def install(environment: Environment, *_: object) -> None:
        names.append(environment.name)

    monkeypatch.setattr(environments, "install", install)
    return names


def test_an_environment_is_created_once(
    installed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not Environment(PEER).is_ready()

    assert environments.main([PEER]) == 0
    assert environments.main([PEER]) == 0

    assert Environment(PEER).is_ready()
    assert installed == ["dev", PEER]
    output = capsys.readouterr().out
    assert f"Installing packages into .venv/3.13/{PEER} (2/2)\n" in output
    assert output.count("Installing") == 2


@pytest.mark.parametrize("change", ["lock file", "interpreter", "project folder"])
def test_an_outdated_environment_is_created_again(
    installed: list[str], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(Environment(PEER), "1/1")
    if change == "lock file":
        Environment(PEER).lock_file.write_text("some-package==1.1\n")
    elif change == "interpreter":
        monkeypatch.setattr("platform.python_version", lambda: "3.13.99")
    else:
        (Environment(PEER).folder / environments.STAMP).write_text("of another folder")

    assert not Environment(PEER).is_ready()
    set_up(Environment(PEER), "1/1")

    assert Environment(PEER).is_ready()
    assert installed == [PEER, PEER]


def test_an_environment_whose_interpreter_is_gone_is_created_again(installed: list[str]) -> None:
    set_up(Environment(PEER), "1/1")
    Environment(PEER).python.unlink()
    Environment(PEER).python.symlink_to("/nowhere/python3")

    assert not Environment(PEER).is_ready()


def test_a_failed_setup_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise SetupFailed("hash mismatch")

    monkeypatch.setattr(environments, "install", fail)

    assert environments.main([PEER]) == 1
    assert "hash mismatch" in capsys.readouterr().err
    assert not Environment("dev").is_ready()


def test_a_second_process_waits_and_installs_nothing(
    installed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    second = threading.Thread(target=set_up, args=(Environment(PEER), "1/1"))
    # Locks belong to open files, so that two threads exclude each other like two processes.
    with environments.locked(Environment(PEER)):
        second.start()
        second.join(0.5)
        assert second.is_alive()
        Environment(PEER).folder.joinpath("bin").mkdir(parents=True)
        Environment(PEER).python.touch()
        (Environment(PEER).folder / environments.STAMP).write_text(Environment(PEER).stamp())
    second.join(10)

    assert not second.is_alive()
    assert installed == []
    assert f"Waiting for another make that installs {PEER}" in capsys.readouterr().out


def test_unknown_environments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert environments.main(["nothing"]) == 2
    assert "Unknown environments: nothing" in capsys.readouterr().err


@pytest.fixture
def pip(folder: Path) -> Path:
    """Return the path of the interpreter that installs; a shell script is written there."""
    Environment("dev").python.parent.mkdir(parents=True)
    return Environment("dev").python


def pretend(pip: Path, text: str) -> None:
    pip.write_text(f"#!/bin/sh\n{text}\n")
    pip.chmod(0o755)


def test_progress_counts_what_pip_collects_and_installs(
    pip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = Environment(PEER).site_packages / "some_package-1.0.dist-info"
    pretend(
        pip,
        "echo 'Ignoring other: markers do not match'; echo 'Collecting some-package==1.0';"
        f"mkdir -p {package}; touch {package}/INSTALLER",
    )

    environments.install(Environment(PEER), 2, Progress())

    assert "1 of 1 fetched, 1 installed" in capsys.readouterr().out


def test_only_the_number_of_this_platform_is_shown(
    pip: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "REPORT_SECONDS", 0.0)
    # Several reports: before the first line, after each, and at the end.
    pretend(
        pip,
        "sleep 0.3; echo 'Ignoring other: markers do not match'; sleep 0.3;"
        "echo 'Collecting some-package==1.0'; sleep 0.3",
    )

    set_up(Environment(PEER), "1/1")

    output = capsys.readouterr().out
    assert set(re.findall(r"of (\d+) fetched", output)) == {"1"}
    assert "2" not in re.sub(r"\.venv/\S+|\(.*?\)", "", output)


def test_progress_is_shown_while_pip_is_silent(
    pip: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "REPORT_SECONDS", 0.2)
    pretend(pip, "echo 'Processing some.whl'; sleep 1.2")

    environments.install(Environment(PEER), 2, Progress())

    assert capsys.readouterr().out.count("1 of 2 fetched, 0 installed") >= 3


def test_packages_are_installed_by_hash(pip: Path, folder: Path) -> None:
    pretend(pip, f'echo "$@" > {folder}/arguments')

    environments.install(Environment(PEER), 2, Progress())

    arguments = (folder / "arguments").read_text()
    assert "--require-hashes" in arguments
    assert "--no-deps" in arguments
    assert f"--requirement {Environment(PEER).lock_file}" in arguments
    assert "index" not in arguments
    assert "://" not in arguments


def test_the_output_of_a_failed_pip_is_shown(pip: Path) -> None:
    pretend(pip, "echo 'THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1")

    with pytest.raises(SetupFailed, match="DO NOT MATCH"):
        environments.install(Environment(PEER), 2, Progress())
