"""Installation of the tools that read the OpenAPI document: linters, generators, converters.

Java and PHP come from Debian packages. npm packages, and the PHP library that generated clients
use, are unpacked into `.local/api-tools/` and stay there until one of the files in `SOURCES`
changes. Python packages are in the environment `api`.
"""

import shutil
import tempfile
from pathlib import Path

from tests.programs import (
    checksum,
    install_node_modules,
    install_packages,
    missing_packages,
    require_program,
    unpack_packages,
)

HERE = Path(__file__).parent
WORK_DIR = HERE.parents[1] / ".local" / "api-tools"
READY = WORK_DIR / "ready"
NODE_MODULES = WORK_DIR / "node_modules"
PHP_LIBRARIES = WORK_DIR / "debian" / "usr" / "share" / "php"

DEBIAN_PACKAGES = (
    "ca-certificates", "chromium", "openjdk-17-jre-headless", "php8.2-cli", "php8.2-curl",
    "php8.2-mbstring",
)  # fmt: skip
"""Packages to install: OpenAPI Generator is a Java program, Chromium shows the reference page."""

DEBIAN_ARCHIVES = (
    "php-guzzlehttp-guzzle", "php-guzzlehttp-promises", "php-guzzlehttp-psr7", "php-getallheaders",
    "php-psr-http-client", "php-psr-http-factory", "php-psr-http-message",
    "php-symfony-deprecation-contracts",
)  # fmt: skip
"""Packages to unpack: Guzzle, the HTTP library of the generated PHP client."""

SOURCES = ("package.json", "package-lock.json", "install.py")
"""Files that determine the content of `.local/api-tools/`."""


def main() -> None:
    """Install what is missing and report progress."""
    install_packages(
        missing_packages(
            DEBIAN_PACKAGES, "The tests of the OpenAPI document need Debian 12 with its PHP 8.2."
        )
    )
    require_program("npm", "Linters and converters come from npm. Install Node.js with npm.")
    sources = checksum(HERE / name for name in SOURCES)
    if not (READY.exists() and READY.read_text() == sources):
        _unpack_all()
        READY.write_text(sources)
    print(f"The tools are ready in {WORK_DIR.relative_to(HERE.parents[1])}/")


def _unpack_all() -> None:
    shutil.rmtree(WORK_DIR, ignore_errors=True)
    WORK_DIR.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=WORK_DIR) as folder:
        print("Unpacking Guzzle from Debian", flush=True)
        unpack_packages(DEBIAN_ARCHIVES, Path(folder, "debian"))
        print("Unpacking linters and converters from npm", flush=True)
        install_node_modules(HERE, Path(folder))
        shutil.move(Path(folder, "debian"), WORK_DIR / "debian")
        shutil.move(Path(folder, "node_modules"), NODE_MODULES)


if __name__ == "__main__":
    main()
