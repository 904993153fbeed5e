"""WordPress from other Debian suites: unreachable suites and other versions are errors."""

from pathlib import Path

import pytest

from tests.plugin import debian_suites
from tests.plugin.debian_suites import (
    SUITES,
    SuiteError,
    check_version,
    find_archive,
    read_version,
    unpack_wordpress,
)
from tests.plugin.install import VERSIONS, wordpress_source

TARGETS = """\
https://other.example/apt/ Other Other
https://security.example/debian-security/ Debian Debian-Security
https://mirror.example/debian/ Debian Debian
"""


def test_versions_are_checked() -> None:
    check_version("6.8.1", "6.8")
    check_version("7.1.4", "newest")
    check_version("10.0", "newest")
    for found, version in (("6.80", "6.8"), ("6.9.1", "6.8"), ("7.0.9", "newest")):
        with pytest.raises(SuiteError, match=f"has WordPress {found}, not"):
            check_version(found, version)


def test_archive_is_that_of_the_system() -> None:
    assert find_archive(TARGETS) == "https://mirror.example/debian/"
    with pytest.raises(SuiteError, match="no Debian archive"):
        find_archive(TARGETS.splitlines()[0])


@pytest.mark.wordpress
def test_suite_that_cannot_be_reached_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian_suites, "find_archive", lambda _: "http://127.0.0.1:9/debian/")
    with pytest.raises(SuiteError, match=r"127\.0\.0\.1"):
        unpack_wordpress("newest", tmp_path / "wordpress", tmp_path / "suite")
    assert not (tmp_path / "wordpress").exists()


@pytest.mark.wordpress
@pytest.mark.parametrize("version", VERSIONS)
def test_installed_versions_are_those_of_the_tests(version: str) -> None:
    found = read_version(wordpress_source(version))
    if version in SUITES:
        check_version(found, version)
    else:
        assert found.startswith(f"{version}.")
