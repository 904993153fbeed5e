"""WordPress of newer Debian suites, unpacked into a folder, without a change of the system.

A suite that cannot be reached is an error: a version that was not tested must not look tested.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SUITES = {"6.8": "trixie", "newest": "sid"}
"""The suite of each version. `newest` is whatever the development suite contains."""

MIN_NEWEST = (7, 1)
"""The version that the development suite contained when the tests were last adapted to it."""

PACKAGES = (
    "wordpress", "wordpress-theme-twentytwentyfive", "libjs-cropper", "libjs-jquery-ui",
    "libjs-lodash", "libjs-underscore", "libphp-phpmailer", "php-getid3",
)  # fmt: skip
"""WordPress, its default theme, and the packages with files to which WordPress links."""

UNUSED_LINKS = {".htaccess"}
"""Links of the package to configuration of the system."""

CONFIGURED_ARCHIVE = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(LABEL)")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
WORDPRESS = Path("usr/share/wordpress")


class SuiteError(Exception):
    """A suite that could not be read, or does not contain what the tests need."""


def unpack_wordpress(version: str, target: Path, folder: Path) -> None:
    """Download WordPress and the files of its links to `folder`, and copy it to `target`.

    Raises:
        SuiteError: The suite cannot be reached, or contains another version.
    """
    suite = SUITES[version]
    folder.mkdir(parents=True)
    options = _write_sources(folder, suite)
    # Without the option, an archive that cannot be reached is only a warning.
    _run(["apt-get", "-qq", *options, "-o", "APT::Update::Error-Mode=any", "update"], folder)
    _run(
        ["apt-get", "-qq", *options, "download", *(f"{name}/{suite}" for name in PACKAGES)], folder
    )
    for archive in sorted(folder.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), "unpacked"], folder)
    source = folder / "unpacked" / WORDPRESS
    _check_links(source)
    check_version(read_version(source), version)
    shutil.copytree(
        source,
        target,
        ignore=lambda _, names: UNUSED_LINKS & set(names),
        copy_function=shutil.copyfile,
    )


def read_version(wordpress: Path) -> str:
    """Return the version of an unpacked WordPress, such as `6.8.1`."""
    text = (wordpress / "wp-includes/version.php").read_text()
    found = re.search(r"\$wp_version ?= ?'([0-9.]+)", text)
    if not found:
        raise SuiteError(f"{wordpress} states no version")
    return found[1]


def check_version(found: str, version: str) -> None:
    """Check that the version of WordPress is the expected one.

    Raises:
        SuiteError: It is not.
    """
    numbers = tuple(int(part) for part in found.split("."))
    is_right = numbers >= MIN_NEWEST if version == "newest" else found.startswith(f"{version}.")
    if not is_right:
        expected = ".".join(map(str, MIN_NEWEST)) if version == "newest" else version
        raise SuiteError(f"The suite {SUITES[version]} has WordPress {found}, not {expected}")


def find_archive(targets: str) -> str:
    """Return the URI of the Debian archive that the system uses.

    `targets` is the output of CONFIGURED_ARCHIVE.

    Raises:
        SuiteError: The system uses no Debian archive.
    """
    for line in targets.splitlines():
        uri, _, rest = line.partition(" ")
        if rest == "Debian Debian":
            return uri
    raise SuiteError("This system has no Debian archive in its package sources")


def _write_sources(folder: Path, suite: str) -> list[str]:
    uri = find_archive(_run([*CONFIGURED_ARCHIVE, "Created-By: Packages"], folder))
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {uri} {suite} main\n")
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache::archives": folder / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _check_links(source: Path) -> None:
    broken = [
        str(path.relative_to(source))
        for path in source.rglob("*")
        if path.is_symlink() and not path.exists() and path.name not in UNUSED_LINKS
    ]
    if broken:
        raise SuiteError(f"These links lead to packages that are not unpacked: {broken}")


def _run(command: Sequence[str], folder: Path) -> str:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SuiteError(f"{result.stdout}{result.stderr}\nThis command failed: {command}")
    return result.stdout
