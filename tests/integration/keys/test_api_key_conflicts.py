"""API keys created while they are revoked, at every AWS call: none remains active by mistake."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

import pytest

from amzlinkr.domain.sites import ApiKeyOwner, SiteApiKey, sandbox_id_of
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import event_of, find_owner, send, suspend
from tests.integration.interleaving import Interleaving, at_every_aws_call
from tests.site_client import Site, start_sign_up, verify_sign_up


@dataclass
class Host:
    """A host, its sites in the order of their sign-ups, and all API keys that they received."""

    deps: Dependencies
    wordpress: WordPress
    api_keys: list[str] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.wordpress.url.partition("://")[2]

    def start_sign_up(self) -> Callable[[], None]:
        """Sign up and serve the token; return a function that verifies the sign-up."""
        started = start_sign_up(self.deps, self.wordpress.url).json
        self.wordpress.serve_challenge(started["challenge"])

        def verify() -> None:
            verified = verify_sign_up(self.deps, started)
            if verified.status == 403:
                # The host was suspended first.
                return
            assert verified.status == 201, verified.text
            self.api_keys.append(verified.json["api_key"])
            self.sites.append(Site(self.deps, verified.json["site_id"], verified.json["api_key"]))

        return verify

    def with_owner(self) -> "Host":
        """Sign up a first owner."""
        self.start_sign_up()()
        return self

    def active_owners(self) -> list[ApiKeyOwner]:
        """Return the owners of the API keys that are still active."""
        owners = (find_owner(self.deps, api_key) for api_key in self.api_keys)
        return [owner for owner in owners if owner is not None]

    def add_key(self, mode: str = "live") -> None:
        """Create an API key with the first one, unless the authorizer rejects that."""
        owner = find_owner(self.deps, self.api_keys[0])
        if owner is not None and not owner.suspended:
            reply = self.sites[0].post("/v1/keys", {"mode": mode})
            self.api_keys += [reply.json["api_key"]] if reply.status == 201 else []

    def add_sandbox_key(self) -> None:
        self.add_key("test")

    def add_read_key(self) -> None:
        self.sites[0].post("/v1/keys", {"scope": "read"})

    def revoke(self, number: int) -> None:
        """Send a revocation of an API key with that key, unless the authorizer rejects it."""
        text = self.api_keys[number]
        owner = find_owner(self.deps, text)
        if owner is not None:
            caller = Site(self.deps, owner.site_id, text)
            assert caller.delete(f"/v1/keys/{owner.kid}").status in (204, 404)

    def report(self, number: int) -> None:
        """Report the API key with this number as leaked."""
        event = event_of("POST", "/v1/keys/leaked", {"api_key": self.api_keys[number]})
        assert send(self.deps, event).status == 204

    def list_api_keys(self) -> list[SiteApiKey]:
        """Return the active API keys of the first owner's site."""
        return self.deps.api_keys.list_for_site(self.sites[0].site_id, self.deps.clock.now())

    def suspend(self) -> None:
        done = suspend(self.deps, self.sites[0].site_id)
        assert done["status"] == "suspended"

    def delete_site(self) -> None:
        """Delete the first owner's site."""
        assert self.try_to_delete_site() == 202

    def try_to_delete_site(self) -> int:
        """Return the status of a deletion of the first owner's site."""
        return self.sites[0].delete("/v1/site", confirm=self.name).status


@pytest.fixture
def new_host(deps: Dependencies) -> Iterator[Callable[[], Host]]:
    numbers = count(1)
    with ExitStack() as running:
        # Each on another host, because a suspension covers the host.
        yield lambda: Host(deps, running.enter_context(WordPress(f"127.0.0.{next(numbers)}")))


NewHost = Callable[[], Host]
MODES = pytest.mark.parametrize("add", [Host.add_key, Host.add_sandbox_key], ids=["live", "test"])
ORDERS = pytest.mark.parametrize("is_reversed", [False, True], ids=["ended", "made"])
"""The interrupted action: the one that ends API keys, or the one that creates one."""


def run(new_interleaving: Callable[[], Interleaving], *, is_reversed: bool = False) -> None:
    """Run the second action before every AWS call of the first, or vice versa."""

    def ordered() -> Interleaving:
        interleaving = new_interleaving()
        return interleaving.reversed() if is_reversed else interleaving

    assert at_every_aws_call(ordered) >= 2


def test_two_concurrent_requests_create_one_api_key(new_host: NewHost) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            assert len(host.active_owners()) == 2

        return Interleaving(host.add_key, host.add_key, check)

    run(new_interleaving)


@pytest.mark.parametrize(
    "add", [Host.add_key, Host.add_read_key, Host.add_sandbox_key], ids=["full", "read", "test"]
)
def test_two_concurrent_requests_leave_one_key_of_a_scope_that_does_not_expire(
    new_host: NewHost, add: Callable[[Host], None]
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            site_id = host.sites[0].site_id
            added = [
                (managed, key.scope)
                for managed in (site_id, sandbox_id_of(site_id))
                for key in host.deps.api_keys.list_for_site(managed, host.deps.clock.now())
                if key.expires_at is None
            ]
            assert len(added) == len(set(added)), added

        return Interleaving(lambda: add(host), lambda: add(host), check)

    run(new_interleaving)


ROTATIONS: dict[str, Callable[[Host], None]] = {
    "create": Host.add_key,
    "create read": Host.add_read_key,
    "revoke new": lambda host: host.revoke(1),
    "revoke old": lambda host: host.revoke(0),
    "report new": lambda host: host.report(1),
}


@pytest.mark.parametrize("other", ROTATIONS)
@ORDERS
def test_abandoned_rotation_leaves_no_site_whose_only_api_keys_expire(
    new_host: NewHost, other: str, *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()
        host.add_key()
        concurrent = ROTATIONS[other]

        def check() -> None:
            full = [key for key in host.list_api_keys() if key.scope == "full"]
            expiring = [key for key in full if key.expires_at is not None]
            assert len(full) == (0 if other == "revoke old" else len(expiring) + 1), full
            assert host.api_keys[1][10:18] not in [key.kid for key in full]

        return Interleaving(lambda: host.revoke(1), lambda: concurrent(host), check)

    run(new_interleaving, is_reversed=is_reversed)


@ORDERS
def test_rotation_that_is_abandoned_during_its_creation_ends(
    new_host: NewHost, *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def revoke_newest() -> None:
            for key in host.list_api_keys():
                if key.kid != host.sites[0].kid:
                    host.sites[0].delete(f"/v1/keys/{key.kid}")

        def check() -> None:
            revoke_newest()
            (key,) = host.list_api_keys()
            assert (key.kid, key.expires_at) == (host.sites[0].kid, None)

        return Interleaving(host.add_key, revoke_newest, check)

    run(new_interleaving, is_reversed=is_reversed)


@MODES
@ORDERS
def test_every_api_key_of_a_suspended_site_is_suspended(
    new_host: NewHost, add: Callable[[Host], None], *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            assert [owner for owner in host.active_owners() if not owner.suspended] == []
            assert host.active_owners()

        return Interleaving(host.suspend, lambda: add(host), check)

    run(new_interleaving, is_reversed=is_reversed)


@MODES
@ORDERS
def test_deleted_site_has_no_active_api_key(
    new_host: NewHost, add: Callable[[Host], None], *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            assert host.active_owners() == []

        return Interleaving(host.delete_site, lambda: add(host), check)

    run(new_interleaving, is_reversed=is_reversed)


@MODES
@ORDERS
def test_only_the_new_owner_has_an_active_api_key(
    new_host: NewHost, add: Callable[[Host], None], *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            (new,) = host.active_owners()
            assert new.kid == host.sites[-1].kid

        return Interleaving(host.start_sign_up(), lambda: add(host), check)

    run(new_interleaving, is_reversed=is_reversed)


@ORDERS
def test_concurrent_sign_up_and_suspension_leave_one_suspended_key(
    new_host: NewHost, *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            assert [owner.suspended for owner in host.active_owners()] == [True]

        return Interleaving(host.start_sign_up(), host.suspend, check)

    run(new_interleaving, is_reversed=is_reversed)


def test_two_concurrent_sign_ups_of_a_host_yield_one_api_key(
    new_host: NewHost, deps: Dependencies
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host()

        def check() -> None:
            (owner,) = host.active_owners()
            assert owner.site_id == deps.sites.site_of_host(host.name)

        return Interleaving(host.start_sign_up(), host.start_sign_up(), check)

    run(new_interleaving)


@ORDERS
def test_deletion_by_the_former_owner_keeps_the_new_owners_site(
    new_host: NewHost, *, is_reversed: bool
) -> None:
    def new_interleaving() -> Interleaving:
        host = new_host().with_owner()

        def check() -> None:
            (new,) = host.active_owners()
            assert new.kid == host.sites[-1].kid
            assert host.sites[-1].get("/v1/site").status == 200

        def delete_own_site() -> None:
            # Rejected or not found if the new owner was faster.
            assert host.try_to_delete_site() in (202, 401, 404)

        return Interleaving(delete_own_site, host.start_sign_up(), check)

    run(new_interleaving, is_reversed=is_reversed)
