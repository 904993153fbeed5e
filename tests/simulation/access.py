"""Access to Amazon's API over time: accounts that lapse, owners who enter credentials later."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

from functions.site import app as site
from functions.validate import app as validate
from infra.local.fake_amazon.accounts import Account, AccountState
from tests.simulation import invocations
from tests.simulation.state import SimulationState, Tenant

LAPSES: tuple[AccountState, ...] = ("not_eligible", "access_denied")
DELETION_PROBABILITY = 0.3
LINK_PROBABILITY = 0.7
LAST_TRY_SECONDS = 60.0
VISITS = 3
"""How often an owner enters credentials: calls to Amazon and AWS can fail."""


def schedule_access(state: SimulationState, max_seconds: float) -> None:
    """Let accounts lapse and return, and owners enter their credentials, some of them twice."""
    rng = random.Random(f"access of {state.plan.seed}")  # noqa: S311 - reproducible, not secret
    if state.plan.lapses:
        _schedule_lapses(state, rng)
    if state.plan.is_late:
        for tenant in state.tenants:
            for code in tenant.marketplace_codes:
                _schedule_owner(state, rng, max_seconds, tenant, code)


def _schedule_lapses(state: SimulationState, rng: random.Random) -> None:
    for name in sorted(state.amazon.state.accounts):
        begins, ends = sorted(state.plan.duration * rng.random() for _ in range(2))
        lapse: AccountState = rng.choice(LAPSES)
        for at, access in ((begins, lapse), (ends, "ok")):
            change = partial(_set_access, state, name, access)
            state.scheduler.start("amazon", change, state.environment("amazon"), at)


def _schedule_owner(
    state: SimulationState, rng: random.Random, max_seconds: float, tenant: Tenant, code: str
) -> None:
    visits = [partial(enter_credentials, state, tenant, code)] * VISITS
    if rng.random() < DELETION_PROBABILITY:
        visits.append(partial(delete_credentials, state, tenant, code))
    if rng.random() < LINK_PROBABILITY:
        visits.append(partial(link, state, tenant, code))
    for visit in visits:
        at = state.plan.duration * rng.random()
        state.scheduler.start("owner", visit, state.environment("web"), at, max_seconds)


def restore_access(state: SimulationState) -> None:
    """Let all accounts have access, and each site have its credentials."""
    for account in state.amazon.state.accounts.values():
        _set_access(state, account.access_key, "ok")
    if not state.plan.is_late:
        return
    for tenant in state.tenants:
        for code in tenant.marketplace_codes:
            # One after the other, and after earlier visits: each call to Amazon must get its turn.
            state.scheduler.run(state.scheduler.now + LAST_TRY_SECONDS)
            visit = partial(enter_credentials, state, tenant, code)
            state.scheduler.start("owner", visit, state.environment("web"))
    state.scheduler.run(state.scheduler.now + LAST_TRY_SECONDS)


def enter_credentials(state: SimulationState, tenant: Tenant, marketplace_code: str) -> None:
    """Enter the credentials of a marketplace."""
    account = tenant.account
    body = {
        "partner_tag": account.partner_tags[marketplace_code][0],
        "marketplace": marketplace_code,
        **_credentials_of(account),
    }
    invocations.call(state, validate.validate, tenant.site_id, body, kid=tenant.kid)


def delete_credentials(state: SimulationState, tenant: Tenant, marketplace_code: str) -> None:
    """Delete the connection of a marketplace."""
    path = {"marketplace": marketplace_code}
    invocations.call(state, site.disconnect, tenant.site_id, path=path, kid=tenant.kid)


def link(state: SimulationState, tenant: Tenant, marketplace_code: str) -> None:
    """Enter the tag of a marketplace alone, which replaces no credentials."""
    body = {"partner_tag": tenant.account.partner_tags[marketplace_code][0]}
    path = {"marketplace": marketplace_code}
    invocations.call(
        state, validate.connect_link_only, tenant.site_id, body, path=path, kid=tenant.kid
    )


def _credentials_of(account: Account) -> dict[str, str]:
    if account.api == "creators":
        return {
            "api": "creators",
            "credential_id": account.access_key,
            "credential_secret": account.secret_key,
            "credential_version": account.version,
        }
    return {
        "api": "paapi5", "access_key": account.access_key, "secret_key": account.secret_key,
    }  # fmt: skip


def _set_access(state: SimulationState, access_key: str, name: AccountState) -> None:
    """Set what Amazon answers to calls of an account."""
    account = state.amazon.state.accounts[access_key]
    state.amazon.state.accounts[access_key] = replace(account, state=name)
