"""The tool's output for people about sites."""

from __future__ import annotations

from datetime import datetime

from infra.admin.tables import JsonObject, Row, ago, table, time_text


def sites_text(page: JsonObject) -> str:
    """Return a page of sites as a table, and how to read the next one."""
    rows = [
        (
            site["site_id"],
            site["mode"],
            time_text(site["created_at"]),
            _suspended(site),
            site["site_url"],
        )
        for site in page["sites"]
    ]
    text = table(("site", "mode", "since", "state", "URL"), rows) if rows else "no sites"
    cursor = page.get("next_cursor")
    return f"{text}\n\nMore sites follow: --cursor {cursor}" if cursor else text


def site_text(site: JsonObject, now: datetime) -> str:
    """Return everything about a site."""
    products = ", ".join(f"{number} {state}" for state, number in site["products"].items())
    imported = site.get("pending_import_since")
    rows: list[Row] = [
        ("site", f"{site['site_id']} ({site['mode']})"),
        ("URL", site["site_url"]),
        ("e-mail", site["email"]),
        ("created", ago(site["created_at"], now)),
        ("state", _suspended(site)),
        ("refresh interval", f"{site['refresh_hours']:g} h"),
        ("products", products),
        ("oldest due shelf", ago(site.get("oldest_due_at"), now)),
        ("pending import", ago(imported, now)),
    ]
    parts = [table(("", ""), rows).lstrip("\n")]
    if site["connections"]:
        parts.append(_connections(site["connections"], now))
    parts.append(_keys(site["keys"], now))
    if site["events"]:
        parts.append(_events(site["events"]))
    return "\n\n".join(parts)


def host_text(change: JsonObject) -> str:
    """Return a suspended or resumed host, and the number of sites for which no time was left."""
    done = {"suspended": "Suspended", "pardoned": "Resumed"}[change["status"]]
    sites = ", ".join(change["site_ids"]) or "none"
    text = f"{done} the host {change['host']}. Changed sites: {sites}."
    if change.get("unchanged"):
        text += f" Sites that were in this state before: {change['unchanged']}."
    if change.get("remaining"):
        text += f"\nNo time was left for {change['remaining']} sites. Repeat the command for them."
    return text


def invite_text(invite: JsonObject) -> str:
    """Return the code of an invite, which is shown once."""
    return (
        f"Invite for {invite['host']}, until {time_text(invite['expires_at'])}:\n{invite['invite']}"
    )


def _connections(connections: list[JsonObject], now: datetime) -> str:
    rows = [
        (
            connection["marketplace"],
            connection["state"],
            connection.get("problem", ""),
            connection.get("api", ""),
            connection["partner_tag"],
            connection.get("key_hint", ""),
            ago(connection.get("last_ok_at"), now),
            ago(connection.get("next_probe_at"), now),
        )
        for connection in connections
    ]
    head = ("marketplace", "state", "problem", "API", "tag", "key", "last success", "next probe")
    return table(head, rows)


def _keys(keys: list[JsonObject], now: datetime) -> str:
    rows = [
        (
            key["kid"],
            key["scope"],
            ago(key.get("last_used_at"), now),
            ago(key.get("expires_at"), now),
        )
        for key in keys
    ]
    return table(("API key", "scope", "last used", "expires"), rows) if rows else "no API keys"


def _events(events: list[JsonObject]) -> str:
    rows = [
        (time_text(event["at"]), event["event"], event["actor"], event["detail"])
        for event in events
    ]
    return table(("time", "event", "actor", "detail"), rows)


def _suspended(site: JsonObject) -> str:
    if "suspended_at" not in site:
        return "active"
    return f"suspended since {time_text(site['suspended_at'])}"
