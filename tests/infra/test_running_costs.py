"""Costs of the service: the arithmetic, the target, the document, and the measured inputs."""

import os
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from infra import measured_use as use
from infra import prices, running_costs
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.running_costs import (
    KMS_LINE,
    MAX_DOLLARS_PER_SITE,
    SECRETS_MANAGER_LINE,
    Scenario,
    cost_lines,
    total_of,
)
from infra.stranger_calls import AUTHORIZED
from infra.template_rates import read_template
from tests.bench.scale import run_day
from tests.calls import authorize_key, run_imports, run_sync
from tests.clock import START, FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.infra.call_use import AWS_CALL_MILLISECONDS
from tests.infra.conftest import ROOT
from tests.integration.aws_spy import record_calls
from tests.observability.stack import alarms, rollback_alarms
from tests.simulation.capacity import Ledger
from tests.simulation.memory_aws import MemoryAws
from tests.site_client import Site

RATES = read_template()
LARGE = Scenario()
ASINS = [f"B0TEST{number:04d}" for number in range(100)]


def dollars(scenario: Scenario, store: str, name: str) -> float:
    """Return the dollars of one line of the bill."""
    (line,) = [line for line in cost_lines(scenario, store, RATES) if line.name == name]
    return line.dollars


def test_site_costs_at_most_the_target_with_kms() -> None:
    lines = cost_lines(LARGE, "kms", RATES)

    assert all(line.dollars > 0 for line in lines)
    assert total_of(lines) / LARGE.sites <= MAX_DOLLARS_PER_SITE


def test_alarms_are_those_of_a_public_service_with_the_canary() -> None:
    """AWS bills an alarm by the metrics that it reads."""
    every_alarm = (*alarms("all").values(), *rollback_alarms().values())

    assert sum(len(alarm.metrics) for alarm in every_alarm) == use.ALARMS


def test_scenario_is_counted_in_months_of_730_hours() -> None:
    assert (LARGE.refreshes, LARGE.shelves, LARGE.polls) == (730e6, 73e6, 43.8e6)
    daily = replace(LARGE, refresh_hours=24, poll_minutes=60)
    assert daily.refreshes == pytest.approx(730e6 / 24)
    assert daily.polls == pytest.approx(7.3e6)


def test_arithmetic_of_the_lines() -> None:
    assert dollars(LARGE, "kms", "Price sync: writes") == pytest.approx(
        730 * use.WRITES_PER_PRODUCT * 0.625
    )
    assert dollars(LARGE, "kms", "Polls: API Gateway") == pytest.approx(43.8 * 3.50)
    kms = 1.00 + 0.40 + 73 * use.DECRYPTIONS_PER_SHELF * (3.00 + 0.125)
    assert dollars(LARGE, "kms", KMS_LINE) == pytest.approx(kms)
    secrets = 10_001 * 0.40 + 73 * use.DECRYPTIONS_PER_SHELF * 5.00
    assert dollars(LARGE, "secretsmanager", SECRETS_MANAGER_LINE) == pytest.approx(secrets)
    batches, seconds = 73e6 / use.ASSUMED_SHELVES_PER_BATCH, use.ASSUMED_BATCH_SECONDS
    logs = 43.8e6 * (2 * 1_500 + 400) + (batches + 8_760) * 1_500
    stored = logs * 30 / (730 / 24)
    assert dollars(LARGE, "kms", "Storage of the logs") == pytest.approx(stored * 0.03e-9)
    compute = RATES.memory_gb("RefreshShelvesFunction") * seconds * prices.GB_SECOND
    worker = dollars(LARGE, "kms", "Price sync: workers")
    assert worker == pytest.approx(batches * (compute + 0.20e-6 + 1_500 * 0.50e-9))


@pytest.mark.parametrize(
    "lines",
    [
        running_costs.unit_lines(RATES),
        running_costs.bill_lines(LARGE, RATES),
        running_costs.assumption_lines(LARGE, RATES),
    ],
    ids=["units", "bill", "assumptions"],
)
def test_document_has_the_tables(lines: Iterator[str]) -> None:
    text = (ROOT / "docs" / "scaling.md").read_text("utf-8")

    assert "\n".join(lines) in text, (
        "Replace the tables by the output of: python -m infra.running_costs"
    )


def test_site_costs_the_target_at_the_limit_of_an_assumption() -> None:
    *_, shelves, seconds = running_costs.assumption_lines(LARGE, RATES)
    fewest, longest = (float(row.split("|")[3].rstrip(" s")) for row in (shelves, seconds))
    scenarios = replace(LARGE, shelves_per_batch=fewest), replace(LARGE, batch_seconds=longest)

    assert fewest < LARGE.shelves_per_batch
    assert longest > LARGE.batch_seconds
    for scenario in scenarios:
        total = total_of(cost_lines(scenario, "kms", RATES)) / LARGE.sites
        assert total == pytest.approx(MAX_DOLLARS_PER_SITE, abs=0.0005)


def test_refresh_uses_about_what_the_table_assumes(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, "w") as null, redirect_stdout(null):
        day = run_day(4, timedelta(hours=1), hours=4)

    # A short run with few sites writes up to a tenth more or less than a day with a hundred.
    assert day.units_per_product == pytest.approx(use.WRITES_PER_PRODUCT, rel=0.12)
    assert day.reads / day.products == pytest.approx(use.READS_PER_PRODUCT, rel=0.25)


def test_new_due_time_costs_one_write_of_the_index(clock: FakeClock) -> None:
    aws = MemoryAws(clock.now)
    with aws.attached() as config:
        shelves, ledger = Dependencies(config, clock).shelves, aws.dynamodb.ledger
        shelf = Shelf("site_a", "US", "1", (Slot("B000000001", None),), START, START)
        item_from_shelf(shelf).save()
        ledger.is_enabled = True

        assert shelves.reschedule(replace(shelf, version=1), START + timedelta(hours=1))

    assert {index: units for (_, _, index), units in ledger.writes().items()} == {"": 1, "due": 1}


def test_poll_uses_what_the_table_assumes(clock: FakeClock, amazon: FakeAmazon) -> None:
    aws = MemoryAws(clock.now)
    with aws.beneath() as config:
        deps = Dependencies(replace(config, amazon_url=amazon.url), clock)
        deps.map_concurrently.max_threads = 1
        site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
        assert site.post("/v1/import", {"items": ASINS}).status == 202
        run_imports(deps)
        _, cursor = site.changes()
        authorize_key(deps, site.api_key)
        ledger = aws.dynamodb.ledger
        ledger.is_enabled = True

        idle = usage_of_a_poll(site, cursor, ledger)
        ledger.entries.clear()
        authorize_key(deps, site.api_key)
        assert (ledger.reads(), sum(ledger.writes().values())) == (AUTHORIZED.reads, 0)
        for asin in ASINS:
            amazon.control.set_price(PriceBody(asin, "US", amount=4242))
        clock.advance(hours=1)
        run_sync(deps)
        changed = usage_of_a_poll(site, cursor, ledger)

    writes, reads, size, calls = idle
    assert (writes, reads) == (use.POLL_WRITES, use.POLL_READS)
    assert size <= use.POLL_BYTES
    assert calls * AWS_CALL_MILLISECONDS < use.POLL_MILLISECONDS
    each = [(after - before) / len(ASINS) for after, before in zip(changed, idle, strict=True)]
    assert each[0] == 0
    assert each[1] == pytest.approx(use.CHANGE_READS, rel=0.15)
    assert each[2] == pytest.approx(use.CHANGE_BYTES, rel=0.15)


def usage_of_a_poll(site: Site, cursor: str, ledger: Ledger) -> tuple[float, ...]:
    """Return the write and read units, bytes, and AWS calls of one poll."""
    ledger.entries.clear()
    with record_calls() as made:
        reply = site.get("/v1/changes", cursor=cursor)
    used = sum(ledger.writes().values()), ledger.reads()
    # The call that counts the request is not among the recorded ones.
    return *used, len(reply.text), len(made) + 1
