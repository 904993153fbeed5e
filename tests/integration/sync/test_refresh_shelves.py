"""The refresh worker: one GetItems call per shelf, and writes only for changes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from amzlinkr import telemetry
from amzlinkr.config import Config
from amzlinkr.storage import product_transaction
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody, StockBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.calls import (
    deliver,
    plan_sync,
    run_queue,
    run_sync,
)
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(20)]


@pytest.fixture
def due(site: Site, clock: FakeClock, amazon: FakeAmazon) -> Site:
    """Return a site with one full shelf that is due."""
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(hours=1)
    amazon.control.clear_calls()
    return site


def deliver_refreshes(deps: Dependencies, messages: list[Any]) -> list[str]:
    return deliver(deps, refresh_shelves, messages)


def queued_messages(deps: Dependencies) -> list[Any]:
    """Run the price sync; return the messages that it queued."""
    plan_sync(deps)
    return aws_spy.peek_messages(deps.config.refresh_queue_url)


def only_shelf(aws: Config) -> dict[str, Any]:
    (found,) = aws_spy.table(aws.shelves_table).values()
    return found


def test_unchanged_shelf_takes_one_write_and_adds_no_change(
    due: Site, deps: Dependencies, aws: Config
) -> None:
    _, cursor = due.changes()
    messages = queued_messages(deps)
    # A successful call is recorded every 15 minutes only; this one was just recorded.
    assert due.get("/v1/search", keywords="tea").status == 200
    # The rate limiter also writes, to the quotas table.
    before = aws_spy.tables(aws, quotas=False)
    with aws_spy.record_calls() as made:
        assert deliver_refreshes(deps, messages) == []
    assert aws_spy.writes(made).count("PutItem") == 1
    assert set(aws_spy.writes(made)) <= {"PutItem", "UpdateItem"}
    after = aws_spy.tables(aws, quotas=False)
    changed = [name for name, rows in after.items() if rows != before[name]]
    assert changed == [aws.shelves_table]
    assert due.changes(cursor)[0] == []
    assert "lease" not in only_shelf(aws)


def test_changed_products_are_written_and_published_once(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    _, cursor = due.changes()
    amazon.control.set_price(PriceBody(ASINS[3], "US", amount=4242))
    amazon.control.set_stock(StockBody(ASINS[4], available=False))
    products = aws_spy.table(aws.products_table)
    assert deliver_refreshes(deps, queued_messages(deps)) == []
    written = {
        key for key, item in aws_spy.table(aws.products_table).items() if item != products[key]
    }
    own = {f"{due.site_id} US#{asin}" for asin in ASINS[3:5]}
    assert written == own | {f"{due.site_id} #feed"}
    changes, cursor = due.changes(cursor)
    published = sorted(changes, key=lambda change: str(change["asin"]))
    assert [c["asin"] for c in published] == ASINS[3:5]
    assert published[0]["product"]["price"]["amount"] == 4242
    assert published[1]["product"]["availability"] == "out_of_stock"
    assert due.changes(cursor)[0] == []


def test_results_in_another_order_match_their_asin(
    due: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    for number, asin in enumerate(ASINS[:10]):
        amazon.control.set_price(PriceBody(asin, "US", amount=5000 + number))
    deliver_refreshes(deps, queued_messages(deps))
    shown = {p["asin"]: p["price"]["amount"] for p in due.get("/v1/products").json["products"]
             if "price" in p}  # fmt: skip
    assert len(shown) > 5
    assert all(amount == 5000 + ASINS.index(asin) for asin, amount in shown.items())


@pytest.mark.parametrize("silently", [False, True])
def test_missing_product_does_not_affect_others(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, silently: bool
) -> None:
    first_seen = due.get(f"/v1/products/{ASINS[0]}").json["observed_at"]
    _, cursor = due.changes()
    amazon.control.set_gone(GoneBody(ASINS[0], silently=silently))
    amazon.control.set_price(PriceBody(ASINS[1], "US", amount=999))
    deliver_refreshes(deps, queued_messages(deps))
    gone, other = (due.get(f"/v1/products/{asin}").json for asin in ASINS[:2])
    if silently:
        assert (gone["price_status"], gone["observed_at"]) == ("current", first_seen)
        clock.advance(hours=1)
        run_sync(deps)
        gone = due.get(f"/v1/products/{ASINS[0]}").json
    url = f"https://www.amazon.com/dp/{ASINS[0]}?tag={TAG}"
    expected = {"asin": ASINS[0], "marketplace": "US", "url": url, "price_status": "missing"}
    assert gone == expected
    assert other["observed_at"] > first_seen
    assert other["price"]["amount"] == 999
    changes, cursor = due.changes(cursor)
    published = {change["asin"]: change for change in changes}
    assert (published[ASINS[0]]["kind"], published[ASINS[0]]["product"]) == ("missing", expected)
    assert set(published) == set(ASINS[:2])

    for _ in range(26):
        clock.advance(hours=1)
        run_sync(deps)
        page = due.get("/v1/changes", cursor=cursor).json
        assert (page["changes"], page["checked_at"]) == ([], {"US": timestamp(clock)})
        assert len(amazon.control.calls()[-1].item_ids) == 10
    gone, other = (due.get(f"/v1/products/{asin}").json for asin in ASINS[:2])
    assert (gone, other["price_status"]) == (expected, "current")
    stored = aws_spy.table(deps.config.products_table)
    rows = [row for key, row in stored.items() if ASINS[0] in key]
    assert [set(row) for row in rows] == [{"pk", "sk", "type", "seq", "kind", "shelf_id"}]

    amazon.control.set_gone(GoneBody(ASINS[0], gone=False))
    clock.advance(hours=1)
    run_sync(deps)
    (back,), _ = due.changes(cursor)
    assert (back["asin"], back["kind"]) == (ASINS[0], "added")
    assert back["product"]["price_status"] == "current"
    assert back["product"] == due.get(f"/v1/products/{ASINS[0]}").json


@pytest.mark.parametrize(("fault", "times"), [("500", 3), ("429", 1)])
def test_failed_call_counts_as_no_omission(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, fault: FaultKind,
    times: int,
) -> None:  # fmt: skip
    amazon.control.set_gone(GoneBody(ASINS[0], silently=True))
    run_sync(deps)
    for _ in range(3):
        clock.advance(hours=1)
        amazon.control.add_fault(Fault(fault, times=times))
        run_sync(deps)
        assert due.get(f"/v1/products/{ASINS[0]}").json["price_status"] == "current"
    clock.advance(hours=6)
    run_sync(deps)
    assert due.get(f"/v1/products/{ASINS[0]}").json["price_status"] == "missing"


def test_missing_and_expired_products_are_counted(
    due: Site,
    deps: Dependencies,
    clock: FakeClock,
    amazon: FakeAmazon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    metrics: Counter[str] = Counter()
    monkeypatch.setattr(telemetry, "count", lambda name, value=1: metrics.update({name: value}))
    amazon.control.set_gone(GoneBody(ASINS[0]))
    run_sync(deps)
    assert (metrics["ProductsMissing"], metrics["ProductsExpired"]) == (1, 0)
    clock.advance(hours=1)
    run_sync(deps)
    assert metrics["ProductsMissing"] == 1
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    clock.advance(hours=24)
    run_sync(deps)
    assert (metrics["ProductsMissing"], metrics["ProductsExpired"]) == (1, 9)


def timestamp(clock: FakeClock) -> str:
    return clock.now().isoformat().replace("+00:00", "Z")


def test_message_with_a_superseded_lease_is_dropped(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    old_messages = queued_messages(deps)
    clock.advance(minutes=15)
    plan_sync(deps)
    before = aws_spy.tables(aws)
    with aws_spy.record_calls() as made:
        assert deliver_refreshes(deps, old_messages) == []
    assert made == ["GetItem"]
    assert amazon.control.calls() == []
    assert aws_spy.tables(aws) == before


def test_duplicate_message_makes_one_call(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    messages = queued_messages(deps)
    deliver_refreshes(deps, messages)
    after = aws_spy.tables(aws)
    deliver_refreshes(deps, messages)
    assert len(amazon.control.calls()) == 1
    assert aws_spy.tables(aws) == after


def act_before_write(patch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Run `act` once, between the worker's read and its first write."""
    commit = product_transaction.commit

    def act_and_commit(*arguments: Any) -> None:
        patch.setattr(product_transaction, "commit", commit)
        act()
        commit(*arguments)

    patch.setattr(product_transaction, "commit", act_and_commit)


def test_sync_request_during_a_refresh_is_kept(
    due: Site, deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (None, 1234):
        messages = queued_messages(deps)
        assert len(messages) == 1
        act_before_write(monkeypatch, lambda: due.post("/v1/sync"))
        if amount:
            amazon.control.set_price(PriceBody(ASINS[0], "US", amount=amount))
        assert deliver_refreshes(deps, messages) == []
        aws_spy.empty_queue(deps.config.refresh_queue_url)
        amazon.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
        assert run_sync(deps) == 1
        assert due.get(f"/v1/products/{ASINS[0]}").json["price"]["amount"] == 4321
        due.post("/v1/sync")


def test_product_deleted_during_a_refresh_stays_deleted(
    due: Site, deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cursor = due.changes()
    amazon.control.set_price(PriceBody(ASINS[5], "US", amount=1234))
    messages = queued_messages(deps)
    act_before_write(monkeypatch, lambda: due.delete(f"/v1/products/{ASINS[5]}"))
    assert deliver_refreshes(deps, messages) == []
    assert due.get(f"/v1/products/{ASINS[5]}").status == 404
    assert [(c["asin"], c["kind"]) for c in due.changes(cursor)[0]] == [(ASINS[5], "removed")]
    assert len(deps.shelves.list_for_site(due.site_id)[0].asins) == 9


FAILURES: list[tuple[FaultKind, int]] = [("500", 5), ("429", 1)]


def test_failure_postpones_the_shelf(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    _, cursor = due.changes()
    products = aws_spy.table(aws.products_table)
    seen = due.get("/v1/sync").json["last_run_at"]
    for kind, minutes in FAILURES:
        messages = queued_messages(deps)
        assert messages, kind
        amazon.control.add_fault(Fault(kind, times=1 if kind == "429" else 3))
        assert deliver_refreshes(deps, messages) == []
        wait = float(only_shelf(aws)["due_at"]) / 1000 - clock.now().timestamp()
        assert wait == pytest.approx(minutes * 60, abs=1), kind
        assert "lease" not in only_shelf(aws)
        aws_spy.empty_queue(aws.refresh_queue_url)
        clock.advance(minutes=minutes, seconds=1)
    assert aws_spy.table(aws.products_table) == products
    assert due.changes(cursor)[0] == []
    assert due.get("/v1/sync").json["last_run_at"] == seen


def test_queued_messages_of_a_failing_account_make_one_call(
    due: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    for start in (10, 20, 30):
        due.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(start, start + 10)]})
    clock.advance(hours=1)
    messages = queued_messages(deps)
    assert len(messages) == 4
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="access_denied"))
    amazon.control.clear_calls()
    assert deliver_refreshes(deps, messages) == []
    assert len(amazon.control.calls()) == 1
    assert due.connection()["state"] == "access_denied"
    shelves = deps.shelves.list_for_site(due.site_id)
    assert all(not shelf.lease and shelf.due_at > clock.now() for shelf in shelves)


def test_shelves_without_time_are_released(
    due: Site,
    deps: Dependencies,
    clock: FakeClock,
    amazon: FakeAmazon,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due.post("/v1/import", {"items": ASINS[10:]})
    amazon.control.clear_calls()
    clock.advance(hours=1)
    messages = queued_messages(deps)
    assert len(messages) == 2
    write = deps.product_writer.refresh

    def write_slowly(*arguments: Any) -> Any:
        clock.advance(seconds=53)  # of the 60 seconds of the context
        return write(*arguments)

    monkeypatch.setattr(deps.product_writer, "refresh", write_slowly)
    assert deliver(deps, refresh_shelves, messages) == []
    assert len(amazon.control.calls()) == 1
    assert run_sync(deps) == 1
    assert len(amazon.control.calls()) == 2


def test_undecodable_messages_are_dead_lettered_with_the_reason(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    good = queued_messages(deps)
    undecodable = ("{", "null", '{"site_id": "x"}', '{"site_id": 1, "more": "\\ud800"}')
    for number, body in enumerate(undecodable):
        assert deliver_refreshes(deps, [{"MessageId": f"bad{number}", "Body": body}]) == []
    assert deliver_refreshes(deps, [*good, {"MessageId": "bad9", "Body": "{"}]) == []
    assert len(amazon.control.calls()) == 1
    dead_letters = aws_spy.peek_messages(aws.refresh_dead_letters_url)
    assert [message["Body"] for message in dead_letters] == [*undecodable, "{"]
    reasons = [message["MessageAttributes"]["reason"]["StringValue"] for message in dead_letters]
    assert all(reasons)
    assert "site_id" in reasons[3]


def test_message_is_returned_if_dead_lettering_fails(
    due: Site, deps: Dependencies, aws: Config
) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=aws.refresh_dead_letters_url)
    assert deliver_refreshes(deps, [{"MessageId": "bad", "Body": "{"}]) == ["bad"]


def test_dead_letters_can_be_redriven_repeatedly(
    due: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    (good,) = queued_messages(deps)
    aws_spy.empty_queue(aws.refresh_queue_url)
    for reason, moved in (("an older release", 1), ("", 0), ("once more", 1)):
        if reason:
            deps.refresh_dead_letters.send_to_dead_letters(
                good["Body"], reason, deduplication_id=reason
            )
        assert aws_spy.move_messages(aws.refresh_dead_letters_url, aws.refresh_queue_url) == moved
        run_queue(deps, refresh_shelves, aws.refresh_queue_url)
        assert len(amazon.control.calls()) == 1


def test_worker_expires_products_of_a_delayed_message(
    due: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.set_gone(GoneBody(ASINS[0], silently=True))
    clock.advance(hours=22, minutes=55)
    messages = queued_messages(deps)
    clock.advance(minutes=10)
    assert deliver_refreshes(deps, messages) == []
    statuses = {
        shown["asin"]: shown["price_status"] for shown in due.get("/v1/products").json["products"]
    }
    assert statuses[ASINS[0]] == "expired"
    assert statuses[ASINS[1]] == "current"
