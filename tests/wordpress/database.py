"""A MariaDB for one site alone: it listens on a socket in the site's folder, and nowhere else."""

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
START_SECONDS = 30.0
SYSTEM_TABLES = Path("/usr/share/mysql")
SMALL = (
    "--no-defaults", "--skip-networking", "--skip-log-bin", "--performance-schema=OFF",
    "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0",
)  # fmt: skip
"""Nothing of it has to outlive a power cut."""


def make_empty_database(folder: Path) -> None:
    """Lay out the files that every site's database begins with."""
    folder.mkdir()
    tables = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    statements = [
        "create database mysql;",
        "use mysql;",
        # Its owner enters without a password, by a socket that only the owner can reach.
        "set @auth_root_socket=NULL;",
        *[(SYSTEM_TABLES / name).read_text() for name in tables],
        f"create database {NAME} character set utf8mb4;",
    ]
    made = subprocess.run(
        [*_command(folder), "--bootstrap"],
        input="\n".join(statements) + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode:
        sys.exit(f"{made.stdout}\nMariaDB could not make its tables.")


@contextmanager
def database(empty: Path, folder: Path) -> Iterator[Path]:
    """A database in `folder` that runs until the block ends: the socket to reach it by."""
    files, door, log = folder / "database", folder / "database.socket", folder / "database.log"
    shutil.copytree(empty, files)
    folder.chmod(0o700)
    with supervised("MariaDB", [*_command(files), f"--socket={door}"], {}, log) as server:
        _wait_until_open(door, server, log)
        yield door


def _command(files: Path) -> list[str]:
    return [PROGRAM, *SMALL, f"--user={getpass.getuser()}", f"--datadir={files}"]


def _wait_until_open(door: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as knock:
            try:
                knock.connect(str(door))
            except OSError:
                time.sleep(0.02)
            else:
                return
    raise RuntimeError(f"MariaDB did not start.\n{last_lines(log)}")
