"""Archive of the plugin: what WordPress finds in it, the preset service URL, and wrong URLs."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.plugin_archive import (
    PLUGIN,
    PRESET_FILE,
    ROOT,
    main,
    parse_service_url,
    plugin_files,
    with_service_url,
    write_archive,
)
from tests.infra.service_urls import documented_urls

URL = "https://amzlinkr.example.com/v1"
HIDDEN = "p4ss"
NOT_INSTALLED = re.compile(
    r"(^|/)(tests?|node_modules|vendor)/|composer|phpcs|phpstan|\.md$|(^|/)\."
)


@pytest.fixture
def archive(tmp_path: Path) -> zipfile.ZipFile:
    write_archive(tmp_path / "new" / "amzlinkr.zip", URL)
    return zipfile.ZipFile(tmp_path / "new" / "amzlinkr.zip")


def test_archive_is_one_folder_that_wordpress_can_install(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()

    assert archive.testzip() is None
    assert {name.split("/")[0] for name in names} == {"amzlinkr"}
    header = archive.read("amzlinkr/amzlinkr.php").decode()
    (version,) = re.findall(r"^ \* Version: +(\S+)$", header, re.MULTILINE)
    assert f"Stable tag: {version}\n" in archive.read("amzlinkr/readme.txt").decode()
    modules = re.findall(r"'([a-z-]+)'", header.partition("modules = array(")[2].partition(")")[0])
    assert len(modules) > 15
    assert {f"amzlinkr/includes/{module}.php" for module in modules} <= set(names)
    assert "amzlinkr/languages/amzlinkr-de_DE.mo" in names


def test_archive_has_no_file_for_developers_and_all_others(archive: zipfile.ZipFile) -> None:
    names = {name.removeprefix("amzlinkr/") for name in archive.namelist()}
    ignored = set((PLUGIN / ".distignore").read_text("utf-8").split("\n"))

    assert {name for name in names if NOT_INSTALLED.search(name)} == set()
    present = {str(path.relative_to(PLUGIN)) for path in PLUGIN.rglob("*") if path.is_file()}
    assert {f"/{name}" for name in present - names} <= ignored


def test_only_the_preset_differs_from_the_source(archive: zipfile.ZipFile) -> None:
    for name in plugin_files(PLUGIN):
        source, packed = (PLUGIN / name).read_bytes(), archive.read(f"amzlinkr/{name}")
        if name == PRESET_FILE:
            source = source.replace(b"PRESET_URL = ''", f"PRESET_URL = '{URL}'".encode())
        assert packed == source, name


def test_archive_is_reproducible(archive: zipfile.ZipFile, tmp_path: Path) -> None:
    copy = tmp_path / "copied" / "amzlinkr"
    for name in sorted(plugin_files(PLUGIN), reverse=True):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((PLUGIN / name).read_bytes())
        (copy / name).chmod(0o600)
    (copy / ".distignore").write_bytes((PLUGIN / ".distignore").read_bytes())
    (copy / "composer.json").touch()
    (copy / "includes" / ".service.php.swp").touch()

    write_archive(tmp_path / "again.zip", URL, copy)

    assert (tmp_path / "again.zip").read_bytes() == Path(str(archive.filename)).read_bytes()


@pytest.mark.parametrize("url", sorted(documented_urls()))
def test_documented_urls_are_accepted(url: str) -> None:
    assert parse_service_url(f" {url}/ ") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://amzlinkr.example.com/v1",
        "amzlinkr.example.com/v1",
        "https://amzlinkr.example.com",
        "https://amzlinkr.example.com/v1/signup",
        "https://amzlinkr.example.com:8443/v1",
        "https://user@amzlinkr.example.com/v1",
        "https://amzlinkr.example.com/v1?x=1",
        "https://localhost/v1",
        "https://10.0.0.1/v1",
        "https://a.example/'.phpinfo().'/v1",
        "https://a.example/\\'/v1",
        "https://a.example\n/v1",
        "https://a.example.com/../v1",
        "https://a.example.com/./v1",
        "https://a.example.com/b/../c/v1",
        f"https://{'a' * 60}.{'a' * 60}.{'a' * 60}.{'a' * 60}.{'a' * 60}.example/v1",
        "https://…/v1",
        "https://example.com:9999/v1",
        "https://127.0.0.1/v1",
        f"https://me:{HIDDEN}@a.example.com/v1",
    ],
)
def test_a_wrong_url_is_one_clear_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--service-url", url]) == 2

    error = capsys.readouterr().err
    assert error.startswith("SERVICE_URL must be like https://amzlinkr.example.com/v1 ")
    assert ", with a public host and no port, 443, or 8080, " in error
    assert error.count("\n") == 1
    assert HIDDEN not in error


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("plugin", "SERVICE_URL"),
        ("run", "PORT"),
        ("run", "AMAZON_URL"),
        ("run", "LIMITS"),
        ("run", "CREDENTIAL_STORE"),
    ],
)
def test_a_make_variable_of_two_lines_is_one_clear_line(target: str, name: str) -> None:
    command = ["make", "--dry-run", target, f"{name}=https://a.example\necho b/v1"]
    done = subprocess.run(
        [*command, f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"{name} must be one line" in done.stderr


@pytest.mark.parametrize("path", ["a", "...", ".a", "a.", "a/..b"])
def test_a_dot_in_a_path_is_no_dot_segment(path: str) -> None:
    url = f"https://a.example.com/{path}/v1"

    assert parse_service_url(url) == url


def test_the_constant_must_exist_once() -> None:
    code = (PLUGIN / PRESET_FILE).read_text("utf-8")

    assert with_service_url(code, "") == code
    for wrong in (code.replace("PRESET_URL", "URL"), code + code):
        with pytest.raises(ValueError, match="must contain this line once"):
            with_service_url(wrong, URL)
