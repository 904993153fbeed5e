"""New credentials: stored after Amazon's response to one test call, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.amazon_errors import (
    TOKEN_SERVICE,
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPartnerTagRejected,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.connection_errors import ConnectionHasCredentials
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import Credentials, Secret, creators_credentials
from amzlinkr.domain.errors import ApiKeyRejected
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import record_calls, secrets
from tests.stored_sites import revoke_key
from tests.unit.amazon.accounts import credentials
from tests.unit.wire import Script, Wire, reply

pytestmark = pytest.mark.memory_aws
VALID = reply(200, {"SearchResult": {"TotalResultCount": 0, "SearchURL": "", "Items": []}})
CREATORS = creators_credentials(
    "amzn1.application-oa2-client.unit", "amzn1.oa2-cs.v1.unit", "3.1", "unit-20", "US"
)
TWO_HOURS = timedelta(hours=2)


def refusal(status: int, code: str) -> Script:
    """Return an error of PA-API."""
    return reply(status, {"Errors": [{"Code": code, "Message": "Refused."}]})


NOT_ELIGIBLE = refusal(403, "AssociateNotEligible")
THROTTLED = refusal(429, "TooManyRequests")


def connect(
    deps: Dependencies, caller: Caller, response: Script, new: Credentials | None = None
) -> tuple[Connection, AmazonError | None]:
    """Connect the caller's site while Amazon sends this response to every call."""
    with Wire([response]) as wire:
        setup = Dependencies(replace(deps.config, amazon_url=wire.url), deps.clock).account_setup
        site = deps.sites.require("site_a")
        deadline = Deadline.after(deps.clock, 5)
        return setup.connect(caller, site, new or credentials(), deadline)


def stored(deps: Dependencies) -> dict[str, Connection]:
    return dict(deps.sites.require("site_a").connections)


def scheduled_secrets(deps: Dependencies) -> list[str]:
    """Return the names of the secrets that are deleted within two hours."""
    due = deps.outbox.due(Task.SECRET_DELETION, deps.clock.now() + TWO_HOURS)
    return [entry.subject for entry in due]


def test_accepted_credentials_are_stored_and_connected(deps: Dependencies, caller: Caller) -> None:
    connection, problem = connect(deps, caller, VALID)

    assert problem is None
    assert stored(deps) == {"US": connection}
    assert deps.vault.get("site_a", connection) == credentials()
    assert (connection.state, connection.last_ok_at) == (State.VALID, START)
    assert (connection.partner_tag, connection.key_hint) == ("unit-20", "…UNIT")
    assert scheduled_secrets(deps) == []


@pytest.mark.parametrize(
    ("response", "raised"),
    [
        (refusal(401, "InvalidSignature"), AmazonKeysRejected),
        (refusal(400, "InvalidPartnerTag"), AmazonPartnerTagRejected),
        (refusal(403, "AccessDenied"), AmazonAccessDenied),
        (reply(500, b""), AmazonUnavailable),
    ],
)
def test_rejected_credentials_leave_no_trace(
    deps: Dependencies, caller: Caller, response: Script, raised: type[AmazonError]
) -> None:
    connect(deps, caller, VALID)
    before = stored(deps), secrets()

    with pytest.raises(raised):
        connect(deps, caller, response, credentials(tag="other-20"))

    assert (stored(deps), secrets()) == before
    assert scheduled_secrets(deps) == []


@pytest.mark.parametrize(
    ("response", "state"), [(NOT_ELIGIBLE, State.NOT_ELIGIBLE), (THROTTLED, State.THROTTLED)]
)
def test_correct_credentials_of_an_account_with_a_problem_are_stored(
    deps: Dependencies, caller: Caller, response: Script, state: State
) -> None:
    connection, problem = connect(deps, caller, response)

    assert problem is not None
    assert stored(deps) == {"US": connection}
    assert (connection.state, connection.problem and connection.problem.code) == (
        state, problem.code,
    )  # fmt: skip
    assert deps.vault.get("site_a", connection) == credentials()


def test_reached_limit_of_our_own_proves_nothing_about_credentials(
    deps: Dependencies, caller: Caller
) -> None:
    account_key = deps.amazon_accounts.account_key("site_a", credentials())
    RateLimiterItem(account_key, next_at=to_unix_ms(START + TWO_HOURS)).save()

    with pytest.raises(AmazonThrottled) as error:
        connect(deps, caller, VALID)

    assert error.value.upstream is None
    assert (stored(deps), secrets()) == ({}, {})


def test_throttled_token_service_proves_nothing_about_credentials(
    deps: Dependencies, caller: Caller
) -> None:
    with pytest.raises(AmazonThrottled) as error:
        connect(deps, caller, reply(429, {"error": "slow_down"}), CREATORS)

    assert error.value.upstream is not None
    assert error.value.upstream.service == TOKEN_SERVICE
    assert (stored(deps), secrets()) == ({}, {})


def test_rejected_tag_of_another_marketplace_is_named(deps: Dependencies, caller: Caller) -> None:
    with pytest.raises(AmazonPartnerTagRejected) as error:
        connect(deps, caller, refusal(400, "InvalidPartnerTag"), credentials(tag="unit-21"))

    assert "DE" in (error.value.action or "")
    assert "this marketplace is US" in (error.value.action or "")


def test_new_credentials_keep_the_secret_and_the_last_success(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    first, _ = connect(deps, caller, VALID)
    clock.advance(hours=1)
    requested_at = clock.now()

    second, _ = connect(deps, caller, NOT_ELIGIBLE, credentials(tag="other-20"))

    assert (second.secret_id, second.last_ok_at) == (first.secret_id, START)
    assert second.secret_version != first.secret_version
    assert second.since == requested_at
    assert deps.vault.get("site_a", second).partner_tag == "other-20"


def test_unchanged_credentials_are_not_written_again(deps: Dependencies, caller: Caller) -> None:
    first, _ = connect(deps, caller, VALID)
    with record_calls() as made:
        again, problem = connect(deps, caller, NOT_ELIGIBLE)

    assert problem is not None
    assert (again.secret_id, again.secret_version) == (first.secret_id, first.secret_version)
    assert (stored(deps)["US"].state, again.state) == (State.NOT_ELIGIBLE, State.NOT_ELIGIBLE)
    assert not {"CreateSecret", "PutSecretValue"} & set(made)
    assert deps.vault.get("site_a", stored(deps)["US"]) == credentials()


CHANGED = [
    credentials(tag="other-20"),
    replace(credentials(), secret_key=Secret("x" * 40)),
    CREATORS,
    replace(CREATORS, version="3.2"),
]


@pytest.mark.parametrize("before", [credentials(), *CHANGED])
@pytest.mark.parametrize("after", CHANGED)
def test_every_change_of_credentials_is_written(
    deps: Dependencies, caller: Caller, before: Credentials, after: Credentials
) -> None:
    key = deps.amazon_accounts.account_key
    current = Connection(
        "US", before.api, before.partner_tag, "…", "a", "1", key("site_a", before), START,
        credential_version=before.version,
    )  # fmt: skip

    assert current.has_credentials(after, key("site_a", after)) is (before == after)


def test_unchanged_credentials_of_a_deleted_secret_are_written(
    deps: Dependencies, caller: Caller
) -> None:
    first, _ = connect(deps, caller, VALID)
    deps.vault.delete(first.secret_id)

    second, _ = connect(deps, caller, VALID)

    assert second.secret_id != first.secret_id
    assert deps.vault.get("site_a", stored(deps)["US"]) == credentials()


def test_secret_of_a_caller_that_was_revoked_is_left_to_the_outbox(
    deps: Dependencies, caller: Caller
) -> None:
    revoke_key(deps, "site_a", caller.kid)

    with pytest.raises(ApiKeyRejected):
        connect(deps, caller, VALID)

    assert stored(deps) == {}
    assert scheduled_secrets(deps) == list(secrets())
    assert len(secrets()) == 1


def link(deps: Dependencies, caller: Caller, tag: str) -> tuple[Connection, bool]:
    """Connect the caller's site in the marketplace US with a tag only."""
    site = deps.sites.require("site_a")
    return deps.account_setup.connect_link_only(caller, site, "US", tag)


def test_tag_only_is_connected_changed_and_kept(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    first, first_is_new = link(deps, caller, "unit-20")
    clock.advance(hours=1)
    with record_calls() as made:
        same = link(deps, caller, "unit-20")
    other, other_is_new = link(deps, caller, "other-20")

    assert (first.partner_tag, first_is_new, same) == ("unit-20", True, (first, False))
    assert "TransactWriteItems" not in made
    assert (other.partner_tag, other_is_new) == ("other-20", False)
    assert stored(deps) == {"US": other}


def test_tag_only_does_not_replace_credentials(deps: Dependencies, caller: Caller) -> None:
    connected, _ = connect(deps, caller, VALID)

    for tag in (connected.partner_tag, "other-20"):
        with pytest.raises(ConnectionHasCredentials):
            link(deps, caller, tag)

    assert stored(deps) == {"US": connected}


def test_credentials_replace_a_tag_only(deps: Dependencies, caller: Caller) -> None:
    link(deps, caller, "unit-20")

    with record_calls() as made:
        connected, _ = connect(deps, caller, VALID)

    assert made.count("CreateSecret") == 1
    assert "PutSecretValue" not in made
    assert deps.secret_counts.total() == 1
    assert stored(deps) == {"US": connected}
    assert deps.vault.get("site_a", connected) == credentials()
