"""Version numbers: the package and the plugin have the same version."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr"


def find_version(path: Path, pattern: str) -> str:
    """Return the only version number in a file that matches the pattern."""
    (version,) = re.findall(pattern, path.read_text(), re.MULTILINE)
    return str(version)


def test_package_and_plugin_have_the_same_version() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    header = find_version(PLUGIN / "amzlinkr.php", r"^ \* Version: +(\S+)$")
    constant = find_version(PLUGIN / "amzlinkr.php", r"^const VERSION = '(.+)';$")
    stable_tag = find_version(PLUGIN / "readme.txt", r"^Stable tag: (\S+)$")
    assert {header, constant, stable_tag} == {package}


def test_readme_documents_the_current_version() -> None:
    stable_tag = find_version(PLUGIN / "readme.txt", r"^Stable tag: (\S+)$")
    assert f"= {stable_tag} =" in (PLUGIN / "readme.txt").read_text()
