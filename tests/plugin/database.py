"""A private MariaDB server per test site, reachable only by a socket in the site's folder."""

import getpass
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.stack.processes import last_lines, supervised

PROGRAM = "/usr/sbin/mariadbd"
NAME = "wordpress"
USER = "root"
MAX_START_SECONDS = 30.0
SYSTEM_TABLES = Path("/usr/share/mysql")
SERVER_OPTIONS = (
    "--no-defaults", "--skip-networking", "--skip-log-bin", "--performance-schema=OFF",
    "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0",
)  # fmt: skip
"""Options for a small, fast server. Durability is not needed: the data is deleted after a test."""


def create_empty_database(folder: Path) -> None:
    """Create the data folder that is copied for each test site."""
    folder.mkdir()
    tables = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    statements = [
        "create database mysql;",
        "use mysql;",
        # Root needs no password: only the owner of the folder can open the socket.
        "set @auth_root_socket=NULL;",
        *[(SYSTEM_TABLES / name).read_text() for name in tables],
        f"create database {NAME} character set utf8mb4;",
    ]
    result = subprocess.run(
        [*_command(folder), "--bootstrap"],
        input="\n".join(statements) + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        sys.exit(f"{result.stdout}\nMariaDB could not create its system tables.")


@contextmanager
def database(empty: Path, folder: Path) -> Iterator[Path]:
    """Run a database in `folder` for the duration of the block and yield the path of its socket."""
    files = folder / "database"
    socket_path = folder / "database.socket"
    log = folder / "database.log"
    shutil.copytree(empty, files)
    folder.chmod(0o700)
    with supervised("MariaDB", [*_command(files), f"--socket={socket_path}"], {}, log) as server:
        _wait_until_listening(socket_path, server, log)
        yield socket_path


def _command(files: Path) -> list[str]:
    # A server deletes the temporary tables in its folder at its start, also those of other servers.
    folders = (f"--datadir={files}", f"--tmpdir={files.parent}")
    return [PROGRAM, *SERVER_OPTIONS, f"--user={getpass.getuser()}", *folders]


def _wait_until_listening(socket_path: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + MAX_START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(socket_path))
            except OSError:
                time.sleep(0.02)
            else:
                return
    raise RuntimeError(f"MariaDB did not start.\n{last_lines(log)}")
