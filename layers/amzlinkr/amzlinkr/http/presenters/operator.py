"""Converters from the operator's views and changes to the responses of the admin function.

Absent values are left out, and times are RFC 3339.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.operator_views import HostChange, ServiceStatus, SiteDetails, SitePage
from amzlinkr.domain.service_switches import ServiceSwitches, SwitchedOn
from amzlinkr.domain.sites import mode_of

Response = dict[str, Any]


def status_response(view: ServiceStatus, stage: str, signup_mode: str) -> Response:
    """Return the state of the service."""
    run, counts, imports = view.last_run, view.counts, view.pending_imports
    switches = switches_fields(view.switches)
    return _response(
        "ok",
        stage=stage,
        version=view.version,
        signup_mode=signup_mode,
        sync={
            **switches["sync"],
            "last_run_at": run and run.started_at,
            "last_run_planned": run and run.planned,
            "next_run_at": view.next_run_at,
        },
        read_only=switches["read_only"],
        oldest_due_at=view.oldest_due_at,
        sites={
            "live": counts.live,
            "sandbox": counts.sandbox,
            "suspended": counts.suspended,
        },
        connections=dict(sorted(counts.connections.items())),
        counted={
            "is_estimate": counts.is_estimate,
            "rows_read": counts.rows_read,
            "rows_total": counts.rows_total,
        },
        pending_imports={
            "jobs": imports.jobs,
            "is_minimum": imports.is_minimum,
            "oldest_created_at": imports.oldest_created_at,
        },
        new_sites_today={"used": view.new_sites.used, "limit": view.new_sites.limit.maximum},
    )


def refusal_response(error: AmzlinkrError) -> Response:
    """Return the problem of a command that is refused; `field` if the problem is in one."""
    return _response(
        "refused",
        code=error.code,
        field=getattr(error, "field", None),
        detail=error.detail,
        action=error.action,
    )


def switches_response(switches: ServiceSwitches) -> Response:
    """Return the state of both switches."""
    return _response("ok", **switches_fields(switches))


def switches_fields(switches: ServiceSwitches) -> Response:
    """Return the state of the sync and of the read-only mode, with who changed it and why."""
    sync = "paused" if switches.sync_paused else "running"
    return {
        "sync": {
            "state": "read_only" if switches.is_read_only else sync,
            **_switched_on(switches.sync_paused),
        },
        "read_only": {"on": switches.is_read_only, **_switched_on(switches.read_only)},
    }


def sites_response(page: SitePage) -> Response:
    """Return a page of sites."""
    sites = [
        {
            "site_id": site.site_id,
            "mode": mode_of(site.site_id),
            "site_url": site.site_url,
            "created_at": site.created_at,
            "suspended_at": site.suspended_at,
        }
        for site in page.sites
    ]
    return _response("ok", sites=sites, next_cursor=page.next_cursor)


def site_response(view: SiteDetails) -> Response:
    """Return everything about a site except its products, and no secrets."""
    site = view.site
    return _response(
        "ok",
        site_id=site.site_id,
        mode=mode_of(site.site_id),
        site_url=site.url,
        email=site.email,
        created_at=site.created_at,
        suspended_at=site.suspended_at,
        primary_marketplace=site.primary,
        refresh_hours=site.interval.total_seconds() / 3600,
        connections=[_connection(site.connections[code]) for code in sorted(site.connections)],
        keys=[
            {
                "kid": key.kid,
                "scope": key.scope,
                "created_at": key.created_at,
                "last_used_at": key.used_at,
                "expires_at": key.expires_at,
            }
            for key in view.api_keys
        ],
        products=msgspec.to_builtins(view.products),
        oldest_due_at=view.oldest_due_at,
        pending_import_since=view.pending_import_since,
        events=[
            {"at": event.at, "event": event.event, "actor": event.actor, "detail": event.detail}
            for event in view.events
        ],
    )


def host_change_response(status: str, change: HostChange) -> Response:
    """Return a suspended or resumed host; `site_id` is null if the host has no site."""
    return {
        "status": status,
        "site_id": change.site_id,
        "host": change.host,
        "site_ids": list(change.sites.changed),
        "unchanged": change.sites.unchanged,
        "remaining": change.sites.remaining,
    }


def _connection(connection: Connection) -> Response:
    return {
        "marketplace": connection.marketplace,
        "api": connection.api,
        "partner_tag": connection.partner_tag,
        "key_hint": connection.key_hint,
        "state": connection.state.value,
        "since": connection.since,
        "last_ok_at": connection.last_ok_at,
        "next_probe_at": connection.next_probe_at,
        "problem": connection.problem and connection.problem.code,
    }


def _switched_on(state: SwitchedOn | None) -> Response:
    return {} if state is None else {"since": state.since, "by": state.by, "reason": state.reason}


def _response(status: str, **fields: Any) -> Response:
    present: Response = _without_none({"status": status, **fields})
    return present


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [_without_none(part) for part in value]
    return msgspec.to_builtins(value) if isinstance(value, datetime) else value
