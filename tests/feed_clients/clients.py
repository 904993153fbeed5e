"""The clients of the change feed that the guide documents, as programs with a file each."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "guides" / "clients"
INTERPRETERS = {".py": sys.executable, ".php": "php", ".js": "node"}
LANGUAGES = {"Python": ".py", "PHP": ".php", "JavaScript": ".js"}
MAX_SECONDS = 60
JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """The records that a run printed in order of their keys, and its messages."""

    records: list[JsonObject]
    messages: str

    @property
    def shown(self) -> dict[str, JsonObject]:
        """Return the records by ASIN or name of the list."""
        return {record.get("asin") or record["name"]: record for record in self.records}


@dataclass
class FeedClient:
    """A client with the file that it updates."""

    program: Path
    file: Path
    url: str
    api_key: str = "amzl_test_key"

    def start(self) -> "subprocess.Popen[str]":
        """Start a run."""
        environment = {name: text for name, text in os.environ.items() if "proxy" not in name}
        return subprocess.Popen(
            [INTERPRETERS[self.program.suffix], str(self.program), str(self.file)],
            env=environment | {"AMZLINKR_URL": self.url, "AMZLINKR_KEY": self.api_key},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> Run:
        """Run once, to the end."""
        with self.start() as process:
            output, messages = process.communicate(timeout=MAX_SECONDS)
        assert process.returncode == 0, messages
        return Run(json.loads(output), messages)

    def stored(self) -> JsonObject:
        """Return the content of the file."""
        content: JsonObject = json.loads(self.file.read_text("utf-8"))
        return content


def client_of(suffix: str) -> Path:
    """Return the program of a language."""
    return FOLDER / f"feed_client{suffix}"
