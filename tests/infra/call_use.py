"""Use of calls, measured on the in-memory AWS and compared with the tables of costs."""

import time
from collections.abc import Callable
from dataclasses import replace
from random import Random

from amzlinkr.domain.amazon_errors import AmazonThrottled, Upstream
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.sites import Caller
from amzlinkr.http.searches import MAX_LIST_TERMS_BYTES
from infra.stranger_calls import SiteWork, StrangerCall
from infra.template_rates import read_template
from tests.calls import Reply
from tests.integration.aws_spy import record_calls
from tests.simulation.capacity import Ledger
from tests.site_client import Site

TEMPLATE = read_template()
ROUNDS = 5
VCPU_PER_GB = 1 / 1.769
AWS_CALL_MILLISECONDS = 10
PROBLEM = AmazonThrottled(
    upstream=Upstream("creators", 429, "TooManyRequests", "7b5ddeaa-2ad4-49ed-a11e-063b6ddffdd5")
)
"""The problem with the longest action that a connection may have without an earlier success."""
Send = Callable[[], Reply | dict[str, object]]


def longest_terms(number: int) -> str:
    """Return keywords of a list that are as long as they may be, and do not compress well."""
    letters = Random(number).choices("abcdefghijklmnopqrstuvwxyz", k=MAX_LIST_TERMS_BYTES - 2)  # noqa: S311 - reproducible, not secret
    return "".join(letters)


def connect_all(site: Site, *, is_link_only: bool = True) -> None:
    """Connect all marketplaces with the longest tags, and with the longest problems if called."""
    deps, now = site.deps, site.deps.clock.now()
    before = deps.sites.require(site.site_id).connections
    for number, code in enumerate(MARKETPLACES):
        connection = Connection.link_only(code, f"{'x' * 61}-{number:02d}", now)
        if not is_link_only:
            connection = replace(
                connection,
                api="creators",
                key_hint="…abcd",
                account_key=f"{number:064x}",
                secret_id=f"amzlinkr/{site.site_id}/{code}/{number:032x}",
                state=State.UNVERIFIED,
                credential_version="3.1",
            ).with_result(PROBLEM, now)
        deps.sites.connect(Caller(site.site_id, site.kid), connection, before.get(code), now)


def export_sender(site: Site) -> Send:
    """Return a function that reads the largest page of an export, with products and lists."""
    sizes: dict[str, int] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = site.get("/v1/export", cursor=cursor)
        sizes[cursor] = len(page.text)
        cursor = page.json.get("next_cursor")
    largest = max(sizes, key=lambda one: sizes[one])
    return lambda: site.get("/v1/export", cursor=largest)


def milliseconds_of(call: StrangerCall | SiteWork, seconds: float, aws_calls: int) -> float:
    """Return the billed milliseconds of processor time here, at the share that Lambda assigns."""
    vcpus = min(1.0, TEMPLATE.memory_gb(call.function or "AuthorizerFunction") * VCPU_PER_GB)
    return seconds * 1000 / vcpus + aws_calls * AWS_CALL_MILLISECONDS


def check_use(call: StrangerCall, send: Send, prepare: Callable[[], None], ledger: Ledger) -> None:
    """Assert that a call uses at most what its row assumes, each time after `prepare`."""
    durations, texts = [], []
    writes = reads = 0.0
    for _ in range(ROUNDS):
        prepare()
        ledger.entries.clear()
        with record_calls() as made:
            began = time.process_time()
            reply = send()
            durations.append(time.process_time() - began)
        writes = max(writes, sum(ledger.writes().values()))
        reads = max(reads, ledger.reads())
        texts.append(reply.text if isinstance(reply, Reply) else "")
    milliseconds = milliseconds_of(call, min(durations), len(made) + 1)
    shown = (call.name, milliseconds, len(texts[-1].encode()), writes, reads)
    assert milliseconds <= call.use.milliseconds, shown
    assert len(texts[-1].encode()) <= call.use.response_bytes or not texts[-1], shown
    assert writes <= call.use.writes, shown
    assert reads <= call.use.reads, shown
