"""Commands of the plugin's command line, run inside WordPress in place of WP-CLI."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.local.stack.processes import inherited_environment
from tests.plugin.site import PHP, Site

PROGRAM = Path(__file__).with_name("php") / "wp-cli.php"


@dataclass(frozen=True)
class Command:
    """A command that has ended: its exit code and what it has printed."""

    code: int
    output: str
    errors: str


def wp(site: Site, *arguments: str, stdin: str = "") -> Command:
    """Run `wp amzlinkr …` and return its result."""
    result = subprocess.run(
        [*PHP, str(PROGRAM), str(site.root), site.address, "amzlinkr", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=inherited_environment(),
        check=False,
    )
    return Command(result.returncode, result.stdout, result.stderr)
