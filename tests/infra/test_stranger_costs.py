"""Costs of strangers: bounded, documented, and computed from at least what the code uses."""

import time
from collections.abc import Callable
from random import Random

import pytest

from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.imports import MAX_ECHOED_CHARS, MAX_ITEMS
from amzlinkr.domain.lists import MAX_LIST_SIZE
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.security.api_keys import new_api_key
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra import stranger_costs
from infra.calls_without_access import CALLS_WITHOUT_ACCESS, WORK_WITHOUT_ACCESS
from infra.openapi.operations import OPERATIONS
from infra.stranger_calls import CALLS, WORK, SiteWork, StrangerCall
from infra.stranger_costs import MAX_DOLLARS_PER_ADDRESS
from tests.calls import Reply, authorize, event_of, run_imports, run_queue, run_sync, send
from tests.clock import FakeClock
from tests.infra.call_use import (
    TEMPLATE,
    Send,
    check_use,
    connect_all,
    export_sender,
    longest_terms,
    milliseconds_of,
)
from tests.infra.conftest import ROOT
from tests.integration.aws_spy import record_calls
from tests.simulation.capacity import Ledger
from tests.site_client import Site, start_sign_up, verify_sign_up


def random_entries() -> list[str]:
    """Return as many refused entries as a job may have, which compression shortens the least."""
    letters = "".join(
        Random(1).choices("".join(map(chr, range(40, 91))), k=60 * MAX_ITEMS)  # noqa: S311
    )
    return [letters[60 * n : 60 * (n + 1)] for n in range(MAX_ITEMS)]


LISTS = TEMPLATE.default_of("ListsPerSandbox")
ASINS = [f"B0PAGE{n:04d}" for n in range(TEMPLATE.default_of("ProductsPerSandbox"))]
BY_NAME = {call.name: call for call in CALLS}
SLOW_ENTRY = "https://www.google.com/url?q=。https:/%?u=A0" + (
    "googe[.%x/comé%%252525252525 #C3%%AA9é%#\u200bé/(%=//ref=" * 40
)
"""The text that took the parser of links the longest, found by a search of many variants."""
SLOW_ENTRIES = [SLOW_ENTRY[:MAX_INPUT_CHARS]] * 5 + ["\x01" * (MAX_ECHOED_CHARS + 1)] * 5
RANDOM_ENTRIES = random_entries()
MARKETS = list(MARKETPLACES.values())[:20]
SPREAD_LINKS = [f"https://{market.domain}/dp/B0TESTMOVE" for market in MARKETS[:10]]
CHANGING_ASINS = [
    "B0TESTPAST", "B0TESTENDS", "B0TESTERLY", "B0TESTMOVE", "B0TESTMISS", "B0TESTOMIT",
    "B0TESTGONE", "B0TESTDEAL", "B0TESTPRIM", "B0TESTNONE",
]  # fmt: skip
"""Reserved ASINs that expire, have deals that end, or change in other ways."""
SEVERAL = "a removal of 100 products of a sandbox"
WAITING = "a verification of a silent site"
"""Its time is that of the site, which may take as long as the function waits."""


def senders(deps: Dependencies, site: Site, sandbox: Site, spread: Site) -> dict[str, Send]:
    """Return a function for each call that a function serves."""
    for number in range(100):
        assert site.patch("/v1/site", {"email": f"first{number}@example.com"}).status == 200
    numbers, removed = iter(range(10_000)), reversed(ASINS)

    def send_large_body() -> Reply:
        body = {"site_url": "https://example.com", "email": "a" * 65_000}
        return send(deps, event_of("POST", "/v1/signup", body))

    def refused(entries: list[str]) -> Reply:
        reply = site.post("/v1/import", {"items": entries}, {"Idempotency-Key": f"{next(numbers)}"})
        assert reply.status in (200, 202), reply.text
        return reply

    def search_again() -> Reply:
        reply = sandbox.put(
            f"/v1/lists/{list_name(0)}",
            {"keywords": longest_terms(next(numbers)), "size": MAX_LIST_SIZE},
        )
        assert reply.status == 200, reply.text
        run_queue(deps, refresh_shelves, deps.config.refresh_queue_url)
        return sandbox.get(f"/v1/lists/{list_name(0)}")

    def import_spread() -> Reply:
        headers = {"Idempotency-Key": f"{next(numbers)}"}
        return spread.post("/v1/import", {"items": SPREAD_LINKS}, headers)

    page_url = refused(RANDOM_ENTRIES).json["status_url"]
    unknown = site.api_key[:-49] + "A" * 43 + site.api_key[-6:]
    return {
        "the OpenAPI document": lambda: send(deps, event_of("GET", "/v1/openapi.json")),
        "a problem code": lambda: send(deps, event_of("GET", "/v1/problems/not_found")),
        "the marketplaces": lambda: send(deps, event_of("GET", "/v1/marketplaces")),
        "`security.txt`": lambda: send(deps, event_of("GET", "/v1/security.txt")),
        "a sign-up": lambda: start_sign_up(deps, "https://example.com"),
        "a sign-up with a body of 64 KB": send_large_body,
        WAITING: lambda: verify_sign_up(
            deps, {"signup_id": f"su_{'0' * 32}", "signup_secret": "none"}
        ),
        "a report of a leaked API key": lambda: send(
            deps, event_of("POST", "/v1/keys/leaked", {"api_key": new_api_key().text.reveal()})
        ),
        "a malformed API key": lambda: authorize(deps, {"Authorization": f"Bearer {unknown}"}),
        "a well-formed, unknown API key": lambda: authorize(
            deps, {"Authorization": f"Bearer {new_api_key().text.reveal()}"}
        ),
        "an export of a sandbox": export_sender(sandbox),
        "a page of 100 security events": lambda: site.get("/v1/audit"),
        "ten refused entries, with an `Idempotency-Key`": lambda: refused(SLOW_ENTRIES),
        "a page of a job of 1,000 refused entries": lambda: site.get(page_url),
        "a job of 1,000 refused entries": lambda: refused(RANDOM_ENTRIES),
        "an import of ten products from ten shelves of a sandbox, after a new tag": lambda: (
            sandbox.post("/v1/import", {"items": ASINS[::20]})
        ),
        "an import job of a sandbox": lambda: sandbox.post("/v1/import", {"items": ASINS}),
        "a list of a sandbox with another search, and its refresh": search_again,
        "the lists of a sandbox": lambda: sandbox.get("/v1/lists"),
        "a page of 100 products of a sandbox": lambda: sandbox.get("/v1/products"),
        "the missing products of a sandbox": lambda: sandbox.get(
            "/v1/products", price_status="missing"
        ),
        "the changes of a sandbox": lambda: sandbox.get("/v1/changes"),
        "a sync request of a sandbox, while all shelves move": lambda: sandbox.post("/v1/sync"),
        "a new tag of a sandbox": lambda: connect(sandbox, f"again{next(numbers)}-20"),
        "an import of one changed product of each of ten marketplaces of a sandbox": import_spread,
        "a removal of a product of a sandbox": lambda: sandbox.delete(
            f"/v1/products/{next(removed)}"
        ),
    }


def removals(sandbox: Site) -> dict[str, Send]:
    """Return a function for each removal of several products, half of each shelf."""
    return {
        SEVERAL: lambda: remove_several(sandbox, ASINS[::2]),
        "a removal of 100 unknown products of a sandbox": lambda: remove_several(
            sandbox, [f"B0NONE{number:04d}" for number in range(100)]
        ),
    }


def remove_several(sandbox: Site, asins: list[str]) -> Reply:
    reply = sandbox.delete("/v1/products", asins=",".join(asins))
    assert reply.status == 204, reply.text
    return reply


def connect(sandbox: Site, tag: str, code: str = "US") -> Reply:
    """Enter made-up credentials with a partner tag, which changes the links of all products.

    The tag is extended to the longest one, except one that simulates a problem.
    """
    text = tag if tag.startswith("amazon-") else tag.rjust(64, "x")
    reply = sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, text, code)
    assert reply.status == 200, reply.text
    return reply


def list_name(number: int) -> str:
    """Return a name that is as long as it may be."""
    return f"{number}".rjust(64, "l")


def full_sandbox(site: Site, products: int = len(ASINS), lists: int = LISTS) -> Site:
    """Return a sandbox of the site with as many products and lists as it may have, or fewer.

    It has all connections, those of the other marketplaces with the longest problem.
    """
    sandbox = site.open_sandbox()
    connect(sandbox, "made-up-20")
    for code in [code for code in MARKETPLACES if code != "US"]:
        connect(sandbox, "amazon-throttled-20", code)
    if products:
        assert sandbox.post("/v1/import", {"items": ASINS[:products]}).status == 202
        run_imports(sandbox.deps)
    for number in range(lists):
        body = {"keywords": longest_terms(number), "size": MAX_LIST_SIZE}
        assert sandbox.put(f"/v1/lists/{list_name(number)}", body).status == 201
    run_sync(sandbox.deps)
    usage = sandbox.get("/v1/usage").json
    assert (usage["products"]["used"], usage["lists"]["used"]) == (products, lists)
    return sandbox


def spread_sandbox(site: Site) -> Site:
    """Return a sandbox with a product in each of 20 marketplaces."""
    sandbox = site.open_sandbox()
    for market in MARKETS:
        connect(sandbox, "made-up-20", market.code)
        body = {"items": ["B0TESTMOVE"], "marketplace": market.code}
        assert sandbox.post("/v1/import", body).status == 200
    return sandbox


def prepare(name: str, sandbox: Site, clock: FakeClock) -> None:
    """Bring the sandbox into the state in which the call uses the most."""
    if name.endswith("after a new tag"):
        connect(sandbox, f"tag{time.monotonic_ns()}-20")
    elif "changed product" in name:
        clock.advance(minutes=1)
    elif name.endswith("while all shelves move"):
        # After a refresh, all shelves are due later than now.
        clock.advance(minutes=61)
        run_sync(sandbox.deps)
        clock.advance(minutes=30)


def test_use_of_each_call_is_at_most_that_of_the_table(
    memory: tuple[Dependencies, Ledger], clock: FakeClock
) -> None:
    deps, ledger = memory
    ledger.is_enabled = True
    site = Site.sign_up(deps)
    connect_all(site, is_link_only=False)
    sandbox = full_sandbox(site)
    spread = spread_sandbox(Site.sign_up(deps))
    for name, send_call in senders(deps, site, sandbox, spread).items():
        call = BY_NAME[name]

        def bring_into_state(name: str = name) -> None:
            prepare(name, sandbox, clock)

        check_use(call, send_call, bring_into_state, ledger)


@pytest.mark.slow
def test_use_of_removals_is_at_most_that_of_the_table(
    memory: tuple[Dependencies, Ledger],
) -> None:
    deps, ledger = memory
    sandbox = full_sandbox(Site.sign_up(deps), lists=0)
    ledger.is_enabled = True

    def import_removed() -> None:
        assert sandbox.post("/v1/import", {"items": ASINS[::2]}).status == 202
        run_imports(deps)

    for name, send_call in removals(sandbox).items():
        check_use(BY_NAME[name], send_call, import_removed, ledger)


def test_every_call_is_measured_or_has_no_function(memory: tuple[Dependencies, Ledger]) -> None:
    site = Site.sign_up(memory[0])
    sandbox = site.open_sandbox()
    measured = {*senders(memory[0], site, sandbox, site), *removals(sandbox)}

    assert set(BY_NAME) - measured == {"an unknown path"}
    assert measured <= set(BY_NAME)


def test_every_public_call_has_a_row() -> None:
    public = {f"{one.method} {one.path}" for one in OPERATIONS if one.public}

    assert public <= {call.route for call in CALLS}


@pytest.mark.parametrize("call", [*CALLS, *CALLS_WITHOUT_ACCESS], ids=lambda call: call.name)
def test_one_address_costs_at_most_two_dollars_a_day(call: StrangerCall) -> None:
    calls = stranger_costs.calls_per_address(call, TEMPLATE)
    daily = stranger_costs.cost_of(call, TEMPLATE) * calls

    assert 0 < daily <= MAX_DOLLARS_PER_ADDRESS


@pytest.mark.parametrize("work", [*WORK, *WORK_WITHOUT_ACCESS], ids=lambda work: work.name)
def test_later_work_for_sites_of_one_address_costs_at_most_two_dollars_a_day(
    work: SiteWork,
) -> None:
    daily = stranger_costs.cost_of_work(work, TEMPLATE) * stranger_costs.times_per_site(
        work, TEMPLATE
    )

    assert 0 < daily * TEMPLATE.default_of("SignupsPerAddress") <= MAX_DOLLARS_PER_ADDRESS


def import_again(sandbox: Site, ledger: Ledger, _clock: FakeClock) -> None:
    assert sandbox.post("/v1/import", {"items": ASINS}).status == 202
    ledger.entries.clear()
    run_imports(sandbox.deps)


def refresh_products(sandbox: Site, ledger: Ledger, clock: FakeClock) -> None:
    clock.advance(minutes=61)
    ledger.entries.clear()
    assert run_sync(sandbox.deps) == len(ASINS) / 10


def refresh_lists(sandbox: Site, ledger: Ledger, clock: FakeClock) -> None:
    clock.advance(minutes=61)
    ledger.entries.clear()
    assert run_sync(sandbox.deps) == LISTS


@pytest.mark.parametrize(
    ("work", "run", "products", "lists"),
    [
        (WORK[0], import_again, len(ASINS), 0),
        (WORK[1], refresh_products, len(ASINS), 0),
        (WORK[2], refresh_lists, 0, LISTS),
    ],
    ids=[work.name for work in WORK],
)
def test_work_of_a_full_sandbox_uses_at_most_what_the_table_assumes(
    memory: tuple[Dependencies, Ledger],
    clock: FakeClock,
    work: SiteWork,
    run: Callable[[Site, Ledger, FakeClock], None],
    products: int,
    lists: int,
) -> None:
    deps, ledger = memory
    sandbox = full_sandbox(Site.sign_up(deps), products, lists)
    ledger.is_enabled = True
    durations = []
    for number in range(3):
        connect(sandbox, f"round{number}-20")
        with record_calls() as made:
            began = time.process_time()
            run(sandbox, ledger, clock)
            durations.append(time.process_time() - began)
        writes, reads = sum(ledger.writes().values()), ledger.reads()
        assert (writes <= work.use.writes, reads <= work.use.reads) == (True, True), (writes, reads)
        # All is written again: otherwise this measures less than the worst case.
        assert writes > 5 * products + 20 * lists
    assert milliseconds_of(work, min(durations), len(made)) <= work.use.milliseconds


@pytest.mark.parametrize("count", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_reserved_asins_cause_no_further_refreshes(
    memory: tuple[Dependencies, Ledger], clock: FakeClock, count: int
) -> None:
    deps, _ = memory
    sandbox = Site.sign_up(deps).open_sandbox()
    codes = list(MARKETPLACES)[:count]
    for code in codes:
        assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20", code).status == 200
    refreshes = 0
    for _ in range(24):
        for code in codes:
            body = {"items": CHANGING_ASINS, "marketplace": code}
            assert sandbox.post("/v1/import", body).status == 200
        clock.advance(minutes=5)
        refreshes += run_sync(deps)

    # Those after the first import, and one an hour, as the tables assume.
    assert refreshes <= 3 * count


def test_rates_of_the_template_decide() -> None:
    call = BY_NAME["an unknown path"]
    limits = (
        TEMPLATE.calls_per_address("calls"),
        TEMPLATE.calls_of_all_addresses(call.resource_path),
    )

    assert limits == (500 * 288, 100 * 86_400)
    assert TEMPLATE.calls_of_all_addresses("/~1v1~1openapi.json") == 5 * 86_400
    assert TEMPLATE.memory_gb("DocumentsFunction") == 0.25
    assert TEMPLATE.memory_gb("SignupFunction") == 0.5


def test_arithmetic_of_a_call() -> None:
    unknown = stranger_costs.cost_of(BY_NAME["an unknown path"], TEMPLATE)

    # API Gateway and WAF, 400 bytes of access log, and 1,600 bytes sent.
    assert unknown * 1e6 == pytest.approx(3.50 + 0.60 + 0.20 + 0.144)


def test_document_states_what_sites_of_earlier_days_can_add() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    most = TEMPLATE.calls_per_address("calls")
    dearest = max(
        stranger_costs.cost_of(call, TEMPLATE) * most
        for call in (*CALLS, *CALLS_WITHOUT_ACCESS)
        if call.rule == "CallsWithoutAccess" and call.removals == 1
    )

    assert f"${dearest:.2f} per address and day" in " ".join(text.split())


def test_document_has_the_table() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")

    for table in stranger_costs.tables(TEMPLATE):
        assert table in text, "Replace the tables by the output of: python -m infra.stranger_costs"
