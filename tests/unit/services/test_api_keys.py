"""API keys of a site: owners, modes, the daily limit, and which ones a caller may manage."""

from collections import Counter
from datetime import timedelta

import pytest

from amzlinkr.domain.errors import InvalidRequest, NotFound, RateLimited
from amzlinkr.domain.sites import Caller, Mode
from amzlinkr.security.api_keys import new_api_key
from amzlinkr.services.api_keys import MIN_REPORT_SECONDS, MalformedApiKey, SiteApiKeys
from amzlinkr.storage.api_keys import USE_RECORD_INTERVAL
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import fail_calls, record_calls, run_before_each_call
from tests.limits import with_limits

pytestmark = pytest.mark.memory_aws
HOUR = timedelta(hours=1)


@pytest.fixture
def api_keys(deps: Dependencies) -> SiteApiKeys:
    return deps.site_api_keys


def managed(api_keys: SiteApiKeys, site_id: str) -> list[tuple[str, str]]:
    """Return the sites and public IDs of the API keys that a caller may manage."""
    return [(site, api_key.kid) for site, api_key in api_keys.list_for_caller(site_id)]


@pytest.mark.parametrize("text", ["", "amzl_live_", "amzl_live_" + 51 * "a" + "!"])
def test_malformed_api_key_costs_no_read(api_keys: SiteApiKeys, text: str) -> None:
    with record_calls() as made, pytest.raises(MalformedApiKey):
        api_keys.find_owner(text)

    assert made == []


def test_unknown_api_key_has_no_owner(api_keys: SiteApiKeys) -> None:
    assert api_keys.find_owner(new_api_key().text.reveal()) is None


def test_use_of_an_api_key_is_recorded_hourly(
    api_keys: SiteApiKeys, caller: Caller, clock: FakeClock
) -> None:
    text = api_keys.create(caller, None, HOUR).text.reveal()
    calls = []
    for _ in range(3):
        with record_calls() as made:
            owner = api_keys.find_owner(text)
        assert owner is not None
        assert owner.site_id == caller.site_id
        calls.append(made)
        clock.advance(seconds=USE_RECORD_INTERVAL.total_seconds() / 2)

    assert calls == [["GetItem", "UpdateItem"], ["GetItem"], ["GetItem", "UpdateItem"]]


def test_use_that_cannot_be_recorded_is_counted(
    api_keys: SiteApiKeys, caller: Caller, metrics: Counter[str]
) -> None:
    text = api_keys.create(caller, None, HOUR).text.reveal()
    metrics.clear()

    with fail_calls(lambda arguments: "UpdateExpression" in arguments, "InternalServerError"):
        owner = api_keys.find_owner(text)

    assert owner is not None
    assert metrics == {"ApiKeyUseNotRecorded": 1}


@pytest.mark.parametrize(
    ("mode", "site_id", "prefix"),
    [
        (None, "site_a", "amzl_live_"),
        ("live", "site_a", "amzl_live_"),
        ("test", "test_a", "amzl_test_"),
    ],
)
def test_mode_selects_the_site_or_its_sandbox(
    api_keys: SiteApiKeys,
    caller: Caller,
    metrics: Counter[str],
    mode: Mode | None,
    site_id: str,
    prefix: str,
) -> None:
    created = api_keys.create(caller, mode, HOUR)

    owner = api_keys.find_owner(created.text.reveal())
    assert owner is not None
    assert (owner.site_id, owner.kid) == (site_id, created.kid)
    assert created.text.reveal().startswith(f"{prefix}{created.kid}")
    assert created.created_at == START
    assert created.text.reveal() not in repr(created)
    assert metrics == {"ApiKeyCreated": 1}


def test_sandbox_api_key_creates_test_api_keys_only(api_keys: SiteApiKeys, caller: Caller) -> None:
    first = api_keys.create(caller, "test", HOUR)
    of_sandbox = Caller("test_a", first.kid)

    assert api_keys.create(of_sandbox, None, HOUR).mode == "test"
    with record_calls() as made, pytest.raises(InvalidRequest) as error:
        api_keys.create(of_sandbox, "live", HOUR)
    assert (error.value.field, made) == ("mode", [])


def test_current_api_key_expires_after_the_overlap(
    api_keys: SiteApiKeys, caller: Caller, clock: FakeClock
) -> None:
    # API keys are listed in the order of their creation.
    clock.advance(seconds=1)
    created = api_keys.create(caller, None, HOUR)

    clock.advance(minutes=59)
    assert managed(api_keys, "site_a") == [("site_a", caller.kid), ("site_a", created.kid)]
    clock.advance(minutes=1)
    assert managed(api_keys, "site_a") == [("site_a", created.kid)]


def test_new_api_keys_of_a_site_and_its_sandbox_share_the_caller_s_limit(
    deps: Dependencies, caller: Caller
) -> None:
    api_keys = with_limits(deps, api_keys=1).site_api_keys
    api_keys.create(caller, "test", HOUR)

    with pytest.raises(RateLimited):
        api_keys.create(caller, "live", HOUR)

    assert managed(api_keys, "site_a")[:1] == [("site_a", caller.kid)]
    assert len(managed(api_keys, "site_a")) == 2


def test_sandbox_manages_its_own_api_keys_only(
    api_keys: SiteApiKeys, caller: Caller, metrics: Counter[str]
) -> None:
    created = api_keys.create(caller, "test", HOUR)

    assert managed(api_keys, "site_a") == [("site_a", caller.kid), ("test_a", created.kid)]
    assert managed(api_keys, "test_a") == [("test_a", created.kid)]
    with pytest.raises(NotFound):
        api_keys.revoke(Caller("test_a", created.kid), caller.kid)

    api_keys.revoke(caller, created.kid)
    assert managed(api_keys, "site_a") == [("site_a", caller.kid)]
    assert metrics["ApiKeyRevoked"] == 1
    with pytest.raises(NotFound):
        api_keys.revoke(caller, created.kid)


def test_reported_key_ends_with_its_event(
    deps: Dependencies, api_keys: SiteApiKeys, caller: Caller, metrics: Counter[str]
) -> None:
    created = api_keys.create(caller, None, HOUR, "read")

    for _ in range(2):
        api_keys.report_leak(created.text.reveal(), "192.0.2.1")

    assert api_keys.find_owner(created.text.reveal()) is None
    assert metrics["LeakedApiKeyRevoked"] == 1
    events = deps.audit_log.page("site_a", None, 10, deps.clock.now()).events
    assert [event.actor for event in events if event.event == "key_revoked"] == [created.kid]


def test_report_lasts_as_long_as_its_reads_if_they_take_longer(
    api_keys: SiteApiKeys, clock: FakeClock
) -> None:
    with run_before_each_call(lambda: clock.advance(seconds=2 * MIN_REPORT_SECONDS)):
        api_keys.report_leak(new_api_key().text.reveal(), "192.0.2.1")

    assert clock.slept == []


def test_malformed_report_reads_no_key(api_keys: SiteApiKeys, clock: FakeClock) -> None:
    with record_calls() as made:
        api_keys.report_leak("amzl_live_x", "192.0.2.1")

    assert made == ["UpdateItem"]
    assert clock.slept == [MIN_REPORT_SECONDS]
