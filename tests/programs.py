"""Programs from outside of this project that tests use: Debian packages and npm packages."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


def require_program(program: str, message: str) -> None:
    """End this process with a message if a program is not on the PATH."""
    if not shutil.which(program):
        sys.exit(message)


def missing_packages(packages: Iterable[str], message: str) -> list[str]:
    """Return the Debian packages that are not installed; end with a message on another system."""
    require_program("dpkg-query", message)
    return [name for name in packages if not _is_installed(name)]


def _is_installed(package: str) -> bool:
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout == "installed"


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages, or end with the command if this user may not."""
    if not packages:
        return
    if os.geteuid() != 0:
        sys.exit(
            "Some Debian packages are missing. Install them as root, then try again:\n"
            f"  apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
        )
    print(f"Installing from Debian: {' '.join(packages)}", flush=True)
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages])


def unpack_packages(packages: Sequence[str], folder: Path) -> None:
    """Unpack Debian packages into a folder without installing them."""
    folder.mkdir()
    as_root = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    run(["apt-get", "download", "-qq", *as_root, *packages], folder)
    for archive in sorted(folder.glob("*.deb")):
        run(["dpkg-deb", "--extract", str(archive), str(folder)])


def install_node_modules(manifest: Path, folder: Path) -> None:
    """Install the packages of a `package-lock.json` into a folder; their scripts do not run."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(manifest / name, folder / name)
    run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], folder)


def checksum(files: Iterable[Path]) -> str:
    """Return a digest of the files' content."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def run(command: Sequence[str], folder: Path | None = None) -> None:
    """Run a program; end this process with its output if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    result = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        sys.exit(f"{result.stdout}\nThis command failed: {' '.join(command)}")
