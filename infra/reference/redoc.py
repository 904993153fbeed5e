"""Installation of Redoc, which renders the OpenAPI document in the browser, from npm.

Redoc depends on marked, which renders Markdown: it also renders the part of the page that needs no
JavaScript.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
WORK_DIR = HERE.parents[1] / ".local" / "reference"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
"""Files that determine what is installed; the lock file has the hashes."""
SCRIPT = Path("node_modules", "redoc", "bundles", "redoc.standalone.js")
MARKDOWN_SCRIPT = Path("node_modules", "marked", "marked.min.js")
RENDER = """
const { marked } = require( process.argv[ 1 ] );
const texts = JSON.parse( require( 'fs' ).readFileSync( 0, 'utf8' ) );
const options = { mangle: false, headerIds: false };
console.log( JSON.stringify( texts.map( ( text ) => marked( text, options ) ) ) );
"""


class NotInstalled(Exception):
    """Redoc could not be installed."""


def install_redoc() -> str:
    """Return the script of Redoc; install the locked version first if it is missing.

    Raises:
        NotInstalled: npm is missing or failed.
    """
    ready = _installed("redoc")
    if not (ready.exists() and _installed("marked").exists()):
        if not shutil.which("npm"):
            raise NotInstalled("The reference page needs npm. Install Node.js with npm.")
        shutil.rmtree(WORK_DIR, ignore_errors=True)
        WORK_DIR.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=WORK_DIR) as name:
            folder = Path(name)
            _install(folder)
            (folder / MARKDOWN_SCRIPT).replace(_installed("marked"))
            (folder / SCRIPT).replace(ready)
    return ready.read_text(encoding="utf-8")


def render_markdown(texts: list[str]) -> list[str]:
    """Return the HTML of Markdown texts, after `install_redoc`.

    Raises:
        NotInstalled: Node.js is missing or failed.
    """
    command = ["node", "-e", RENDER, str(_installed("marked"))]
    try:
        done = subprocess.run(
            command, input=json.dumps(texts), capture_output=True, text=True, check=True
        )
    except FileNotFoundError as exc:
        raise NotInstalled("The reference page needs Node.js.") from exc
    except subprocess.CalledProcessError as exc:
        raise NotInstalled(f"{exc.stderr}\nThe guides could not be rendered.") from exc
    rendered: list[str] = json.loads(done.stdout)
    return rendered


def _installed(name: str) -> Path:
    return WORK_DIR / f"{name}-{_checksum()}.js"


def _checksum() -> str:
    content = b"".join((HERE / name).read_bytes() for name in MANIFEST)
    return hashlib.sha256(content).hexdigest()[:16]


def _install(folder: Path) -> None:
    for name in MANIFEST:
        shutil.copyfile(HERE / name, folder / name)
    command = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotInstalled(f"{done.stdout}{done.stderr}\nThis command failed: {' '.join(command)}")
