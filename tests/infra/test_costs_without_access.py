"""Costs of live sites without API access, computed from at least what the code uses."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest

from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.services import call_counter
from amzlinkr.services.amazon_accounts import MAX_SECONDS_WITHOUT_ACCESS
from amzlinkr.wiring import Dependencies
from infra import stranger_costs
from infra.calls_without_access import (
    CALLS_WITHOUT_ACCESS,
    PRODUCTS_RULE,
    WORK_WITHOUT_ACCESS,
)
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.stranger_calls import SiteWork
from tests.calls import Reply, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import CREDENTIAL, TAG
from tests.infra.call_use import (
    TEMPLATE,
    Send,
    check_use,
    connect_all,
    export_sender,
    longest_terms,
    milliseconds_of,
)
from tests.integration.aws_spy import record_calls
from tests.limits import with_limits
from tests.simulation.capacity import Ledger
from tests.site_client import Site

PRODUCTS, LISTS = TEMPLATE.default_of(PRODUCTS_RULE), TEMPLATE.default_of("ListsPerSite")
CODES = tuple(MARKETPLACES)
BY_NAME = {call.name: call for call in CALLS_WITHOUT_ACCESS}
IMPORT, REMOVAL = "an import of ten waiting products", "a removal of a waiting product"
SPREAD = " of ten marketplaces"
SEVERAL = "a removal of 100 waiting products from 100 shelves"
NOT_SERVED = {
    "a search with credentials that Amazon does not serve": ("/v1/search", {"keywords": "tea"}),
    "diagnostics of credentials that Amazon does not serve": ("/v1/diagnostics", {}),
}
REFUSED = "a call beyond `CallsWithoutAccess`"
REPEATED = "an import of ten waiting products that the site has, after a new tag"
SPREAD_REPEATED = f"an import of ten waiting products{SPREAD} that the site has"
DISCONNECTION = "a disconnection of a marketplace without a connection"
OF_LINK_ONLY_SITES = frozenset(
    {IMPORT, IMPORT + SPREAD, REPEATED, SPREAD_REPEATED, "an import of one waiting product",
     "a new tag", "a new tag beyond `SettingsPerHour`", "a page of a job of 1,000 waiting products"}
)  # fmt: skip
"""Calls that Amazon would be asked for, or that are refused, if the site had credentials."""


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count()


@dataclass(frozen=True)
class FullSite:
    """A site without API access, with its products as marketplace codes and ASINs."""

    site: Site
    products: tuple[tuple[str, str], ...]

    @property
    def links(self) -> list[str]:
        """Return the addresses of the products."""
        return [link_to(*name) for name in self.products]

    def other_links(self, numbers: Iterator[int], wanted: int) -> list[str]:
        """Return addresses of other products, in the marketplaces of the first ones."""
        codes = [code for code, _ in self.products[:wanted]]
        return [link_to(code, f"B0{next(numbers):08d}") for code in codes]

    def one_of_each_shelf(self) -> tuple[str, list[str]]:
        """Return a marketplace, and a product from each of its shelves, at most 100."""
        shelves: dict[str, list[str]] = {}
        for shelf in self.site.deps.shelves.list_for_site(self.site.site_id):
            if shelf.definition is None and shelf.asins:
                shelves.setdefault(shelf.marketplace, []).append(shelf.asins[0])
        code = max(shelves, key=lambda one: len(shelves[one]))
        return code, shelves[code][:100]


def link_to(code: str, asin: str) -> str:
    return f"https://{MARKETPLACES[code].domain}/dp/{asin}"


def full_site(
    deps: Dependencies, *, is_spread: bool = False, is_link_only: bool = True
) -> FullSite:
    """Return a site with as many connections, waiting products, and lists as it may have.

    Its tags and problems are the longest ones. Its products are in all marketplaces if they are
    spread, otherwise in the US.
    """
    site = Site.sign_up(deps)
    assert site.put("/v1/connections/US", {"partner_tag": "made-up-20"}).status == 201
    connect_all(site, is_link_only=is_link_only)
    codes = CODES if is_spread else ("US",)
    products = tuple((codes[n % len(codes)], f"B0WAIT{n:04d}") for n in range(PRODUCTS))
    for code in codes:
        asins = [asin for one, asin in products if one == code]
        for start in range(0, len(asins), 10):
            deps.product_writer.add_waiting(site.site_id, code, asins[start : start + 10])
    for number in range(LISTS):
        assert site.put(f"/v1/lists/l{number}", {"keywords": longest_terms(number)}).status == 201
    usage = site.get("/v1/usage").json
    assert (usage["products"]["used"], usage["lists"]["used"]) == (PRODUCTS, LISTS)
    return FullSite(site, products)


def change_tag(site: Site, number: int) -> Reply:
    reply = site.put("/v1/connections/US", {"partner_tag": f"tag{number}-20"})
    assert reply.status == 200, reply.text
    return reply


def import_items(site: Site, items: list[str], number: int) -> Reply:
    reply = site.post("/v1/import", {"items": items}, {"Idempotency-Key": f"k{number}"})
    assert reply.status in (200, 202), reply.text
    return reply


def senders(full: FullSite, numbers: Iterator[int]) -> dict[str, Send]:
    """Return a function for each call of a site without API access."""
    site, links = full.site, full.links
    is_spread = len({code for code, _ in full.products}) > 1
    removed = iter(full.products)
    page_url = import_items(site, links, next(numbers)).json["status_url"]
    finish_job(site)

    def remove_one() -> Reply:
        code, asin = next(removed)
        return site.delete(f"/v1/products/{asin}", marketplace=code)

    def remove_several() -> Reply:
        code, asins = full.one_of_each_shelf()
        return site.delete("/v1/products", asins=",".join(asins), marketplace=code)

    return {
        "the usage of a site": lambda: site.get("/v1/usage"),
        "the connections of a site": lambda: site.get("/v1/connections"),
        "an export of a site": export_sender(site),
        "another e-mail address of a site": lambda: site.patch(
            "/v1/site", {"email": f"owner{next(numbers)}@example.com"}
        ),
        IMPORT + SPREAD * is_spread: lambda: import_items(
            site, full.other_links(numbers, 10), next(numbers)
        ),
        "an import of one waiting product": lambda: import_items(
            site, full.other_links(numbers, 1), next(numbers)
        ),
        SPREAD_REPEATED if is_spread else REPEATED: lambda: import_items(
            site, links[:: PRODUCTS // 10], next(numbers)
        ),
        "a job that imports 1,000 waiting products": lambda: import_items(
            site, links, next(numbers)
        ),
        "a page of a job of 1,000 waiting products": lambda: site.get(page_url),
        "a page of 100 waiting products": lambda: site.get("/v1/products"),
        "the waiting products by their state": lambda: site.get(
            "/v1/products", price_status="waiting"
        ),
        "the missing products, of which there are none": lambda: site.get(
            "/v1/products", price_status="missing"
        ),
        "the changes of 100 waiting products": lambda: site.get("/v1/changes"),
        "a new tag": lambda: change_tag(site, next(numbers)),
        "a new tag beyond `SettingsPerHour`": lambda: refused_by(
            lambda one: one.put("/v1/connections/US", {"partner_tag": "other-20"}),
            site, settings=0,
        ),
        "a test of made-up credentials": lambda: failed_test(site, next(numbers)),
        "a test of credentials beyond `ValidationsPerHour`": lambda: refused_by(
            lambda one: one.connect("AKIAMADEUPMADEUPMADE", "m" * 40, TAG), site, validations=0
        ),
        "a list with another search": lambda: site.put(
            "/v1/lists/l0", {"keywords": longest_terms(next(numbers))}
        ),
        "all lists": lambda: site.get("/v1/lists"),
        "a sync request": lambda: site.post("/v1/sync"),
        "another refresh interval": lambda: site.patch(
            "/v1/site", {"refresh_hours": next(numbers) % 12 + 1}
        ),
        REFUSED: lambda: refused_by(
            lambda one: one.get("/v1/products"), site, calls_without_access=1
        ),
        REMOVAL: remove_one,
        SEVERAL: remove_several,
        "a removal of 100 unknown products": lambda: site.delete(
            "/v1/products", asins=",".join(f"B0NONE{number:04d}" for number in range(100))
        ),
        DISCONNECTION: lambda: site.delete(f"/v1/connections/{CODES[-1]}"),
    }  # fmt: skip


def refused_by(call: Callable[[Site], Reply], site: Site, **maximums: int) -> Reply:
    """Send a call with a limit that was reached."""
    reply = call(Site(with_limits(site.deps, **maximums), site.site_id, site.api_key))
    assert reply.status == 429, reply.text
    return reply


def failed_test(site: Site, number: int) -> Reply:
    """Enter made-up credentials, each time others. Amazon is not reached here."""
    reply = site.connect(f"AKIA{number:016d}", "m" * 40, TAG)
    assert (reply.status, reply.json["code"]) == (503, "amazon_unavailable"), reply.text
    return reply


def finish_job(site: Site) -> None:
    """Process all chunks of the pending jobs, which may be more than one run of the queue."""
    while next(site.deps.jobs.all_pending(), None) is not None:
        try:
            run_imports(site.deps)
        except AssertionError:
            continue


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_spread", "is_link_only"), [(False, True), (True, True), (True, False)], ids=str
)
def test_use_of_each_call_is_at_most_that_of_the_table(
    memory: tuple[Dependencies, Ledger],
    clock: FakeClock,
    numbers: Iterator[int],
    monkeypatch: pytest.MonkeyPatch,
    is_spread: bool,
    is_link_only: bool,
) -> None:
    deps, ledger = memory
    monkeypatch.setattr(call_counter, "UNCOUNTED_CALLS", 0)
    full = full_site(deps, is_spread=is_spread, is_link_only=is_link_only)
    site = full.site
    calls = senders(full, numbers)
    of_other_layout = {IMPORT, REPEATED} if is_spread else {IMPORT + SPREAD, SPREAD_REPEATED}
    assert set(calls) | of_other_layout | set(NOT_SERVED) == set(BY_NAME)
    ledger.is_enabled = True
    for name, send in calls.items():
        if not is_link_only and name in OF_LINK_ONLY_SITES:
            continue

        def prepare(name: str = name) -> None:
            if name == REPEATED:
                change_tag(site, next(numbers))
            elif name == DISCONNECTION:
                site.delete(f"/v1/connections/{CODES[-1]}")
            elif name in ("a sync request", "another refresh interval"):
                clock.advance(minutes=61)
                run_sync(deps)
            finish_job(site)

        check_use(BY_NAME[name], send, prepare, ledger)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_SERVED)
def test_calls_of_credentials_that_amazon_does_not_serve(
    memory: tuple[Dependencies, Ledger],
    amazon: FakeAmazon,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(call_counter, "UNCOUNTED_CALLS", 0)
    deps, ledger = memory
    site = Site.sign_up(Dependencies(replace(deps.config, amazon_url=amazon.url), clock))
    amazon.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    assert site.connect_creators(CREDENTIAL, TAG).json["status"] == "not_eligible"
    ledger.is_enabled = True
    path, query = NOT_SERVED[name]

    def send() -> Reply:
        reply = site.get(path, None, **query)
        assert "amazon_not_eligible" in reply.text
        return reply

    check_use(BY_NAME[name], send, lambda: clock.advance(seconds=5), ledger)
    assert BY_NAME[name].use.milliseconds > MAX_SECONDS_WITHOUT_ACCESS * 1000


def import_again(full: FullSite, numbers: Iterator[int], _clock: FakeClock) -> Callable[[], None]:
    import_items(full.site, full.links, next(numbers))
    return lambda: finish_job(full.site)


def import_others(full: FullSite, numbers: Iterator[int], _clock: FakeClock) -> Callable[[], None]:
    import_items(full.site, full.other_links(numbers, PRODUCTS), next(numbers))
    return lambda: finish_job(full.site)


def postpone(full: FullSite, _numbers: Iterator[int], clock: FakeClock) -> Callable[[], None]:
    clock.advance(minutes=61)

    def run() -> None:
        assert run_sync(full.site.deps) == 0

    return run


@pytest.mark.slow
@pytest.mark.parametrize("is_spread", [False, True])
@pytest.mark.parametrize(
    ("work", "start", "min_writes"),
    [
        (WORK_WITHOUT_ACCESS[0], import_again, PRODUCTS // 10),
        (WORK_WITHOUT_ACCESS[1], import_others, 4 * PRODUCTS),
        (WORK_WITHOUT_ACCESS[2], postpone, 2 * (PRODUCTS // 10 + LISTS)),
    ],
    ids=[work.name for work in WORK_WITHOUT_ACCESS],
)
def test_later_work_uses_at_most_what_the_table_assumes(
    memory: tuple[Dependencies, Ledger],
    clock: FakeClock,
    numbers: Iterator[int],
    work: SiteWork,
    start: Callable[[FullSite, Iterator[int], FakeClock], Callable[[], None]],
    min_writes: int,
    is_spread: bool,
) -> None:
    deps, ledger = memory
    full = full_site(deps, is_spread=is_spread)
    run = start(full, numbers, clock)
    ledger.is_enabled = True
    with record_calls() as made:
        began = time.process_time()
        run()
        seconds = time.process_time() - began
    writes, reads = sum(ledger.writes().values()), ledger.reads()
    assert (writes <= work.use.writes, reads <= work.use.reads) == (True, True), (writes, reads)
    # All is written: otherwise this measures less than the worst case.
    assert writes >= min_writes
    milliseconds = milliseconds_of(work, seconds, len(made))
    assert milliseconds <= work.use.milliseconds, milliseconds


def test_numbers_of_calls_follow_from_the_limits() -> None:
    assert stranger_costs.calls_without_access(TEMPLATE) == 24 * 4 * 25 + 1_000
    assert stranger_costs.calls_per_address(BY_NAME["all lists"], TEMPLATE) == 20 * 3_400
    # A full site removes ten products before it imports ten others.
    assert stranger_costs.calls_per_address(BY_NAME[IMPORT], TEMPLATE) == 20 * 4_400 // 11
    assert [stranger_costs.times_per_site(work, TEMPLATE) for work in WORK_WITHOUT_ACCESS] == [
        100, 5, 24,
    ]  # fmt: skip
