"""Virtual environments of this project: created once per interpreter version, for `make`.

`python -I infra/environments.py sam checkov` creates `.venv/3.13/dev`, `.venv/3.13/sam` and
`.venv/3.13/checkov` when Python 3.13 runs it. It does nothing if they are up to date. `dev` is
always included: its pip installs the packages of the others, which have no pip.

An environment is up to date if its stamp matches the lock file, the interpreter, this file and the
folder of the project. The stamp is written last, so an interrupted setup is never taken for a
finished one, and a lock makes concurrent calls of `make` wait for each other.
"""

import fcntl
import hashlib
import platform
import queue
import shutil
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
API, DEV, SAM, CHECKOV, AUDIT = "api", "dev", "sam", "checkov", "audit"
CREATORS_PEERS = ("amazon-creatorsapi-python-sdk", "python-amazon-paapi")
PEERS = ("paapi5-python-sdk-repack", *CREATORS_PEERS)
NAMES = (DEV, SAM, CHECKOV, AUDIT, API, *PEERS)
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}{sys.abiflags}"
FOLDER = ROOT / ".venv" / VERSION
STAMP = ".ready"
POLL_SECONDS = 0.25
REPORT_SECONDS = 5.0
"""Time between two progress lines where lines cannot be overwritten, as in a CI log."""
PIP_OPTIONS = (
    "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
    "--no-compile", "--no-deps", "--require-hashes",
)  # fmt: skip


class SetupFailed(Exception):
    """An environment could not be created; the message contains the output of pip."""


@dataclass(frozen=True)
class Environment:
    """One virtual environment, and the lock file that lists its packages."""

    name: str

    @property
    def folder(self) -> Path:
        """Return the folder of the environment."""
        return FOLDER / self.name

    @property
    def python(self) -> Path:
        """Return the path of its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def lock_file(self) -> Path:
        """Return the path of the lock file."""
        if self.name in PEERS:
            return ROOT / "tests" / "bench" / "peers" / f"{self.name}.txt"
        return ROOT / "requirements" / f"{self.name}.txt"

    @property
    def site_packages(self) -> Path:
        """Return the folder into which pip installs."""
        return self.folder / "lib" / f"python{VERSION}" / "site-packages"

    def is_ready(self) -> bool:
        """Return True if the environment is up to date and its interpreter still exists."""
        stamp = self.folder / STAMP
        return self.python.exists() and stamp.exists() and stamp.read_text() == self.stamp()

    def stamp(self) -> str:
        """Return a digest of everything that the environment was made from."""
        sources = (
            self.lock_file.read_bytes(),
            Path(__file__).read_bytes(),
            platform.python_version().encode(),
            str(ROOT).encode(),  # scripts in an environment contain absolute paths
        )
        return hashlib.sha256(b"\0".join(sources)).hexdigest()

    def locked_packages(self) -> int:
        """Return the number of packages in the lock file, for all platforms."""
        lines = self.lock_file.read_text().splitlines()
        return sum("==" in line and not line.startswith((" ", "#")) for line in lines)

    def installed_packages(self) -> int:
        """Return the number of packages that are completely installed."""
        # pip writes INSTALLER after the files of a package.
        return sum(1 for _ in self.site_packages.glob("*.dist-info/INSTALLER"))


class Progress:
    """A progress line: overwritten on a terminal, printed every few seconds elsewhere."""

    def __init__(self) -> None:
        self._began = self._printed = time.monotonic()
        self._is_terminal = sys.stdout.isatty()

    def show(self, text: str, *, is_last: bool = False) -> None:
        """Print the text with the elapsed time, unless a line was printed moments ago."""
        now = time.monotonic()
        line = f"  {text} ({now - self._began:.0f} s)"
        if self._is_terminal:
            print(f"\r\033[K{line}", end="\n" if is_last else "", flush=True)
        elif is_last or now - self._printed >= REPORT_SECONDS:
            self._printed = now
            print(line, flush=True)


def main(names: Sequence[str]) -> int:
    """Create the named environments that are missing or outdated; return the exit status."""
    if unknown := set(names) - set(NAMES):
        print(f"Unknown environments: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    wanted = [Environment(name) for name in dict.fromkeys((DEV, *names))]
    missing = [environment for environment in wanted if not environment.is_ready()]
    try:
        for number, environment in enumerate(missing, start=1):
            set_up(environment, f"{number}/{len(missing)}")
    except (SetupFailed, OSError, subprocess.SubprocessError) as exc:
        print(f"The setup failed. Correct the cause, then try again.\n{exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next call continues the setup.", file=sys.stderr)
        return 130
    return 0


def set_up(environment: Environment, position: str) -> None:
    """Create one environment and install its packages."""
    with locked(environment):
        # Another process may have created it while this one waited for the lock.
        if environment.is_ready():
            return
        shown = environment.folder.relative_to(ROOT)
        print(f"Installing packages into {shown} ({position})", flush=True)
        shutil.rmtree(environment.folder, ignore_errors=True)
        progress = Progress()
        progress.show("creating the environment")
        venv.EnvBuilder(symlinks=True, with_pip=environment.name == DEV).create(environment.folder)
        install(environment, environment.locked_packages(), progress)
        if environment.name == DEV:
            # The package is found by two paths and not installed: it is a Lambda layer.
            paths = f"{ROOT / 'layers' / 'amzlinkr'}\n{ROOT}\n"
            (environment.site_packages / "amzlinkr.pth").write_text(paths)
        (environment.folder / STAMP).write_text(environment.stamp())


def install(environment: Environment, packages: int, progress: Progress) -> None:
    """Install the packages of the lock file by hash, and show how far pip is.

    pip reports every package that it collects, and is silent while it installs them, so installed
    packages are counted in the environment.
    """
    command = [
        str(Environment(DEV).python), "-m", "pip", "--python", str(environment.python), "install",
        *PIP_OPTIONS, "--requirement", str(environment.lock_file),
    ]  # fmt: skip
    before, collected = environment.installed_packages(), 0
    output: list[str] = []
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        threading.Thread(target=read_lines, args=(process, lines), daemon=True).start()
        is_running = True
        while is_running:
            for line in new_lines(lines):
                if line is None:
                    is_running = False
                    break
                output.append(line)
                # "Processing" introduces a file that needs no download.
                collected += line.startswith(("Collecting ", "Processing "))
                # The lock files cover all platforms.
                packages -= line.startswith("Ignoring ")
            installed = environment.installed_packages() - before
            # pip excludes the packages of other platforms before it collects the first one.
            total = f" of {packages}" if collected else ""
            progress.show(
                f"{collected}{total} fetched, {installed} installed",
                is_last=not is_running,
            )
    if process.returncode:
        raise SetupFailed("".join(output[-30:]))


def read_lines(process: "subprocess.Popen[str]", lines: "queue.SimpleQueue[str | None]") -> None:
    """Put each line of the output into the queue, and None after the last."""
    for line in process.stdout or ():
        lines.put(line)
    lines.put(None)


def new_lines(lines: "queue.SimpleQueue[str | None]") -> Iterator[str | None]:
    """Yield the lines that arrive within the poll interval."""
    ends = time.monotonic() + POLL_SECONDS
    while (remaining := ends - time.monotonic()) > 0:
        try:
            yield lines.get(timeout=remaining)
        except queue.Empty:
            return


@contextmanager
def locked(environment: Environment) -> Iterator[None]:
    """Hold the lock of an environment; the operating system releases it when the process ends."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{environment.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another make that installs {environment.name}", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
