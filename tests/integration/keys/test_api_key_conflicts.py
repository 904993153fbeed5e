"""Keys that are made while something ends them: whatever comes first, none is left over."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from amzlinkr.domain.sites import ApiKeyOwner
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import Site, event_of, order, send
from tests.clock import FakeClock
from tests.integration.interleaving import Scene, at_every_moment


@dataclass
class Stage:
    """A host, and the keys that were given to whoever owned it."""

    deps: Dependencies
    clock: FakeClock
    wordpress: WordPress
    given: list[str] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.wordpress.url.partition("://")[2]

    def begin(self) -> Callable[[], None]:
        """Somebody signs up and shows the token; what remains is to verify it."""
        asked = {"site_url": self.wordpress.url, "email": "owner@example.com"}
        started = send(self.deps, event_of("POST", "/v1/signup", asked)).json
        self.wordpress.shows(started["challenge"])
        event = event_of("POST", f"/v1/signup/{started['signup_id']}/verify")

        def verify() -> None:
            done = send(self.deps, event, seconds=15)
            assert done.status == 201, done.text
            self.given.append(done.json["api_key"])
            self.sites.append(Site(self.deps, done.json["site_id"], done.json["api_key"]))

        return verify

    def owned(self) -> "Stage":
        """The same host with an owner."""
        self.begin()()
        return self

    def owner(self, key: str) -> ApiKeyOwner | None:
        """Whose key it is, as the authorizer finds out."""
        return self.deps.api_keys.owner(self.deps.digest_of(key), self.clock.now())

    def living(self) -> list[ApiKeyOwner]:
        """The owners of those keys that still open something."""
        return [owner for owner in map(self.owner, self.given) if owner is not None]

    def add_key(self, mode: str = "live") -> None:
        """What the first owner may do with the first key, unless the authorizer refuses it."""
        owner = self.owner(self.given[0])
        if owner is not None and not owner.suspended:
            reply = self.sites[0].post("/v1/keys", {"mode": mode})
            self.given += [reply.json["api_key"]] if reply.status == 201 else []

    def add_test_key(self) -> None:
        self.add_key("test")

    def suspend(self) -> None:
        done = order(self.deps, order="suspend", site=self.sites[0].site_id, by="a", reason="b")
        assert done["status"] == "suspended"

    def leave(self) -> None:
        assert self.try_to_leave() == 202

    def try_to_leave(self) -> int:
        return self.sites[0].delete("/v1/site", confirm=self.host).status


@pytest.fixture
def stage(deps: Dependencies, clock: FakeClock) -> Iterator[Callable[[], Stage]]:
    with ExitStack() as running:
        yield lambda: Stage(deps, clock, running.enter_context(WordPress()))


NewStage = Callable[[], Stage]
KINDS = pytest.mark.parametrize("add", [Stage.add_key, Stage.add_test_key], ids=["live", "test"])
ORDERS = pytest.mark.parametrize("swapped", [False, True], ids=["ended", "made"])
"""Which of the two is interrupted by the other."""


def play(scene: Callable[[], Scene], *, swapped: bool = False) -> None:
    """At every moment there is, and there are some."""
    assert at_every_moment(lambda: scene().swapped() if swapped else scene()) >= 2


def test_two_new_keys_at_once_are_one(stage: NewStage) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            assert len(one.living()) == 2

        return Scene(one.add_key, one.add_key, look)

    play(scene)


@KINDS
@ORDERS
def test_a_suspended_site_has_no_key_that_is_not(
    stage: NewStage, add: Callable[[Stage], None], *, swapped: bool
) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            assert [owner for owner in one.living() if not owner.suspended] == []
            assert one.living()

        return Scene(one.suspend, lambda: add(one), look)

    play(scene, swapped=swapped)


@KINDS
@ORDERS
def test_a_site_that_left_has_no_key(
    stage: NewStage, add: Callable[[Stage], None], *, swapped: bool
) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            assert one.living() == []

        return Scene(one.leave, lambda: add(one), look)

    play(scene, swapped=swapped)


@KINDS
@ORDERS
def test_a_new_owner_is_the_only_one_with_a_key(
    stage: NewStage, add: Callable[[Stage], None], *, swapped: bool
) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            (new,) = one.living()
            assert new.kid == one.sites[-1].kid

        return Scene(one.begin(), lambda: add(one), look)

    play(scene, swapped=swapped)


@ORDERS
def test_a_new_owner_of_a_suspended_site_is_suspended(stage: NewStage, *, swapped: bool) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            assert [owner.suspended for owner in one.living()] == [True]

        return Scene(one.begin(), one.suspend, look)

    play(scene, swapped=swapped)


def test_two_owners_of_a_new_host_have_one_site_with_one_key(
    stage: NewStage, deps: Dependencies
) -> None:
    def scene() -> Scene:
        one = stage()

        def look() -> None:
            (owner,) = one.living()
            assert owner.site_id == deps.sites.site_of_host(one.host)

        return Scene(one.begin(), one.begin(), look)

    play(scene)


@ORDERS
def test_who_leaves_does_not_take_the_new_owner_along(stage: NewStage, *, swapped: bool) -> None:
    def scene() -> Scene:
        one = stage().owned()

        def look() -> None:
            (new,) = one.living()
            assert new.kid == one.sites[-1].kid
            assert one.sites[-1].get("/v1/site").status == 200

        return Scene(lambda: leaves(one), one.begin(), look)

    play(scene, swapped=swapped)


def leaves(one: Stage) -> None:
    """The first owner goes, or is told that there is nothing of theirs any more."""
    assert one.try_to_leave() in (202, 403, 404)
