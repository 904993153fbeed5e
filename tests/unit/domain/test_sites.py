"""Sites: the selected connection, IDs, and what sign-ups and tags are normalized to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import AmazonPartnerTagRejected, Upstream
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import InvalidRequest, NotConnected, SiteSuspended
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.sites import (
    Site,
    hostname_of,
    is_sandbox,
    is_signup_id,
    is_site_id,
    live_id_of,
    mode_of,
    sandbox_id_of,
    with_marketplace_hint,
)
from tests.clock import START

US, DE = (
    Connection(code, "creators", f"t-{code}", "…abcd", "s", "v", "a", START)
    for code in ("US", "DE")
)
SITE = Site(
    "site_1", "example.com", "https://example.com", "a@example.com", START, "DE",
    {"US": US, "DE": DE},
)  # fmt: skip
UNCONNECTED = replace(SITE, primary=None, connections={})
SITE_IDS = st.from_regex(r"site_[0-9a-f]{1,32}", fullmatch=True)


@pytest.mark.parametrize(
    ("code", "expected"), [(None, DE), ("", DE), ("DE", DE), ("US", US), (" us ", US)]
)
def test_connection_is_the_given_or_the_primary_one(code: str | None, expected: Connection) -> None:
    assert SITE.connection(code) is expected


@pytest.mark.parametrize(("site", "code"), [(SITE, "JP"), (UNCONNECTED, "US"), (UNCONNECTED, None)])
def test_marketplace_without_keys_is_not_connected(site: Site, code: str | None) -> None:
    with pytest.raises(NotConnected) as error:
        site.connection(code)

    assert (code or "this site") in error.value.detail


def test_unknown_marketplace_is_an_invalid_request() -> None:
    with pytest.raises(InvalidRequest) as error:
        SITE.connection("XX")

    assert error.value.field == "marketplace"


@pytest.mark.parametrize("site", [SITE, UNCONNECTED])
def test_suspension_comes_before_any_other_refusal(site: Site) -> None:
    with pytest.raises(SiteSuspended):
        replace(site, suspended_at=START).connection("XX")


def test_configured_interval_replaces_the_default() -> None:
    assert SITE.interval == DEFAULT_REFRESH_INTERVAL
    assert replace(SITE, configured_interval=timedelta(hours=5)).interval == timedelta(hours=5)


@given(SITE_IDS)
def test_site_and_its_sandbox_lead_to_each_other(site_id: str) -> None:
    sandbox_id = sandbox_id_of(site_id)

    assert sandbox_id != site_id
    assert (is_sandbox(site_id), is_sandbox(sandbox_id)) == (False, True)
    assert (mode_of(site_id), mode_of(sandbox_id)) == ("live", "test")
    assert live_id_of(sandbox_id) == live_id_of(site_id) == site_id


def test_only_the_prefix_of_an_id_differs() -> None:
    assert sandbox_id_of("site_1") == "test_1"
    assert live_id_of(sandbox_id_of("site_site_test_1")) == "site_site_test_1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("su_" + "0af" + "1" * 29, True),
        ("su_" + "0" * 31, False),
        ("su_" + "0" * 33, False),
        ("su_" + "0" * 32 + "\n", False),
        ("su_" + "A" * 32, False),
        ("xsu_" + "0" * 32, False),
        ("", False),
    ],
)
def test_only_well_formed_signup_ids_are_looked_up(text: str, expected: bool) -> None:
    assert is_signup_id(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"site_{'0a' * 13}", True),
        (f"test_{'0a' * 13}", False),
        (f"site_{'0a' * 12}", False),
        (f"site_{'0A' * 13}", False),
        (f"site_{'0a' * 13}\n", False),
        ("", False),
    ],
)
def test_form_of_a_site_id(text: str, expected: bool) -> None:
    assert is_site_id(text) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com", "example.com"),
        ("example.com/shop/a:b", "example.com"),
        ("example.com:8443", "example.com"),
        ("127.0.0.1:80/x", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[::1]:8443/x", "::1"),
        ("www.example.com", "www.example.com"),
    ],
)
def test_hostname_is_the_name_without_port_and_path(name: str, expected: str) -> None:
    assert hostname_of(name) == expected


REJECTED = AmazonPartnerTagRejected(
    "Detail.", None, 7, Upstream("paapi5", 400, "InvalidPartnerTag")
)


def test_hint_names_the_usual_marketplaces_of_the_tag() -> None:
    hinted = with_marketplace_hint(REJECTED, "shop-22", "DE")

    for text in ("JP, AU, SG", "this marketplace is DE", "Germany"):
        assert text in hinted.action
    assert (hinted.detail, hinted.retry_after, hinted.upstream) == (
        REJECTED.detail,
        REJECTED.retry_after,
        REJECTED.upstream,
    )


def test_hint_names_at_most_six_marketplaces() -> None:
    action = with_marketplace_hint(REJECTED, "shop-21", "US").action

    assert "(UK, DE, FR, IT, ES, NL)" in action


@pytest.mark.parametrize(("tag", "code"), [("shop-22", "JP"), ("shop-21", "DE"), ("shop", "DE")])
def test_usual_or_unknown_suffix_gets_no_hint(tag: str, code: str) -> None:
    assert with_marketplace_hint(REJECTED, tag, code) is REJECTED


@given(st.sampled_from(sorted(MARKETPLACES)), st.sampled_from(["20", "21", "22"]))
def test_hint_appears_exactly_if_the_suffix_is_unusual(code: str, suffix: str) -> None:
    hinted = with_marketplace_hint(REJECTED, f"shop-{suffix}", code)

    assert (hinted is REJECTED) is (MARKETPLACES[code].tag_suffix == suffix)


@pytest.mark.parametrize(
    ("state", "has_worked", "can_refresh"),
    [
        (State.VALID, True, True),
        (State.VALID, False, True),
        (State.NOT_ELIGIBLE, True, True),
        (State.NOT_ELIGIBLE, False, False),
    ],
)
def test_account_is_called_again_if_it_ever_worked(
    state: State, has_worked: bool, can_refresh: bool
) -> None:
    connection = replace(US, state=state, last_ok_at=START if has_worked else None)
    site = replace(SITE, connections={"US": connection})

    assert site.can_refresh("US") is can_refresh
    assert not site.can_refresh("DE")
