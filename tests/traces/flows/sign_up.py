"""Sign-up of sites."""

from tests.calls import run_admin_command, suspend, turn_switch
from tests.site_client import start_sign_up, verify_sign_up
from tests.traces.memory_http import SentResponse
from tests.traces.world import HOST, World

URL = f"http://{HOST}"
START, VERIFY = "POST /v1/signup", "POST /v1/signup/{signup_id}/verify"


def start_and_verify(world: World) -> None:
    """Record a sign-up, its verification, and the verification sent again."""
    started = world.reply(START, lambda: start_sign_up(world.deps, URL)).json
    world.show_token(started)
    world.reply(VERIFY, lambda: verify_sign_up(world.deps, started))
    world.reply("the same verification again", lambda: verify_sign_up(world.deps, started))


def refused(world: World) -> None:
    """Record sites that do not return the token, and verifications with a wrong secret."""
    started = start_sign_up(world.deps, f"{URL}/blog").json
    world.reply("no token", lambda: verify_sign_up(world.deps, started))
    challenge = started["challenge"]
    moved = (("Location", "http://other.example/"), ("Content-Type", "text/html"))
    world.pages[challenge["path"]] = SentResponse(301, moved, b"")
    world.pages[f"/blog/{challenge['query']}"] = SentResponse(200, (), b"\xef\xbb\xbfother\n")
    world.reply("a redirect", lambda: verify_sign_up(world.deps, started))
    unknown = start_sign_up(world.deps, "http://unknown.example").json
    world.reply("an unknown host", lambda: verify_sign_up(world.deps, unknown))
    wrong = dict(started, signup_secret=started["signup_id"])
    world.reply("a wrong secret", lambda: verify_sign_up(world.deps, wrong))
    world.clock.advance(hours=1)
    world.reply("after an hour", lambda: verify_sign_up(world.deps, started))


def limits(world: World) -> None:
    """Record sign-ups beyond the limits of an address, of verifications, and of new sites."""
    world.limit(
        signups_of_address=2, verifications=3, free_verifications=1, verifications_of_network=1
    )
    first = start_sign_up(world.deps, URL).json
    start_sign_up(world.deps, f"{URL}/2")
    world.reply("a third sign-up of an address", lambda: start_sign_up(world.deps, f"{URL}/3"))
    for title in ("first", "second", "third", "fourth"):
        world.reply(f"the {title} verification", lambda: verify_sign_up(world.deps, first))
        world.clock.advance(seconds=20)


def new_sites(world: World) -> None:
    """Record new sites of a domain, and of all domains, beyond their limits."""
    world.sign_up()
    world.limit(new_sites_of_domain=1, new_sites=2)
    second = start_sign_up(world.deps, f"{URL}/2").json
    world.show_token(second)
    world.reply("a second site of a domain", lambda: verify_sign_up(world.deps, second))
    world.limit(new_sites_of_domain=9, new_sites=1)
    third = start_sign_up(world.deps, "http://other.example", source_ip="198.51.100.7").json
    world.show_token(third)
    world.reply("another site", lambda: verify_sign_up(world.deps, third, source_ip="198.51.100.7"))
    again = start_sign_up(world.deps, "http://third.example", source_ip="198.51.100.8").json
    world.show_token(again)
    world.reply(
        "a third one of its network",
        lambda: verify_sign_up(world.deps, again, source_ip="198.51.100.8"),
    )


def invited(world: World) -> None:
    """Record a sign-up with an invite, and with the same one again."""
    code = run_admin_command(world.deps, order="invite", site_url=URL, by="ops")["invite"]
    world.placeholders.add(code, "code")
    other = "http://other.example"
    world.reply("another host", lambda: start_sign_up(world.deps, other, invite=code))
    started = world.reply(START, lambda: start_sign_up(world.deps, URL, invite=code)).json
    world.reply(VERIFY, lambda: verify_sign_up(world.deps, started))
    world.reply("the invite again", lambda: start_sign_up(world.deps, URL, invite=code))


def of_a_transferred_host(world: World) -> None:
    """Record a sign-up of a host that has a connected site, while another one does the same."""
    world.connected_site()
    world.clock.advance(days=2)
    started = start_sign_up(world.deps, URL, email="new@example.com").json
    world.show_token(started)
    other = start_sign_up(world.deps, URL).json
    world.before(
        "TransactWriteItems", lambda: world.verify(other), "another sign-up is verified first"
    )
    world.reply(VERIFY, lambda: verify_sign_up(world.deps, started))


def of_a_suspended_host(world: World) -> None:
    """Record sign-ups of a suspended host, and in read-only mode."""
    world.sign_up()
    suspend(world.deps, URL)
    world.reply("suspended", lambda: start_sign_up(world.deps, URL))
    turn_switch(world.deps, "read_only", on=True)
    world.reply("read-only", lambda: start_sign_up(world.deps, "http://other.example"))
