"""Archive of the WordPress plugin, as WordPress installs it: `make plugin SERVICE_URL=https://…/v1`.

The archive has no file that `.distignore` lists. The same files and URL give the same bytes.
Only the standard library is needed.
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "clients" / "wordpress" / "amzlinkr"
ARCHIVE = ROOT / ".local" / "amzlinkr.zip"
PRESET_FILE = "includes/service.php"
PRESET = "const PRESET_URL = '';"
MAX_HOST_CHARS = 253
EARLIEST_TIME = (1980, 1, 1, 0, 0, 0)  # the first that the format can represent
FILE_MODE = 0o644
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LEVEL = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
# The plugin connects to these ports only, and to https unless wp-config.php permits the URL.
# Clients remove dot segments, so a path with them is another one.
_URL = re.compile(
    rf"https://(?P<host>({_LABEL}\.)+{_TOP_LEVEL})(:443|:8080)?(/(?!\.\.?/)[A-Za-z0-9._~-]+)*/v1"
)


def plugin_files(plugin: Path) -> Iterator[str]:
    """Yield the paths of the files to install, sorted, without hidden files and `.distignore`'s."""
    lines = (plugin / ".distignore").read_text("utf-8").splitlines()
    ignored = {line[1:] for line in lines if line.startswith("/")}
    for path in sorted(plugin.rglob("*")):
        name = path.relative_to(plugin).as_posix()
        is_hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not is_hidden and name not in ignored:
            yield name


def write_archive(archive: Path, service_url: str, plugin: Path = PLUGIN) -> int:
    """Write the archive with the service URL, if there is one, and return the number of files."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    names = list(plugin_files(plugin))
    with zipfile.ZipFile(archive, "w") as opened:
        for name in names:
            content = (plugin / name).read_bytes()
            if name == PRESET_FILE:
                content = with_service_url(content.decode(), service_url).encode()
            entry = zipfile.ZipInfo(f"{plugin.name}/{name}", EARLIEST_TIME)
            entry.external_attr = FILE_MODE << 16
            # Not compressed, because libraries compress the same bytes in different ways.
            opened.writestr(entry, content)
    return len(names)


def with_service_url(code: str, service_url: str) -> str:
    """Return PHP code with the constant set to a service URL.

    Raises:
        ValueError: The code does not have the constant once.
    """
    before, found, after = code.partition(PRESET)
    if not found or PRESET in after:
        raise ValueError(f"{PRESET_FILE} must contain this line once: {PRESET}")
    return f"{before}{PRESET.replace(repr(''), repr(service_url))}{after}"


def parse_service_url(text: str) -> str:
    """Return a service URL without a slash at its end; empty if there is none.

    Raises:
        ValueError: The plugin could not use the URL.
    """
    url = text.strip().rstrip("/")
    found = _URL.fullmatch(url)
    if url and (not found or len(found["host"]) > MAX_HOST_CHARS):
        raise ValueError(
            "SERVICE_URL must be like https://amzlinkr.example.com/v1 (the output ServiceUrl of "
            "the stack), with a public host and no port, 443, or 8080, "
            f"not {_without_password(text)!r}"
        )
    return url


def _without_password(text: str) -> str:
    """Return a text that may be a URL, without the user name and password before its host."""
    return re.sub(r"//.*@", "//…@", text, flags=re.DOTALL)


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.plugin_archive")
    parser.add_argument("--service-url", default="", help="URL that the plugin's form shows first")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Write the archive and return the exit code: 2 if the URL is wrong."""
    try:
        service_url = parse_service_url(parse_arguments(arguments).service_url)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    count = write_archive(ARCHIVE, service_url)
    shown = f"service URL {service_url}" if service_url else "without a service URL"
    sys.stdout.write(f"{ARCHIVE.relative_to(ROOT)}: {count} files, {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
