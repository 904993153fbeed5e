"""Product imports: up to ten entries inline, more as a job with progress."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.imports import MAX_ECHOED_CHARS, MAX_ITEMS
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import run_imports
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site
from tests.unit.domain import pasted_links

ASINS = [f"B0TEST{n:04d}" for n in range(1000)]


def get_items_calls(amazon: FakeAmazon) -> list[tuple[str, list[str]]]:
    """Return marketplace and sorted ASINs of each GetItems call."""
    calls = amazon.control.calls()
    return [(c.marketplace, sorted(c.item_ids)) for c in calls if c.operation == "GetItems"]


def test_inline_import_reports_each_input_in_order(site: Site, amazon: FakeAmazon) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    inputs = {
        " b0test0001 ": ("B0TEST0001", "US", "imported", None),
        "not an asin": (None, None, "failed", "invalid_request"),
        "https://www.amazon.de/dp/B0TEST0002/ref=x": ("B0TEST0002", "DE", "imported", None),
        "B0NONE0001": ("B0NONE0001", "US", "not_found", "not_found"),
        "https://amzn.to/3abc": (None, None, "failed", "short_link"),
        "B0TEST0001": ("B0TEST0001", "US", "imported", None),
        "B0DENY0001": ("B0DENY0001", "US", "failed", "not_accessible"),
        "https://www.amazon.com/gp/product/B0TEST0003?th=1": ("B0TEST0003", "US", "imported", None),
    }
    reply = site.post("/v1/import", {"items": list(inputs)})
    assert reply.status == 200, reply.text
    results = reply.json["results"]
    assert [result["input"] for result in results] == list(inputs)
    for result, (asin, marketplace_code, status, code) in zip(
        results, inputs.values(), strict=True
    ):
        assert (result.get("asin"), result.get("marketplace"), result["status"]) == (
            asin,
            marketplace_code,
            status,
        )
        assert result.get("problem", {}).get("code") == code
        assert ("product" in result) == (status == "imported")
        if status == "imported":
            assert (result["product"]["asin"], result["product"]["marketplace"]) == (
                asin,
                marketplace_code,
            )
            assert result["product"]["title"]
    assert results[1]["problem"]["field"] == "items[1]"
    assert get_items_calls(amazon) == [
        ("US", ["B0DENY0001", "B0NONE0001", "B0TEST0001", "B0TEST0003"]),
        ("DE", ["B0TEST0002"]),
    ]
    assert len(site.changes()[0]) == 3


REFUSED = [
    *(("short_link", text) for text in pasted_links.SHORT_LINKS),
    *(
        ("invalid_request", text)
        for text in (*pasted_links.OTHER_PAGES, *pasted_links.FOREIGN, *pasted_links.NO_PRODUCT)
    ),
    ("invalid_request", "x" * (MAX_INPUT_CHARS + 1)),
    ("invalid_request", "https://www.amazon.com/dp/B0TEST0001 https://www.amazon.de/dp/B0TEST0002"),
    ("invalid_request", "B0TEST0001, B0TEST0002"),
    ("invalid_request", "B0TEST0001, https://www.amazon.de/dp/B0TEST0002"),
]
"""Entries that name no product, each with the code of its problem."""


def test_refused_entries_cause_no_call(site: Site, deps: Dependencies, amazon: FakeAmazon) -> None:
    amazon.control.clear_calls()
    for start in range(0, len(REFUSED), 10):
        part = REFUSED[start : start + 10]
        reply = site.post("/v1/import", {"items": [text for _, text in part]})
        assert reply.status == 200, reply.text
        results = reply.json["results"]
        assert [(r["status"], r["problem"]["code"], r["input"]) for r in results] == [
            ("failed", code, text[:MAX_ECHOED_CHARS]) for code, text in part
        ]
    started = site.post("/v1/import", {"items": [text for _, text in REFUSED]})
    run_imports(deps)
    job = site.get(started.json["status_url"]).json
    assert (job["status"], job["failed"]) == ("done", len(REFUSED))
    assert amazon.control.calls() == []


def test_request_can_set_the_default_marketplace(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP")
    done = site.post("/v1/import", {"items": [ASINS[0]], "marketplace": "JP"}).json["results"]
    assert done[0]["product"]["marketplace"] == "JP"
    refused = site.post("/v1/import", {"items": [ASINS[0]], "marketplace": "XX"})
    assert (refused.status, refused.json["field"]) == (422, "marketplace")


def test_entry_of_a_marketplace_without_credentials_fails_alone(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.clear_calls()
    french = "https://www.amazon.fr/dp/B0TEST0002"
    items = [ASINS[0], french, ASINS[0], "https://www.amazon.co.jp/dp/B0TEST0003", french]
    for inputs in (items, items * 3):
        reply = site.post("/v1/import", {"items": inputs})
        if reply.status == 202:
            assert site.get(reply.json["status_url"]).json["failed"] == 9
            run_imports(deps)
            reply = site.get(reply.json["status_url"])
        results = reply.json["results"]
        assert [result["input"] for result in results] == inputs
        statuses = [(r["status"], r["marketplace"]) for r in results]
        assert statuses[:5] == [
            ("imported", "US"), ("failed", "FR"), ("imported", "US"), ("failed", "JP"),
            ("failed", "FR"),
        ]  # fmt: skip
        assert {r["problem"]["code"] for r in results if "problem" in r} == {"not_connected"}
    assert get_items_calls(amazon) == [("US", [ASINS[0]])] * 2


def test_only_entry_fails_with_the_fields_of_a_problem(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.clear_calls()
    unconnected = Site.sign_up(deps)
    for client, item, code, status in (
        (site, "https://www.amazon.fr/dp/B0TEST0002", "not_connected", 409),
        (site, "https://amzn.to/3abc", "short_link", 422),
        (site, "https://example.com/dp/B0TEST0002", "invalid_request", 422),
        (unconnected, "https://www.amazon.fr/dp/B0TEST0002", "not_connected", 409),
        (unconnected, "B0TEST0002", "not_connected", 409),
    ):
        reply = client.post("/v1/import", {"items": [item]})
        assert reply.status == 200, reply.text
        (result,) = reply.json["results"]
        assert result["status"] == "failed"
        problem = result["problem"]
        assert (problem["code"], problem["status"]) == (code, status)
        fields = {"type", "title", "status", "detail", "code", "action", "retryable"}
        assert problem.keys() - {"field"} == fields
        assert problem.get("field") == (None if code == "not_connected" else "items[0]")
        assert problem["type"].endswith(code)
        assert problem["title"]
        assert problem["retryable"] is False
    assert amazon.control.calls() == []


def test_entry_problem_equals_the_problem_of_a_request(site: Site, amazon: FakeAmazon) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.put_account(ACCESS_KEY, AccountBody(partner_tags={"US": TAG}))
    german = "https://www.amazon.de/dp/B0TEST0001"
    whole = site.get("/v1/search", keywords="tea", marketplace="DE").json
    entry = site.post("/v1/import", {"items": [ASINS[0], german]}).json["results"][1]["problem"]
    for problem in (whole, entry):
        problem["upstream"].pop("request_id", None)
    whole.pop("request_id")
    assert entry == whole


def test_job_repeated_after_its_credentials_are_deleted_fails_the_rest(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    key = {"Idempotency-Key": "job"}
    body = {"items": ASINS[:12]}
    first = site.post("/v1/import", body, key)
    site.delete("/v1/connections/US")
    amazon.control.clear_calls()
    assert site.post("/v1/import", body, key).json == first.json
    run_imports(deps)
    job = site.get(first.json["status_url"]).json
    assert {result["problem"]["code"] for result in job["results"]} == {"not_connected"}
    assert amazon.control.calls() == []


def test_long_import_becomes_a_job_with_progress(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(tps=50))
    inputs = [*(ASINS[:45] * 23)[:995], *(f"bad {n}" for n in range(5))]
    started = site.post("/v1/import", {"items": inputs})
    assert started.status == 202, started.text
    url = started.json["status_url"]
    assert url.endswith(f"/v1/import/{started.json['job_id']}")
    waiting = site.get(url, limit="2").json
    assert (waiting["status"], waiting["total"]) == ("queued", 1000)
    assert (waiting["done"], waiting["failed"]) == (5, 5)
    assert [result["status"] for result in waiting["results"]] == ["queued", "queued"]

    run_imports(deps)

    results: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = site.get(url, cursor=cursor).json
        results += page["results"]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
        assert len(page["results"]) == 100
    assert (page["status"], page["done"], page["failed"]) == ("done", 1000, 5)
    assert [result["input"] for result in results] == inputs
    assert [result["status"] for result in results] == ["imported"] * 995 + ["failed"] * 5
    assert sorted(asin for _, ids in get_items_calls(amazon) for asin in ids) == ASINS[:45]
    assert len(get_items_calls(amazon)) == len(aws_spy.table(deps.config.shelves_table)) == 5


def test_job_of_1000_products_is_queued_as_one_message(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    with aws_spy.record_calls() as made:
        started = site.post("/v1/import", {"items": ASINS})
    assert started.status == 202
    assert aws_spy.writes(made) == ["UpdateItem", "TransactWriteItems", "SendMessageBatch"]
    assert len(aws_spy.peek_messages(deps.config.import_queue_url)) == 1
    assert get_items_calls(amazon) == []


def test_job_without_products_is_done_without_a_message(site: Site, deps: Dependencies) -> None:
    with aws_spy.record_calls() as made:
        started = site.post("/v1/import", {"items": ["no ASIN"] * 11})
    assert made.count("SendMessageBatch") == 0
    shown = site.get(started.json["status_url"]).json
    assert (shown["status"], shown["done"], shown["failed"]) == ("done", 11, 11)
    assert list(deps.jobs.all_pending()) == []


def test_item_list_length_and_types_are_validated(site: Site, aws: Config) -> None:
    before = aws_spy.tables(aws)
    invalid: list[Any] = [
        [], ["B0TEST0001"] * 1001, "B0TEST0001", [7], [None], ["B0TEST0001", 7],
    ]  # fmt: skip
    for items in invalid:
        reply = site.post("/v1/import", {"items": items})
        assert (reply.status, reply.json["field"].split("[")[0]) == (422, "items"), reply.text
    big = site.post("/v1/import", {"items": ["B0TEST0001" + "x" * 1900] * 40})
    assert (big.status, big.json["code"]) == (413, "body_too_large")
    assert aws_spy.tables(aws) == before


def test_repeated_idempotency_key_imports_once(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    for body in ({"items": ASINS[:3]}, {"items": ASINS[:12]}):
        amazon.control.clear_calls()
        key = {"Idempotency-Key": f"click-{len(body['items'])}"}
        first = site.post("/v1/import", body, key)
        again = site.post("/v1/import", body, key)
        run_imports(deps)
        late = site.post("/v1/import", body, key)
        run_imports(deps)
        assert first.status == again.status == late.status in (200, 202)
        assert first.json == again.json == late.json
        assert len(get_items_calls(amazon)) == -(-len(body["items"]) // 10)
        other = site.post("/v1/import", {"items": [ASINS[20]]}, key)
        assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")
    assert len(site.changes()[0]) == 12


def test_repeated_request_is_answered_after_credentials_are_deleted(
    site: Site, deps: Dependencies
) -> None:
    short, long = {"items": ASINS[:2]}, {"items": ASINS[2:14]}
    first = [
        site.post("/v1/import", body, {"Idempotency-Key": key})
        for body, key in ((short, "short"), (long, "long"))
    ]
    run_imports(deps)
    site.delete("/v1/connections/US")
    again = [
        site.post("/v1/import", body, {"Idempotency-Key": key})
        for body, key in ((short, "short"), (long, "long"))
    ]
    assert [(reply.status, reply.text) for reply in again] == [
        (reply.status, reply.text) for reply in first
    ]
    failed = site.post("/v1/import", short).json["results"]
    assert [result["problem"]["code"] for result in failed] == ["not_connected"] * 2
    other = site.post("/v1/import", long, {"Idempotency-Key": "short"})
    assert other.json["code"] == "idempotency_mismatch"


def test_refused_entries_are_not_stored_for_a_repetition(
    deps: Dependencies, aws: Config, amazon: FakeAmazon
) -> None:
    site = Site.sign_up(deps)
    key, body = {"Idempotency-Key": "garbage"}, {"items": ["x" * 6_300] * 9 + [ASINS[0]]}
    first = site.post("/v1/import", body, key)
    stored = str(aws_spy.table(aws.jobs_table))
    assert "body_hash" in stored
    assert "entries" not in stored

    assert site.post("/v1/import", body, key).json == first.json
    site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    amazon.control.clear_calls()
    late = site.post("/v1/import", body, key).json
    # Only the text of the last one differs: by now the primary marketplace is known.
    assert late["results"][:9] == first.json["results"][:9]
    assert late["results"][9]["problem"]["code"] == "not_connected"
    assert first.json["results"][9]["problem"]["code"] == "not_connected"
    other = site.post("/v1/import", {"items": [ASINS[0]]}, key)
    assert other.json["code"] == "idempotency_mismatch"
    assert amazon.control.calls() == []
    assert [len(result["input"]) for result in first.json["results"]] == [MAX_ECHOED_CHARS] * 9 + [
        10
    ]


def test_pages_of_refused_entries_are_short_and_complete(deps: Dependencies) -> None:
    site = Site.sign_up(deps)
    lines = [f"{number} {'é' * 4}" for number in range(MAX_ITEMS)]
    url = site.post("/v1/import", {"items": lines}).json["status_url"]

    results: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = site.get(url, cursor=cursor)
        assert len(page.text.encode()) < 18_000
        results += page.json["results"]
        cursor = page.json.get("next_cursor")
    assert [result["input"] for result in results] == lines
    assert (page.json["status"], page.json["failed"]) == ("done", MAX_ITEMS)


def test_idempotency_key_expires_after_24_hours(
    site: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    key = {"Idempotency-Key": "yesterday"}
    site.post("/v1/import", {"items": ASINS[:2]}, key)
    job = site.post("/v1/import", {"items": ASINS[:12]}, {"Idempotency-Key": "job"}).json
    clock.advance(hours=24, seconds=1)

    other = site.post("/v1/import", {"items": ASINS[2:4]}, key)

    assert [result["asin"] for result in other.json["results"]] == ASINS[2:4]
    assert site.get(job["status_url"]).status == 404


def test_idempotency_keys_of_two_sites_are_independent(site: Site, deps: Dependencies) -> None:
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    key = {"idempotency-key": "one"}
    mine = site.post("/v1/import", {"items": ASINS[:11]}, key)
    theirs = other.post("/v1/import", {"items": ASINS[:12]}, key)
    assert (mine.status, theirs.status) == (202, 202)
    run_imports(deps)
    assert len(site.changes()[0]) == 11
    assert len(other.changes()[0]) == 12


def test_failed_import_can_be_repeated_with_the_same_key(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.add_fault(Fault("500", times=9, operation="GetItems"))
    key = {"Idempotency-Key": "again"}
    failed = site.post("/v1/import", {"items": ASINS[:2]}, key)
    assert (failed.status, failed.json["code"]) == (503, "amazon_unavailable")
    amazon.control.reset()
    amazon.control.put_account(
        ACCESS_KEY, AccountBody(secret_key=SECRET_KEY, partner_tags={"US": TAG})
    )
    done = site.post("/v1/import", {"items": ASINS[:2]}, key)
    assert [result["status"] for result in done.json["results"]] == ["imported"] * 2


def test_failing_marketplace_does_not_affect_another(site: Site, amazon: FakeAmazon) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.put_account(ACCESS_KEY, AccountBody(partner_tags={"US": TAG}))
    items = [ASINS[0], "https://www.amazon.de/dp/B0TEST0001"]
    results = site.post("/v1/import", {"items": items}).json["results"]
    assert [result["status"] for result in results] == ["imported", "failed"]
    assert results[1]["problem"]["code"] == "amazon_partner_tag_rejected"


def test_job_of_another_site_is_not_found(site: Site, deps: Dependencies) -> None:
    job_id = site.post("/v1/import", {"items": ASINS[:11]}).json["job_id"]
    other = Site.sign_up(deps)
    foreign = other.get(f"/v1/import/{job_id}")
    absent = other.get(f"/v1/import/job_{'0' * 32}")
    assert (foreign.status, foreign.text) == (404, absent.text)
    cursor = site.get(f"/v1/import/{job_id}", limit="3").json.get("next_cursor")
    second = site.post("/v1/import", {"items": ASINS[:12]}).json["job_id"]
    mixed = site.get(f"/v1/import/{second}", cursor=cursor)
    assert (mixed.status, mixed.json["field"]) == (400, "cursor")


def test_repeated_import_adds_changes_only_for_changed_products(
    site: Site, amazon: FakeAmazon, aws: Config
) -> None:
    site.post("/v1/import", {"items": ASINS[:3]})
    added, cursor = site.changes()
    products = aws_spy.table(aws.products_table)
    site.post("/v1/import", {"items": ASINS[:3]})
    assert site.changes(cursor)[0] == []
    assert aws_spy.table(aws.products_table) == products
    amazon.control.set_price(PriceBody(ASINS[1], "US", amount=777))
    site.post("/v1/import", {"items": ASINS[:3]})
    changed, _ = site.changes(cursor)
    assert [(c["asin"], c["kind"]) for c in changed] == [(ASINS[1], "price")]
    assert len(added) == 3


def test_free_slots_are_filled_before_a_new_shelf(
    site: Site, amazon: FakeAmazon, aws: Config
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:14]})
    site.delete(f"/v1/products/{ASINS[4]}")
    site.post("/v1/import", {"items": ASINS[20:21]})
    amazon.control.set_gone(GoneBody(ASINS[30]))
    site.post("/v1/import", {"items": ASINS[30:31]})
    sizes = sorted(item["slots"].count("B0TEST") for item in aws_spy.table("ShelvesTable").values())
    assert sizes == [4, 10]


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb", "\x7f"])
def test_idempotency_key_is_printable_ascii(site: Site, key: str) -> None:
    reply = site.post("/v1/import", {"items": ASINS[:1]}, {"Idempotency-Key": key})

    assert (reply.status, reply.json["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize("key", ["x", "x" * 255])
def test_idempotency_key_of_any_length_up_to_the_maximum_is_accepted(site: Site, key: str) -> None:
    reply = site.post("/v1/import", {"items": ASINS[:1]}, {"Idempotency-Key": key})

    assert reply.status == 200
