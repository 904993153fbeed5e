"""Commands of the operator: the payloads of the admin function, by `order`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from amzlinkr.http.schemas.requests import Strict

SiteName = Annotated[str, Meta(min_length=1, max_length=500)]
"""The ID or the URL of a site."""
Person = Annotated[str, Meta(min_length=1, max_length=100)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class ReasonedCommand(Strict):
    """Base of the commands that state who changes something, and why."""

    by: Person
    reason: Reason


class StatusCommand(Strict, tag_field="order", tag="status"):
    """Admin command: return the state of the service."""


class SitesCommand(Strict, tag_field="order", tag="sites"):
    """Admin command: list sites, in no particular order."""

    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    cursor: Annotated[str, Meta(max_length=2_000)] = ""


class SiteCommand(Strict, tag_field="order", tag="site"):
    """Admin command: return one site."""

    site: SiteName


class InviteCommand(Strict, tag_field="order", tag="invite"):
    """Admin command: invite a site that cannot serve a token."""

    site_url: SiteName
    by: Person


class SuspendCommand(ReasonedCommand, tag_field="order", tag="suspend"):
    """Admin command: suspend the host of a site."""

    site: SiteName


class ResumeCommand(ReasonedCommand, tag_field="order", tag="resume"):
    """Admin command: lift the suspension of a host."""

    site: SiteName


class PauseSyncCommand(ReasonedCommand, tag_field="order", tag="pause_sync"):
    """Admin command: pause the price sync of all sites."""


class ResumeSyncCommand(ReasonedCommand, tag_field="order", tag="resume_sync"):
    """Admin command: continue the price sync."""


class ReadOnlyCommand(ReasonedCommand, tag_field="order", tag="read_only"):
    """Admin command: start or end the read-only mode."""

    on: bool


ViewCommand = StatusCommand | SitesCommand | SiteCommand
HostCommand = InviteCommand | SuspendCommand | ResumeCommand
SwitchCommand = PauseSyncCommand | ResumeSyncCommand | ReadOnlyCommand
AdminCommand = ViewCommand | HostCommand | SwitchCommand
