"""A host changes hands while its former owner is still calling: at every step between AWS calls.

Whatever the former owner's call was, and whoever was first: the new owner has a key that works,
no other key does, and nothing of the former owner's Amazon accounts is left anywhere.
"""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from amzlinkr.domain.sites import twin_of
from amzlinkr.wiring import Dependencies
from functions.authorize import app as authorize
from infra.local.wordpress import WordPress
from tests.calls import Reply, Site, event_of, order, run_erasure, send
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import witness

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/api/GET/v1/site"
BUYER = "buyer@example.com"
MOST_STEPS = 25


@dataclass
class Contested:
    """A host, its former owner, and the key of whoever proved it after that."""

    deps: Dependencies
    wordpress: WordPress
    former: Site
    bought: str = ""

    def proven(self, email: str) -> dict[str, Any]:
        asked = {"site_url": self.wordpress.url, "email": email}
        started = send(self.deps, event_of("POST", "/v1/signup", asked)).json
        self.wordpress.shows(started["challenge"])
        path = f"/v1/signup/{started['signup_id']}/verify"
        done = send(self.deps, event_of("POST", path), seconds=15)
        assert done.status == 201, done.text
        answer: dict[str, Any] = done.json
        return answer

    def buy(self) -> None:
        self.bought = self.proven(BUYER)["api_key"]

    def works(self, key: str) -> bool:
        event = {"methodArn": ARN, "headers": {"Authorization": f"Bearer {key}"}}
        answer = authorize.handler(event, None)
        return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")

    def check(self, replies: list[Reply], clock: FakeClock) -> None:
        """What must be true however it went."""
        made = [reply.json["api_key"] for reply in replies if reply.status == 201]
        for reply in replies:
            assert reply.status < 500 or reply.json["code"] == "store_unavailable", reply.text
        assert self.works(self.bought)
        assert [key for key in (self.former.api_key, *made) if self.works(key)] == []
        site = Site(self.deps, self.former.site_id, self.bought)
        assert site.get("/v1/site").json["email"] == BUYER
        assert site.get("/v1/site").json["connections"] == []
        assert len(site.get("/v1/keys").json["keys"]) == 1
        assert Site(self.deps, twin_of(site.site_id), "").get("/v1/site").status == 404
        clock.advance(hours=1)
        run_erasure(self.deps)
        assert [name for name in witness.secrets() if site.site_id in name] == []


@contextmanager
def contested(deps: Dependencies) -> Any:
    """A host whose owner has Amazon keys for one marketplace."""
    with WordPress() as wordpress:
        case = Contested(deps, wordpress, Site(deps, "", ""))
        owner = case.proven("owner@example.com")
        case.former = Site(deps, owner["site_id"], owner["api_key"])
        assert case.former.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        yield case


CALLS: dict[str, Callable[[Site], Reply]] = {
    "rolls": lambda site: site.post("/v1/keys", {"overlap_hours": 0}),
    "makes a test key": lambda site: site.post("/v1/keys", {"mode": "test"}),
    "renews keys": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, TAG),
    "enters keys": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE"),
    "changes settings": lambda site: site.patch("/v1/site", {"email": "old@example.com"}),
    "forgets keys": lambda site: site.delete("/v1/connections/US"),
    "leaves": lambda site: site.delete("/v1/site", confirm=host_of(site)),
}


def host_of(site: Site) -> str:
    found = site.deps.sites.get(site.site_id)
    return found.host if found else ""


@pytest.fixture(autouse=True)
def _gate(deps: Dependencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorize, "dependencies", lambda: deps)


@pytest.mark.parametrize("call", [name for name in CALLS if name != "leaves"])
def test_a_call_of_the_former_owner_that_is_under_way_changes_nothing_for_the_new_one(
    deps: Dependencies, clock: FakeClock, call: str
) -> None:
    for step in range(1, MOST_STEPS):
        with contested(deps) as case:
            with witness.interrupted(step, case.buy) as made:
                reply = CALLS[call](case.former)
            if len(made) < step:
                return
            case.check([reply], clock)
    raise AssertionError("this call makes more AWS calls than were tried")


@pytest.mark.parametrize("call", [name for name in CALLS if name != "leaves"])
def test_a_claim_stands_whatever_the_former_owner_calls_meanwhile(
    deps: Dependencies, clock: FakeClock, call: str
) -> None:
    for step in range(1, MOST_STEPS):
        replies: list[Reply] = []
        with contested(deps) as case:

            def act(case: Contested = case, replies: list[Reply] = replies) -> None:
                replies.append(CALLS[call](case.former))

            started = send(
                deps,
                event_of("POST", "/v1/signup", {"site_url": case.wordpress.url, "email": BUYER}),
            ).json
            case.wordpress.shows(started["challenge"])
            path = f"/v1/signup/{started['signup_id']}/verify"
            with witness.interrupted(step, act) as made:
                done = send(deps, event_of("POST", path), seconds=15)
            assert done.status == 201, done.text
            case.bought = done.json["api_key"]
            if len(made) < step:
                return
            case.check(replies, clock)
    raise AssertionError("a claim makes more AWS calls than were tried")


def test_a_former_owner_who_leaves_meanwhile_does_not_take_the_new_one_along(
    deps: Dependencies, clock: FakeClock
) -> None:
    for step in range(1, MOST_STEPS):
        with contested(deps) as case:
            with witness.interrupted(step, case.buy) as made:
                reply = CALLS["leaves"](case.former)
            if len(made) < step:
                return
            if reply.status == 202:
                # It left before it was claimed, and the buyer has a site of its own.
                continue
            case.check([reply], clock)


def test_who_rolls_keys_all_day_can_still_be_stopped_and_replaced_and_leave(
    deps: Dependencies, clock: FakeClock
) -> None:
    with contested(deps) as case:
        site = case.former
        for _ in range(70):
            rolled = site.post("/v1/keys", {"overlap_hours": 0})
            assert rolled.status == 201
            site.api_key = rolled.json["api_key"]
            clock.advance(seconds=2)
        assert order(deps, order="suspend", site=site.site_id, by="a", reason="b")["status"] == (
            "suspended"
        )
        order(deps, order="resume", site=site.site_id, by="a", reason="b")
        case.buy()
        case.check([rolled], clock)
        site.api_key = case.bought
        assert CALLS["leaves"](site).status == 202


def test_keys_whose_rows_are_deleted_one_by_one_do_not_keep_a_site_from_being_suspended(
    deps: Dependencies, clock: FakeClock
) -> None:
    with contested(deps) as case:
        site = case.former
        site.api_key = site.post("/v1/keys", {"overlap_hours": 1}).json["api_key"]
        clock.advance(hours=2)
        deps.tables.delete_item(
            deps.config.sites_table, *_hash_row_of(deps, case.former.site_id, site.kid)
        )
        done = order(deps, order="suspend", site=site.site_id, by="a", reason="b")
        assert done["status"] == "suspended"


def _hash_row_of(deps: Dependencies, site_id: str, living: str) -> tuple[str, str]:
    """The row, by its hash, of the key that ended: DynamoDB deletes it when it likes."""
    rows = witness.table(deps.config.sites_table)
    (ended,) = [
        row["key_hash"]
        for name, row in rows.items()
        if name.startswith(f"{site_id} key#") and not name.endswith(living)
    ]
    return f"key#{ended}", "site"
