"""Which addresses this process and its children listen on, as the Linux kernel tells."""

import os
import socket
import struct
from pathlib import Path

LISTEN = "0A"


def listening_addresses() -> set[str]:
    """IPv4 and IPv6 addresses with a listening socket of ours."""
    ours = _sockets(_family(os.getpid()))
    found = set()
    for table, family in (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6)):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and fields[9] in ours:
                found.add(_address(fields[1].split(":")[0], family))
    return found


def _family(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(text.rpartition(")")[2].split()[1])
    family = {root}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _sockets(processes: set[int]) -> set[str]:
    found = set()
    for process in processes:
        for link in Path(f"/proc/{process}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found


def _address(hexadecimal: str, family: socket.AddressFamily) -> str:
    words = [int(hexadecimal[start : start + 8], 16) for start in range(0, len(hexadecimal), 8)]
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))
