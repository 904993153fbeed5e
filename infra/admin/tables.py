"""The tool's output for people: aligned columns, and times with their distance from now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.counted_nouns import counted

Row = Sequence[str]
JsonObject = dict[str, Any]
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def table(head: Row, rows: Iterable[Row]) -> str:
    """Return rows in aligned columns below their head."""
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def ago(text: str | None, now: datetime) -> str:
    """Return a time with its distance from now, such as `2026-11-29 12:00:00Z (5 min ago)`."""
    if text is None:
        return "-"
    distance = now - datetime.fromisoformat(text)
    words = (
        f"{_duration(distance)} ago" if distance >= timedelta() else f"in {_duration(-distance)}"
    )
    return f"{time_text(text)} ({words})"


def time_text(text: str) -> str:
    """Return a time of the service in the one form of the output: `2026-11-29 12:00:00Z`."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def status_text(status: JsonObject, now: datetime) -> str:
    """Return the state of the service as two columns, and its queues as a table."""
    sample, connections = status["counted"], status["connections"]
    about = "about " if sample["is_estimate"] else ""
    sites = status["sites"]
    imports = status["pending_imports"]
    rows = [
        ("stage", f"{status['stage']}, release {status['version']}"),
        ("price sync", switch_text(status["sync"], now)),
        ("writes", writes_text(status["read_only"], now)),
        ("last planner run", last_run_text(status["sync"], now)),
        ("next planner run", next_run_text(status["sync"], now)),
        ("oldest due shelf", due_text(status.get("oldest_due_at"), now)),
        (
            "sites",
            f"{about}{sites['live']} live, {sites['sandbox']} sandbox, "
            f"{sites['suspended']} suspended",
        ),
        (
            "connections",
            about + ", ".join(f"{number} {state}" for state, number in connections.items())
            if connections
            else "none",
        ),
        ("pending imports", pending_text(imports, now)),
        (
            "new sites today",
            f"{status['new_sites_today']['used']} of {status['new_sites_today']['limit']}, "
            f"sign-up mode {status['signup_mode']}",
        ),
    ]
    text = table(("", ""), rows).lstrip("\n")
    if sample["is_estimate"]:
        text += (
            f"\n\nSites and connections are estimated from a sample of {sample['rows_read']} of "
            f"about {sample['rows_total']} rows."
        )
    return f"{text}\n\n{queues_text(status['queues'])}"


def switch_text(sync: JsonObject, now: datetime) -> str:
    """Return the state of the price sync, and who paused it."""
    if sync["state"] == "read_only":
        return "stopped by the read-only mode"
    return f"{sync['state']}{_stated(sync, now)}"


def writes_text(read_only: JsonObject, now: datetime) -> str:
    """Return True if calls that change data are accepted."""
    return f"refused (read-only){_stated(read_only, now)}" if read_only["on"] else "accepted"


def last_run_text(sync: JsonObject, now: datetime) -> str:
    """Return when the planner ran last, and what it enqueued."""
    if "last_run_at" not in sync:
        return "never"
    shelves = counted(sync["last_run_planned"], "shelf", "shelves")
    return f"{ago(sync['last_run_at'], now)}, {shelves} enqueued"


def next_run_text(sync: JsonObject, now: datetime) -> str:
    """Return when the planner is expected, with the default schedule."""
    if "next_run_at" not in sync:
        return "-"
    text = ago(sync["next_run_at"], now)
    is_late = text.endswith("ago)") and not text.endswith(" s ago)")
    return f"{text}, expected; LATE" if is_late else f"{text}, expected"


def due_text(oldest_due_at: str | None, now: datetime) -> str:
    """Return since when the longest overdue shelf waits."""
    return "none is due" if oldest_due_at is None else f"due since {ago(oldest_due_at, now)}"


def pending_text(imports: JsonObject, now: datetime) -> str:
    """Return the number of pending import jobs, and the oldest of those that were counted."""
    if not imports["jobs"]:
        return "none"
    jobs = f"{'at least ' if imports['is_minimum'] else ''}{counted(imports['jobs'], 'job')}"
    return f"{jobs}, the oldest from {ago(imports.get('oldest_created_at'), now)}"


def queues_text(queues: Sequence[JsonObject] | str) -> str:
    """Return the depths of the queues, or why they could not be read."""
    if isinstance(queues, str):
        return queues
    rows = [
        (
            f"{queue['name']}{' (dead letters)' if queue['is_dead_letter_queue'] else ''}",
            str(queue["messages"]),
            str(queue["in_flight"]),
        )
        for queue in queues
    ]
    return table(("queue", "about waiting", "about in flight"), rows)


def _stated(state: JsonObject, now: datetime) -> str:
    if "since" not in state:
        return ""
    return f" by {state['by']} since {ago(state['since'], now)}: {state['reason']}"


def _duration(distance: timedelta) -> str:
    for unit, name in ((_DAY, "days"), (_HOUR, "h"), (_MINUTE, "min")):
        if distance >= 2 * unit:
            return f"{distance // unit} {name}"
    return f"{int(distance.total_seconds())} s"
