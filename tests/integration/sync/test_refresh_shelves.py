"""The worker: one GetItems call a shelf, and only what changed is written."""

from typing import Any

import boto3
import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control import AccountBody, GoneBody, PriceBody, StockBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from infra.redrive import redrive
from tests.calls import Context, Site, run_queue, run_sync, sqs_event
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY
from tests.integration import aws_spy
from tests.integration.sync.test_price_sync import plan

ASINS = [f"B0TEST{n:04d}" for n in range(20)]


@pytest.fixture
def due(site: Site, clock: FakeClock, amazon: FakeAmazon) -> Site:
    """A site with one full shelf that is due."""
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(hours=1)
    amazon.control.forget_calls()
    return site


def deliver(deps: Dependencies, messages: list[Any], seconds: float = 60) -> list[str]:
    """Give messages to the worker; the ids it hands back."""
    aws_spy.give(refresh_shelves, lambda: deps)
    answer = refresh_shelves.handler(sqs_event(messages), Context(seconds))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def planned(deps: Dependencies) -> list[Any]:
    plan(deps)
    return aws_spy.messages(deps.config.refresh_queue_url)


def shelf(aws: Config) -> dict[str, Any]:
    (found,) = aws_spy.table(aws.shelves_table).values()
    return found


def test_an_unchanged_shelf_costs_one_write_and_no_news(
    due: Site, deps: Dependencies, aws: Config
) -> None:
    _, cursor = due.changes()
    messages = planned(deps)
    # That the account works is noted every quarter of an hour; here it is known already.
    assert due.get("/v1/search", keywords="tea").status == 200
    # The limiter's slot is a write too, but not of the shelf's.
    before = aws_spy.tables(aws, quotas=False)
    with aws_spy.aws_calls() as made:
        assert deliver(deps, messages) == []
    assert aws_spy.writes(made).count("PutItem") == 1
    assert set(aws_spy.writes(made)) <= {"PutItem", "UpdateItem"}
    after = aws_spy.tables(aws, quotas=False)
    changed = [name for name, rows in after.items() if rows != before[name]]
    assert changed == [aws.shelves_table]
    assert due.changes(cursor)[0] == []
    assert "lease" not in shelf(aws)


def test_what_changed_is_written_and_told_once(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    _, cursor = due.changes()
    amazon.control.set_price(PriceBody(ASINS[3], "US", amount=4242))
    amazon.control.set_stock(StockBody(ASINS[4], available=False))
    products = aws_spy.table(aws.products_table)
    assert deliver(deps, planned(deps)) == []
    written = {
        key for key, item in aws_spy.table(aws.products_table).items() if item != products[key]
    }
    own = {f"{due.site_id} US#{asin}" for asin in ASINS[3:5]}
    assert written == own | {f"{due.site_id} #feed"}
    news, cursor = due.changes(cursor)
    told = sorted(news, key=lambda change: str(change["asin"]))
    assert [c["asin"] for c in told] == ASINS[3:5]
    assert told[0]["product"]["price"]["amount"] == 4242
    assert told[1]["product"]["availability"] == "out_of_stock"
    assert due.changes(cursor)[0] == []


def test_results_belong_to_their_asin_however_amazon_orders_them(
    due: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    for number, asin in enumerate(ASINS[:10]):
        amazon.control.set_price(PriceBody(asin, "US", amount=5000 + number))
    deliver(deps, planned(deps))
    shown = {p["asin"]: p["price"]["amount"] for p in due.get("/v1/products").json["products"]
             if "price" in p}  # fmt: skip
    assert len(shown) > 5
    assert all(amount == 5000 + ASINS.index(asin) for asin, amount in shown.items())


def test_a_vanished_product_spoils_no_other_and_expires_honestly(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    first_seen = due.get(f"/v1/products/{ASINS[0]}").json["observed_at"]
    amazon.control.set_gone(GoneBody(ASINS[0]))
    amazon.control.set_price(PriceBody(ASINS[1], "US", amount=999))
    deliver(deps, planned(deps))
    gone, other = (due.get(f"/v1/products/{asin}").json for asin in ASINS[:2])
    assert gone["observed_at"] == first_seen
    assert gone["price_status"] != "expired"
    assert other["observed_at"] > first_seen
    assert other["price"]["amount"] == 999
    for _ in range(24):
        clock.advance(hours=1)
        run_sync(deps)
    gone, other = (due.get(f"/v1/products/{asin}").json for asin in ASINS[:2])
    assert (gone["price_status"], gone["title"]) == ("expired", None)
    assert other["price_status"] == "current"
    amazon.control.set_gone(GoneBody(ASINS[0], gone=False))
    clock.advance(hours=1)
    run_sync(deps)
    assert due.get(f"/v1/products/{ASINS[0]}").json["price_status"] != "expired"


def test_an_old_lease_is_nobodys_work(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    old = planned(deps)
    clock.advance(minutes=15)
    plan(deps)
    before = aws_spy.tables(aws)
    with aws_spy.aws_calls() as made:
        assert deliver(deps, old) == []
    assert made == ["GetItem"]
    assert amazon.control.calls() == []
    assert aws_spy.tables(aws) == before


def test_a_message_that_comes_twice_is_one_call(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    messages = planned(deps)
    deliver(deps, messages)
    after = aws_spy.tables(aws)
    deliver(deps, messages)
    assert len(amazon.control.calls()) == 1
    assert aws_spy.tables(aws) == after


def before_the_write(deps: Dependencies, patch: pytest.MonkeyPatch, act: Any) -> None:
    """Let something happen between the worker's reading and its first writing."""
    write = deps.product_writer._write

    def late(*given: Any) -> None:
        patch.setattr(deps.product_writer, "_write", write)
        act()
        write(*given)

    patch.setattr(deps.product_writer, "_write", late)


def test_sync_now_during_a_refresh_is_not_lost(
    due: Site, deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (None, 1234):
        messages = planned(deps)
        assert len(messages) == 1
        before_the_write(deps, monkeypatch, lambda: due.post("/v1/sync"))
        if amount:
            amazon.control.set_price(PriceBody(ASINS[0], "US", amount=amount))
        assert deliver(deps, messages) == []
        aws_spy.purge(deps.config.refresh_queue_url)
        amazon.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
        assert run_sync(deps) == 1
        assert due.get(f"/v1/products/{ASINS[0]}").json["price"]["amount"] == 4321
        due.post("/v1/sync")


def test_a_product_deleted_during_a_refresh_stays_deleted(
    due: Site, deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cursor = due.changes()
    amazon.control.set_price(PriceBody(ASINS[5], "US", amount=1234))
    messages = planned(deps)
    before_the_write(deps, monkeypatch, lambda: due.delete(f"/v1/products/{ASINS[5]}"))
    assert deliver(deps, messages) == []
    assert due.get(f"/v1/products/{ASINS[5]}").status == 404
    assert [(c["asin"], c["kind"]) for c in due.changes(cursor)[0]] == [(ASINS[5], "removed")]
    assert len(deps.shelves.list_for_site(due.site_id)[0].asins) == 9


FAILURES: list[tuple[FaultKind, int]] = [("500", 5), ("429", 1)]


def test_a_failure_postpones_the_shelf_and_empties_the_queue(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    _, cursor = due.changes()
    products = aws_spy.table(aws.products_table)
    seen = due.get("/v1/sync").json["last_run_at"]
    for kind, minutes in FAILURES:
        messages = planned(deps)
        assert messages, kind
        amazon.control.add_fault(Fault(kind, times=1 if kind == "429" else 3))
        assert deliver(deps, messages) == []
        wait = float(shelf(aws)["due_at"]) / 1000 - clock.now().timestamp()
        assert wait == pytest.approx(minutes * 60, abs=1), kind
        assert "lease" not in shelf(aws)
        aws_spy.purge(aws.refresh_queue_url)
        clock.advance(minutes=minutes, seconds=1)
    assert aws_spy.table(aws.products_table) == products
    assert due.changes(cursor)[0] == []
    assert due.get("/v1/sync").json["last_run_at"] == seen


def test_messages_under_way_when_the_account_goes_down_cost_one_call(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    for start in (10, 20, 30):
        due.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(start, start + 10)]})
    clock.advance(hours=1)
    messages = planned(deps)
    assert len(messages) == 4
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="access_denied"))
    amazon.control.forget_calls()
    assert deliver(deps, messages) == []
    assert len(amazon.control.calls()) == 1
    assert due.connection()["state"] == "access_denied"
    shelves = deps.shelves.list_for_site(due.site_id)
    assert all(not shelf.lease and shelf.due_at > clock.now() for shelf in shelves)


def test_out_of_time_hands_the_rest_back(
    due: Site,
    deps: Dependencies,
    clock: FakeClock,
    amazon: FakeAmazon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due.post("/v1/import", {"items": ASINS[10:]})
    amazon.control.forget_calls()
    clock.advance(hours=1)
    messages = planned(deps)
    assert len(messages) == 2

    write = deps.product_writer.refresh

    def write_slowly(*refresh: Any) -> Any:
        clock.advance(seconds=53)
        return write(*refresh)

    monkeypatch.setattr(deps.product_writer, "refresh", write_slowly)
    assert deliver(deps, messages, seconds=60) == []
    assert len(amazon.control.calls()) == 1
    assert run_sync(deps) == 1
    assert len(amazon.control.calls()) == 2


def test_unreadable_messages_are_laid_aside_with_the_reason(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    good = planned(deps)
    unreadable = ("{", "null", '{"site_id": "x"}', '{"site_id": 1, "more": "\\ud800"}')
    for number, body in enumerate(unreadable):
        assert deliver(deps, [{"MessageId": f"bad{number}", "Body": body}]) == []
    assert deliver(deps, [*good, {"MessageId": "bad9", "Body": "{"}]) == []
    assert len(amazon.control.calls()) == 1
    laid_aside = aws_spy.messages(aws.refresh_dead_letters_url)
    assert [message["Body"] for message in laid_aside] == [*unreadable, "{"]
    reasons = [message["MessageAttributes"]["reason"]["StringValue"] for message in laid_aside]
    assert all(reasons)
    assert "site_id" in reasons[3]


def test_a_message_that_cannot_even_be_laid_aside_goes_back(
    due: Site, deps: Dependencies, aws: Config
) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=aws.refresh_dead_letters_url)
    assert deliver(deps, [{"MessageId": "bad", "Body": "{"}]) == ["bad"]


def test_what_was_laid_aside_can_be_redriven_again_and_again(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    queues = aws.refresh_dead_letters_url, aws.refresh_queue_url
    (good,) = planned(deps)
    aws_spy.purge(aws.refresh_queue_url)
    for reason, moved in (("an older release", 1), ("", 0), ("once more", 1)):
        if reason:
            deps.refresh_dead_letters.send_to_dead_letters(
                good["Body"], reason, deduplication_id=reason
            )
        assert redrive(boto3.client("sqs"), *queues) == moved
        run_queue(deps, refresh_shelves, aws.refresh_queue_url)
        assert len(amazon.control.calls()) == 1


def test_a_product_whose_day_ends_while_its_message_waits_is_purged_by_the_worker(
    due: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.set_gone(GoneBody(ASINS[0]))
    clock.advance(hours=22, minutes=55)
    messages = planned(deps)
    clock.advance(minutes=10)
    assert deliver(deps, messages) == []
    shown = {one["asin"]: one["price_status"] for one in due.get("/v1/products").json["products"]}
    assert shown[ASINS[0]] == "expired"
    assert shown[ASINS[1]] == "current"
