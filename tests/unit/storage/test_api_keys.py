"""API keys: at most two active ones, rotation, revocation, and the recorded use."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable, TooManyKeys
from amzlinkr.domain.sites import ApiKeyOwner, ApiKeyRecord, Caller, sandbox_id_of
from amzlinkr.storage.api_keys import USE_RECORD_INTERVAL, site_api_key_from_items
from amzlinkr.storage.records import ApiKeyItem, SiteApiKeyItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import record_calls, run_before_call, table
from tests.stored_sites import claim_site, key, revoke_key

FIRST, SECOND, THIRD = key("first"), key("second"), key("third")
HOUR = timedelta(hours=1)
BEFORE_EXPIRY = START + HOUR - timedelta(seconds=1)


@pytest.fixture
def caller(stores: Dependencies) -> Caller:
    """Return the caller of a site with the first key."""
    return claim_site(stores, held=FIRST)


def add(stores: Dependencies, caller: Caller, record: ApiKeyRecord, now: datetime = START) -> None:
    """Add an API key to the caller's site; the others expire after an hour."""
    stores.api_keys.add(caller, caller.site_id, record, now, now + HOUR)


def active(stores: Dependencies, now: datetime) -> list[str]:
    """Return the public IDs of the keys that can be used."""
    owners = [stores.api_keys.owner(one.digest, now) for one in (FIRST, SECOND, THIRD)]
    return [owner.kid for owner in owners if owner is not None]


def listed(stores: Dependencies, now: datetime) -> list[str]:
    return [held.kid for held in stores.api_keys.list_for_site("site_a", now)]


def stored() -> list[list[str]]:
    """Return the public IDs of all keys: by hash, and in the site's partition."""
    return [
        sorted(item.kid for item in ApiKeyItem.scan()),
        sorted(item.sk.removeprefix("key#") for item in SiteApiKeyItem.scan()),
    ]


def test_earlier_key_expires_to_the_second(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)

    assert active(stores, BEFORE_EXPIRY) == listed(stores, BEFORE_EXPIRY) == ["first", "second"]
    assert active(stores, START + HOUR) == listed(stores, START + HOUR) == ["second"]


def test_rotation_ends_with_the_revocation_of_the_new_key(
    stores: Dependencies, caller: Caller
) -> None:
    add(stores, caller, SECOND)
    revoke_key(stores, "site_a", "second", BEFORE_EXPIRY)

    assert active(stores, START + HOUR) == listed(stores, START + HOUR) == ["first"]
    assert [held.expires_at for held in stores.api_keys.list_for_site("site_a", START)] == [None]


def test_revocation_of_the_earlier_key_keeps_the_new_one(
    stores: Dependencies, caller: Caller
) -> None:
    add(stores, caller, SECOND)
    revoke_key(stores, "site_a", "first")

    assert active(stores, START + HOUR) == listed(stores, START + HOUR) == ["second"]


def test_expired_key_does_not_become_active_again(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)
    revoke_key(stores, "site_a", "second", START + HOUR)

    assert active(stores, START + HOUR) == listed(stores, START + HOUR) == []


def test_rotations_of_two_scopes_are_independent(stores: Dependencies, caller: Caller) -> None:
    second, third = (replace(one, scope="read") for one in (SECOND, THIRD))
    add(stores, caller, second)
    assert active(stores, START + HOUR) == ["first", "second"]

    add(stores, caller, third)
    assert active(stores, START + HOUR) == ["first", "third"]
    with pytest.raises(TooManyKeys):
        add(stores, caller, replace(key("fourth"), scope="read"))

    revoke_key(stores, "site_a", "third")
    assert active(stores, START + HOUR) == ["first", "second"]
    scopes = {held.kid: held.scope for held in stores.api_keys.list_for_site("site_a", START)}
    assert scopes == {"first": "full", "second": "read"}


def test_revoked_caller_adds_no_key_of_another_scope(stores: Dependencies) -> None:
    rejected = 0
    for number in range(1, 10):
        caller, record = claim_site(stores, f"site_{number}"), replace(key(), scope="read")

        def revoke(caller: Caller = caller) -> None:
            revoke_key(stores, caller.site_id, caller.kid)

        with run_before_call(number, revoke) as made:
            try:
                add(stores, caller, record)
            except ApiKeyRejected:
                rejected += 1
        if len(made) < number:
            break
        was_written = "TransactWriteItems" in made[: number - 1]
        held = stores.api_keys.list_for_site(caller.site_id, START)
        assert [one.kid for one in held] == ([record.kid] if was_written else []), number
    assert rejected >= 2


def test_third_active_key_is_rejected(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)

    with pytest.raises(TooManyKeys):
        add(stores, caller, THIRD, BEFORE_EXPIRY)

    assert stored() == [["first", "second"]] * 2


def test_expired_key_is_replaced_and_deleted(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)

    add(stores, Caller("site_a", SECOND.kid), THIRD, START + HOUR)

    assert stored() == [["second", "third"]] * 2


def test_expired_caller_adds_nothing(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)

    with pytest.raises(ApiKeyRejected):
        add(stores, caller, THIRD, START + HOUR)

    assert active(stores, START + HOUR) == ["second"]


def test_suspended_site_gets_no_new_key(stores: Dependencies, caller: Caller) -> None:
    stores.suspensions.suspend("a.example", START)

    with pytest.raises(StoreUnavailable):
        add(stores, caller, SECOND)

    assert stored() == [["first"]] * 2


def test_first_key_of_a_sandbox_creates_it_and_keeps_the_keys_of_the_site(
    stores: Dependencies, caller: Caller
) -> None:
    sandbox = sandbox_id_of("site_a")
    for record in (SECOND, THIRD):
        stores.api_keys.add(caller, sandbox, record, START, START + HOUR)

    site = stores.sites.require(sandbox)
    assert (site.host, site.email) == ("a.example", "owner@example.com")
    assert active(stores, START + HOUR) == ["first", "third"]
    assert stores.api_keys.owner(THIRD.digest, START) == ApiKeyOwner(sandbox, "third")


def test_revoked_key_is_deleted_with_both_items(stores: Dependencies, caller: Caller) -> None:
    add(stores, caller, SECOND)

    revoke_key(stores, "site_a", "first")

    assert stored() == [["second"]] * 2
    for site_id, kid in (("site_a", "first"), ("site_a", "sec"), ("site_b", "second")):
        with pytest.raises(NotFound):
            revoke_key(stores, site_id, kid)
    assert active(stores, START) == ["second"]


def test_use_is_recorded_once_per_hour(stores: Dependencies, caller: Caller) -> None:
    recorded = []
    for now in (START, START + USE_RECORD_INTERVAL / 2, START + USE_RECORD_INTERVAL):
        owner = stores.api_keys.owner(FIRST.digest, now)
        assert owner is not None
        with record_calls() as made:
            stores.api_keys.record_use(FIRST.digest, owner, now)
        recorded.append(made)

    assert recorded == [["UpdateItem"], [], ["UpdateItem"]]
    (held,) = stores.api_keys.list_for_site("site_a", START)
    assert (held.used_at, held.expires_at) == (START + USE_RECORD_INTERVAL, None)


def test_use_of_a_revoked_key_does_not_create_it_again(
    stores: Dependencies, caller: Caller, aws: Config
) -> None:
    owner = stores.api_keys.owner(FIRST.digest, START)
    assert owner is not None
    revoke_key(stores, "site_a", "first")

    before = table(aws.sites_table)

    stores.api_keys.record_use(FIRST.digest, owner, START)

    assert table(aws.sites_table) == before


def test_key_without_an_item_by_hash_was_never_used(stores: Dependencies, caller: Caller) -> None:
    (item,) = SiteApiKeyItem.scan()

    assert site_api_key_from_items(item, None).used_at is None
    assert site_api_key_from_items(item, None).kid == "first"
