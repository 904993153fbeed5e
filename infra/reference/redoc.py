"""Installation of Redoc, which renders the OpenAPI document in the browser, from npm."""

import hashlib
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


class NotInstalled(Exception):
    """Redoc could not be installed."""


def install_redoc() -> str:
    """Return the script of Redoc; install the locked version first if it is missing.

    Raises:
        NotInstalled: npm is missing or failed.
    """
    ready = WORK_DIR / f"redoc-{_checksum()}.js"
    if not ready.exists():
        if not shutil.which("npm"):
            raise NotInstalled("The reference page needs npm. Install Node.js with npm.")
        shutil.rmtree(WORK_DIR, ignore_errors=True)
        WORK_DIR.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=WORK_DIR) as name:
            folder = Path(name)
            _install(folder)
            (folder / SCRIPT).replace(ready)
    return ready.read_text(encoding="utf-8")


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
