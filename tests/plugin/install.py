"""Installation of PHP, MariaDB, Chromium, and four WordPress versions for the plugin tests.

Programs come from Debian packages. WordPress and other PHP versions are unpacked into
`.wordpress/` and stay there until one of the files in `SOURCES` changes.
"""

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from tests.plugin.database import create_empty_database
from tests.plugin.debian_suites import SUITES, SuiteError, unpack_wordpress
from tests.programs import (
    checksum,
    install_node_modules,
    install_packages,
    missing_packages,
    require_program,
    unpack_packages,
)

HERE = Path(__file__).parent
WORK_DIR = HERE.parents[1] / ".wordpress"
READY = WORK_DIR / "ready"
EMPTY_DATABASE = WORK_DIR / "empty-database"
VERSIONS = ("6.1", "6.5", *SUITES)

DEBIAN_PACKAGES = (
    "php8.2-cli", "php8.2-curl", "php8.2-mbstring", "php8.2-mysql", "php8.2-xml",
    "ca-certificates", "chromium", "gettext", "mariadb-server-core", "php-codesniffer",
)  # fmt: skip
"""Packages to install. `mariadb-server-core` contains the program only and starts no service."""

DEBIAN_ARCHIVES = (
    "wordpress", "wordpress-theme-twentytwentythree", "wordpress-theme-twentytwentyone",
    "libjs-underscore",
)  # fmt: skip
"""Packages to unpack: WordPress 6.1, its default theme, a classic theme, and a linked script."""

NPM_FILES = ("package.json", "package-lock.json")
SOURCES = (*NPM_FILES, "install.py", "database.py", "debian_suites.py")
"""Files that determine the content of `.wordpress/`. A change in one causes a new installation."""
WORDPRESS_BUILDS = Path("node_modules/@wp-playground/wordpress-builds")
NODE_MODULES = WORK_DIR / "node_modules"
THEME = "twentytwentyfour"


def wordpress_source(version: str) -> Path:
    """Return the folder of an unpacked WordPress from which test sites are copied."""
    return WORK_DIR / f"wordpress-{version}"


def main() -> None:
    """Install what is missing and report progress."""
    install_packages(
        missing_packages(
            DEBIAN_PACKAGES,
            "The plugin tests need Debian 12 with its PHP 8.2, Chromium and WordPress.",
        )
    )
    sources = checksum(HERE / name for name in SOURCES)
    if not (READY.exists() and READY.read_text() == sources):
        _unpack_all()
        READY.write_text(sources)
    print(
        f"PHP, MariaDB, Chromium and WordPress {' and '.join(VERSIONS)} "
        f"are ready in {WORK_DIR.name}/"
    )


def _unpack_all() -> None:
    shutil.rmtree(WORK_DIR, ignore_errors=True)
    WORK_DIR.mkdir()
    with tempfile.TemporaryDirectory(dir=WORK_DIR) as folder:
        print("Unpacking WordPress 6.1 from Debian", flush=True)
        _unpack_from_debian(Path(folder, "debian"))
        print("Unpacking WordPress 6.5 and other PHP versions from npm", flush=True)
        _unpack_from_npm(Path(folder, "npm"))
        for version, suite in SUITES.items():
            print(f"Unpacking WordPress {version} from Debian's suite {suite}", flush=True)
            _unpack_from_suite(version, Path(folder, suite))
    print("Creating an empty database", flush=True)
    create_empty_database(EMPTY_DATABASE)


def _unpack_from_debian(folder: Path) -> None:
    unpack_packages(DEBIAN_ARCHIVES, folder)
    _check_version(folder / "usr/share/wordpress", "6.1")
    # The package contains relative links to files of other packages. Links without
    # an unpacked target lead to optional files, so they are skipped.
    shutil.copytree(
        folder / "usr/share/wordpress",
        wordpress_source("6.1"),
        ignore=_broken_links,
        copy_function=_copy,
    )


def _unpack_from_suite(version: str, folder: Path) -> None:
    try:
        unpack_wordpress(version, wordpress_source(version), folder)
    except SuiteError as error:
        sys.exit(f"WordPress {version} cannot be installed, so it would not be tested.\n{error}")


def _broken_links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not Path(folder, name).exists()]


def _copy(source: str, target: str) -> None:
    shutil.copyfile(source, target)


def _unpack_from_npm(folder: Path) -> None:
    require_program(
        "npm", "WordPress 6.5 and other PHP versions come from npm. Install Node.js with npm."
    )
    folder.mkdir()
    install_node_modules(HERE, folder)
    builds = folder / WORDPRESS_BUILDS
    # The npm package keeps static files and PHP files apart. Merge them into one installation.
    wordpress = wordpress_source("6.5")
    shutil.move(builds / "public/wp-6.5", wordpress)
    with zipfile.ZipFile(builds / "src/wordpress/wp-6.5.zip") as php_files:
        php_files.extractall(wordpress)
    _check_version(wordpress, "6.5")
    (wordpress / "wp-config.php").unlink()
    shutil.rmtree(wordpress / "wp-content/database")
    for theme in (wordpress / "wp-content/themes").iterdir():
        if theme.is_dir() and theme.name != THEME:
            shutil.rmtree(theme)
    shutil.rmtree(builds)
    shutil.move(folder / "node_modules", NODE_MODULES)


def _check_version(wordpress: Path, version: str) -> None:
    text = (wordpress / "wp-includes/version.php").read_text()
    if f"$wp_version = '{version}." not in text:
        sys.exit(
            f"Expected WordPress {version} and found another version. Run the tests on Debian 12."
        )


if __name__ == "__main__":
    main()
