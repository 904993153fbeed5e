"""Sets up what the WordPress tests run on: PHP, MariaDB, Chromium and two WordPresses.

Only Debian's packages are installed. The rest is unpacked below `.wordpress`, and once there it
stays until something here or the npm lock changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.wordpress.database import make_empty_database

HERE = Path(__file__).parent
GROUND = HERE.parents[1] / ".wordpress"
READY = GROUND / "ready"
EMPTY_DATABASE = GROUND / "empty-database"
VERSIONS = ("6.1", "6.5")

INSTALLED = (
    "php8.2-cli", "php8.2-curl", "php8.2-mbstring", "php8.2-mysql", "php8.2-xml",
    "ca-certificates", "chromium", "gettext", "mariadb-server-core",
)  # fmt: skip
"""Of MariaDB the program alone: no service is set up or started."""

UNPACKED = ("wordpress", "wordpress-theme-twentytwentythree", "libjs-underscore")
"""WordPress 6.1 with its default theme, and a script that it links to in another package."""

NPM_FILES = ("package.json", "package-lock.json")
SOURCES = (*NPM_FILES, "install.py", "database.py")
"""What all that is unpacked is made by: a change of it has it made again."""
BUILDS = Path("node_modules/@wp-playground/wordpress-builds")
OTHER_PHPS = GROUND / "node_modules"
THEME = "twentytwentyfour"


def unpacked(version: str) -> Path:
    """Where a WordPress to make sites of lies."""
    return GROUND / f"wordpress-{version}"


def main() -> None:
    """Do what is missing, and say so."""
    missing = [name for name in INSTALLED if not _is_installed(name)]
    stamp = _stamp()
    is_unpacked = READY.exists() and READY.read_text() == stamp
    if missing:
        _install(missing)
    if not is_unpacked:
        _unpack_everything()
        READY.write_text(stamp)
    print(
        f"PHP, MariaDB, Chromium and WordPress {' and '.join(VERSIONS)} are ready in {GROUND.name}/"
    )


def _stamp() -> str:
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()


def _is_installed(package: str) -> bool:
    _need("dpkg-query", "The WordPress tests need Debian 12: its PHP 8.2, Chromium and WordPress.")
    asked = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout == "installed"


def _install(packages: Sequence[str]) -> None:
    if os.geteuid() != 0:
        sys.exit(
            "Some of Debian's packages are missing. Please install them as root, then try again:\n"
            f"  apt-get update && apt-get install --no-install-recommends {' '.join(packages)}"
        )
    print(f"Installing from Debian: {' '.join(packages)}", flush=True)
    _run(["apt-get", "update", "-qq"])
    _run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages])


def _unpack_everything() -> None:
    shutil.rmtree(GROUND, ignore_errors=True)
    GROUND.mkdir()
    with tempfile.TemporaryDirectory(dir=GROUND) as place:
        print("Unpacking WordPress 6.1 from Debian", flush=True)
        _unpack_from_debian(Path(place, "debian"))
        print("Unpacking WordPress 6.5 and other PHPs from npm", flush=True)
        _unpack_from_npm(Path(place, "npm"))
    print("Making an empty database", flush=True)
    make_empty_database(EMPTY_DATABASE)


def _unpack_from_debian(place: Path) -> None:
    place.mkdir()
    as_root = ["-o", "APT::Sandbox::User=root"] if os.geteuid() == 0 else []
    _run(["apt-get", "download", "-qq", *as_root, *UNPACKED], place)
    for archive in sorted(place.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(place)])
    _ensure_version(place / "usr/share/wordpress", "6.1")
    # The package links to files of others, relative to where they are once unpacked side by side,
    # and to some that sites get on without: they are what is ignored here.
    shutil.copytree(
        place / "usr/share/wordpress", unpacked("6.1"), ignore=_broken_links, copy_function=_copy
    )


def _broken_links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not Path(folder, name).exists()]


def _copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)


def _unpack_from_npm(place: Path) -> None:
    _need("npm", "WordPress 6.5 and other PHPs come from npm: please install Node.js with npm.")
    place.mkdir()
    for name in NPM_FILES:
        shutil.copyfile(HERE / name, place / name)
    _run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], place)
    builds = place / BUILDS
    # Programs and what they load into browsers come apart here, and belong together.
    wordpress = unpacked("6.5")
    shutil.move(builds / "public/wp-6.5", wordpress)
    with zipfile.ZipFile(builds / "src/wordpress/wp-6.5.zip") as programs:
        programs.extractall(wordpress)
    _ensure_version(wordpress, "6.5")
    (wordpress / "wp-config.php").unlink()
    shutil.rmtree(wordpress / "wp-content/database")
    for theme in (wordpress / "wp-content/themes").iterdir():
        if theme.is_dir() and theme.name != THEME:
            shutil.rmtree(theme)
    shutil.rmtree(builds)
    shutil.move(place / "node_modules", OTHER_PHPS)


def _ensure_version(wordpress: Path, version: str) -> None:
    text = (wordpress / "wp-includes/version.php").read_text()
    if f"$wp_version = '{version}." not in text:
        sys.exit(f"This should have been WordPress {version}: the tests are written for Debian 12.")


def _need(program: str, otherwise: str) -> None:
    if not shutil.which(program):
        sys.exit(otherwise)


def _run(command: Sequence[str], folder: Path = HERE) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nThis failed: {' '.join(command)}")


if __name__ == "__main__":
    main()
