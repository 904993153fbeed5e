"""Transfer of a host to a new owner during a request of the former owner, at every AWS call.

Whatever the request is, and whichever of the two is first: the new owner has its own settings, and
no connection or secret of the former owner remains.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, authorize_key, resume, run_purge, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.integration.interleaving import Interleaving, at_every_aws_call
from tests.site_client import Site, start_sign_up, verify_sign_up

BUYER = "buyer@example.com"


@dataclass
class Transfer:
    """A host, its former owner, and the API key of the latest sign-up."""

    deps: Dependencies
    wordpress: WordPress
    former: Site
    site_id: str = ""
    latest_key: str = ""

    def start_sign_up(self, email: str = BUYER) -> Callable[[], None]:
        """Sign up and serve the token; return a function that verifies the sign-up."""
        started = start_sign_up(self.deps, self.wordpress.url, email=email).json
        self.wordpress.serve_challenge(started["challenge"])

        def verify() -> None:
            verified = verify_sign_up(self.deps, started)
            assert verified.status == 201, verified.text
            self.site_id = verified.json["site_id"]
            self.latest_key = verified.json["api_key"]

        return verify

    def check(self, replies: list[Reply], clock: FakeClock) -> None:
        """Check the state that is correct for every order of events."""
        for reply in replies:
            assert reply.status < 500 or reply.json["code"] == "store_unavailable", reply.text
        assert authorize_key(self.deps, self.latest_key)
        assert not authorize_key(self.deps, self.former.api_key)
        site = Site(self.deps, self.former.site_id, self.latest_key)
        assert site.get("/v1/site").json["email"] == BUYER
        assert site.get("/v1/site").json["connections"] == []
        assert len(site.get("/v1/keys").json["keys"]) == 1
        assert Site(self.deps, sandbox_id_of(site.site_id), "").get("/v1/site").status == 404
        clock.advance(hours=1)
        run_purge(self.deps)
        assert [name for name in aws_spy.secrets() if site.site_id in name] == []


@contextmanager
def transfer_of_host(deps: Dependencies) -> Iterator[Transfer]:
    """Sign up an owner with Amazon credentials for one marketplace."""
    with WordPress() as wordpress:
        case = Transfer(deps, wordpress, Site(deps, "", ""))
        case.start_sign_up("owner@example.com")()
        case.former = Site(deps, case.site_id, case.latest_key)
        assert case.former.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        yield case


REQUESTS: dict[str, Callable[[Site], Reply]] = {
    "replace credentials": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, TAG),
    "enter credentials": lambda site: site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE"),
    "change settings": lambda site: site.patch("/v1/site", {"email": "old@example.com"}),
    "delete credentials": lambda site: site.delete("/v1/connections/US"),
}


@pytest.mark.parametrize(
    "is_reversed", [False, True], ids=["transfer interrupts", "request interrupts"]
)
@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("step", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_request_of_the_former_owner_does_not_affect_the_new_owner(
    deps: Dependencies, clock: FakeClock, step: int, request_name: str, *, is_reversed: bool
) -> None:
    with ExitStack() as running:

        def new_interleaving() -> Interleaving:
            case = running.enter_context(transfer_of_host(deps))
            replies: list[Reply] = []
            interleaving = Interleaving(
                lambda: replies.append(REQUESTS[request_name](case.former)),
                case.start_sign_up(),
                lambda: case.check(replies, clock),
            )
            return interleaving.reversed() if is_reversed else interleaving

        assert at_every_aws_call(new_interleaving, step) >= 2


def test_site_with_many_rotated_api_keys_can_be_suspended(
    deps: Dependencies, clock: FakeClock
) -> None:
    with transfer_of_host(deps) as case:
        site = case.former
        for _ in range(70):
            rotated = site.post("/v1/keys", {"overlap_hours": 0})
            assert rotated.status == 201
            site.api_key = rotated.json["api_key"]
            clock.advance(seconds=2)
        assert suspend(deps, site.site_id)["status"] == "suspended"
        resume(deps, site.site_id)
        case.start_sign_up()()
        case.check([rotated], clock)
        site.api_key = case.latest_key
        host = case.wordpress.url.partition("://")[2]
        assert site.delete("/v1/site", confirm=host).status == 202


def test_site_with_a_partly_deleted_api_key_can_be_suspended(
    deps: Dependencies, clock: FakeClock
) -> None:
    with transfer_of_host(deps) as case:
        site = case.former
        site.api_key = site.post("/v1/keys", {"overlap_hours": 1}).json["api_key"]
        clock.advance(hours=2)
        deps.connection.delete_item(
            deps.config.sites_table, *_expired_hash_row(deps, case.former.site_id, site.kid)
        )
        done = suspend(deps, site.site_id)
        assert done["status"] == "suspended"


def _expired_hash_row(deps: Dependencies, site_id: str, active_kid: str) -> tuple[str, str]:
    """Return the item key of the expired API key's hash row; its TTL may delete it at any time."""
    rows = aws_spy.table(deps.config.sites_table)
    (key_hash,) = [
        row["key_hash"]
        for name, row in rows.items()
        if name.startswith(f"{site_id} key#") and not name.endswith(active_kid)
    ]
    return f"key#{key_hash}", "site"
