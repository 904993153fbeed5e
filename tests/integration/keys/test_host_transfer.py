"""A host changes hands while its former owner is still calling: at every step between AWS calls.

Whatever the former owner's call was, and whoever was first: the new owner's settings are its own,
and nothing of the former owner's Amazon accounts is left anywhere.
"""

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorize
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, Site, event_of, run_admin_command, run_purge, send
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.integration.interleaving import Interleaving, at_every_aws_call

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/api/GET/v1/site"
BUYER = "buyer@example.com"


@dataclass
class Contested:
    """A host, its former owner, and the key of whoever proved it after that."""

    deps: Dependencies
    wordpress: WordPress
    former: Site
    site_id: str = ""
    bought: str = ""

    def begun(self, email: str = BUYER) -> Callable[[], None]:
        """Somebody signs up and shows the token; what remains is to verify it."""
        asked = {"site_url": self.wordpress.url, "email": email}
        started = send(self.deps, event_of("POST", "/v1/signup", asked)).json
        self.wordpress.shows(started["challenge"])
        path = f"/v1/signup/{started['signup_id']}/verify"

        def verify() -> None:
            done = send(self.deps, event_of("POST", path), seconds=15)
            assert done.status == 201, done.text
            self.site_id, self.bought = done.json["site_id"], done.json["api_key"]

        return verify

    def works(self, key: str) -> bool:
        event = {"methodArn": ARN, "headers": {"Authorization": f"Bearer {key}"}}
        answer = authorize.handler(event, None)
        return bool(answer["policyDocument"]["Statement"][0]["Effect"] == "Allow")

    def check(self, replies: list[Reply], clock: FakeClock) -> None:
        """What must be true however it went."""
        for reply in replies:
            assert reply.status < 500 or reply.json["code"] == "store_unavailable", reply.text
        assert self.works(self.bought)
        assert not self.works(self.former.api_key)
        site = Site(self.deps, self.former.site_id, self.bought)
        assert site.get("/v1/site").json["email"] == BUYER
        assert site.get("/v1/site").json["connections"] == []
        assert len(site.get("/v1/keys").json["keys"]) == 1
        assert Site(self.deps, sandbox_id_of(site.site_id), "").get("/v1/site").status == 404
        clock.advance(hours=1)
        run_purge(self.deps)
        assert [name for name in aws_spy.secrets() if site.site_id in name] == []


@contextmanager
def contested(deps: Dependencies) -> Any:
    """A host whose owner has Amazon keys for one marketplace."""
    with WordPress() as wordpress:
        case = Contested(deps, wordpress, Site(deps, "", ""))
        case.begun("owner@example.com")()
        case.former = Site(deps, case.site_id, case.bought)
        assert case.former.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        yield case


CALLS: dict[str, Callable[[Site], Reply]] = {
    "renews keys": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, TAG),
    "enters keys": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE"),
    "changes settings": lambda site: site.patch("/v1/site", {"email": "old@example.com"}),
    "forgets keys": lambda site: site.delete("/v1/connections/US"),
}


@pytest.fixture(autouse=True)
def _gate(deps: Dependencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorize, "dependencies", lambda: deps)


@pytest.mark.parametrize("swapped", [False, True], ids=["claimed meanwhile", "called meanwhile"])
@pytest.mark.parametrize("call", CALLS)
def test_request_of_the_former_owner_does_not_affect_the_new_owner(
    deps: Dependencies, clock: FakeClock, call: str, *, swapped: bool
) -> None:
    with ExitStack() as running:

        def scene() -> Interleaving:
            case = running.enter_context(contested(deps))
            replies: list[Reply] = []
            claim = Interleaving(
                lambda: replies.append(CALLS[call](case.former)),
                case.begun(),
                lambda: case.check(replies, clock),
            )
            return claim.reversed() if swapped else claim

        assert at_every_aws_call(scene) >= 2


def test_site_with_many_rotated_api_keys_can_be_suspended(
    deps: Dependencies, clock: FakeClock
) -> None:
    with contested(deps) as case:
        site = case.former
        for _ in range(70):
            rolled = site.post("/v1/keys", {"overlap_hours": 0})
            assert rolled.status == 201
            site.api_key = rolled.json["api_key"]
            clock.advance(seconds=2)
        assert run_admin_command(deps, order="suspend", site=site.site_id, by="a", reason="b")[
            "status"
        ] == ("suspended")
        run_admin_command(deps, order="resume", site=site.site_id, by="a", reason="b")
        case.begun()()
        case.check([rolled], clock)
        site.api_key = case.bought
        host = case.wordpress.url.partition("://")[2]
        assert site.delete("/v1/site", confirm=host).status == 202


def test_site_with_a_partly_deleted_api_key_can_be_suspended(
    deps: Dependencies, clock: FakeClock
) -> None:
    with contested(deps) as case:
        site = case.former
        site.api_key = site.post("/v1/keys", {"overlap_hours": 1}).json["api_key"]
        clock.advance(hours=2)
        deps.tables.delete_item(
            deps.config.sites_table, *_hash_row_of(deps, case.former.site_id, site.kid)
        )
        done = run_admin_command(deps, order="suspend", site=site.site_id, by="a", reason="b")
        assert done["status"] == "suspended"


def _hash_row_of(deps: Dependencies, site_id: str, living: str) -> tuple[str, str]:
    """The row, by its hash, of the key that ended: DynamoDB deletes it when it likes."""
    rows = aws_spy.table(deps.config.sites_table)
    (ended,) = [
        row["key_hash"]
        for name, row in rows.items()
        if name.startswith(f"{site_id} key#") and not name.endswith(living)
    ]
    return f"key#{ended}", "site"
