"""Changes by the operator: invites, suspensions, and switches. Each writes an audit record.

`by` is the operator's own statement; the handler adds what is known about the caller to the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.operator_views import HostChange
from amzlinkr.domain.service_switches import ServiceSwitches, Switch, SwitchedOn
from amzlinkr.domain.sites import LIVE_PREFIX, hostname_of
from amzlinkr.services.operator_names import require_site, require_url

if TYPE_CHECKING:
    from amzlinkr.domain.clock import Deadline
    from amzlinkr.services.sign_up import Invite, SiteSignUp
    from amzlinkr.storage.stores import Stores


@dataclass(frozen=True, slots=True)
class Statement:
    """Name and reason of a change, as the operator states them."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OperatorChanges:
    """The operator's changes, on all stores."""

    stores: Stores
    sign_up: SiteSignUp

    def suspend(self, site: str, statement: Statement, deadline: Deadline) -> HostChange:
        """Suspend a host with all its sites, given the ID or the URL of any of them.

        They may still export their data and delete themselves. Sites for which no time is left
        remain as they are, until the command is repeated.
        """
        name = self._name_of(site)
        site_id = self.stores.sites.site_of_host(name)
        sites = self.stores.suspensions.suspend(name, self.sign_up.clock.now(), deadline)
        change = HostChange(hostname_of(name), site_id, sites)
        return _audited("suspended", site, change, statement)

    def resume(self, site: str, statement: Statement, deadline: Deadline) -> HostChange:
        """Lift the suspension of a host, whether or not it still has sites."""
        name = self._name_of(site)
        site_id = self.stores.sites.site_of_host(name)
        sites = self.stores.suspensions.resume(name, deadline)
        change = HostChange(hostname_of(name), site_id, sites)
        return _audited("pardoned", site, change, statement)

    def invite(self, site_url: str, by: str) -> Invite:
        """Create a code with which a host can sign up once, without site verification."""
        invite = self.sign_up.invite(site_url)
        telemetry.log.info("audit", done="invited", host=invite.host, by=by)
        return invite

    def turn(self, switch: Switch, statement: Statement, *, on: bool) -> ServiceSwitches:
        """Turn a switch on or off, and return the state of both."""
        state = self.stores.service_state
        if on:
            now = self.sign_up.clock.now()
            state.turn_on(switch, SwitchedOn(now, statement.by, statement.reason))
        else:
            state.turn_off(switch)
        telemetry.log.info(
            "audit",
            done=f"{switch.value}_{'on' if on else 'off'}",
            by=statement.by,
            reason=statement.reason,
        )
        return state.switches()

    def _name_of(self, site: str) -> str:
        """Return the name of a site that is given by its ID or URL.

        Raises:
            NotFound: No site has this ID.
            InvalidRequest: It is neither an ID nor a valid URL.
        """
        if site.startswith(LIVE_PREFIX):
            return require_site(self.stores.sites, site).host
        return self.sign_up.host_of(require_url(site))


def _audited(done: str, site: str, change: HostChange, statement: Statement) -> HostChange:
    """Write the audit record of a change of a host, and return the change."""
    telemetry.log.info(
        "audit",
        done=done,
        site=site,
        site_id=change.site_id,
        host=change.host,
        site_ids=change.sites.changed,
        remaining=change.sites.remaining,
        by=statement.by,
        reason=statement.reason,
    )
    return change
