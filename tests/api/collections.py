"""Postman and Bruno collections of an API: `make collections SERVICE_URL=https://…/v1`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.base_urls import base_url_flaw
from tests.api.tools import run_node_script

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "collections"
POSTMAN, BRUNO = "amzlinkr.postman_collection.json", "amzlinkr.bruno_collection.json"
EXIT_BAD_INPUT = 2


def write_collections(document: dict[str, Any], folder: Path) -> None:
    """Write the collections of a document, with the URL of its server."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        run_node_script("convert.mjs", file.name, str(folder / POSTMAN), str(folder / BRUNO))


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments; exit with a usage message if they are not valid."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.collections")
    parser.add_argument("--service-url", required=True, help="URL of the API, which ends in /v1")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Write the collections of the API at a URL and return the exit status."""
    url = parse_arguments(arguments).service_url.rstrip("/")
    if flaw := base_url_flaw(url):
        text = "SERVICE_URL must be the URL of the API, such as https://example.com/v1. The value"
        print(f"{text} {flaw}.", file=sys.stderr)
        return EXIT_BAD_INPUT
    document = json.loads((ROOT / "infra" / "openapi.json").read_text("utf-8"))
    write_collections(document | {"servers": [{"url": url}]}, FOLDER)
    for name in (POSTMAN, BRUNO):
        print(FOLDER / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
