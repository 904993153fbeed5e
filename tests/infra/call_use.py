"""Use of calls, measured on the in-memory AWS and compared with the tables of costs."""

import time
from collections.abc import Callable
from random import Random

from amzlinkr.http.searches import MAX_LIST_TERMS_BYTES
from infra.stranger_calls import SiteWork, StrangerCall
from infra.template_rates import read_template
from tests.calls import Reply
from tests.integration.aws_spy import record_calls
from tests.simulation.capacity import Ledger

TEMPLATE = read_template()
ROUNDS = 5
VCPU_PER_GB = 1 / 1.769
AWS_CALL_MILLISECONDS = 10
Send = Callable[[], Reply | dict[str, object]]


def longest_terms(number: int) -> str:
    """Return keywords of a list that are as long as they may be, and do not compress well."""
    letters = Random(number).choices("abcdefghijklmnopqrstuvwxyz", k=MAX_LIST_TERMS_BYTES - 2)  # noqa: S311 - reproducible, not secret
    return "".join(letters)


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
    import os
    if os.environ.get("MEASURE"):
        print("MEASURED", call.name, round(milliseconds), len(texts[-1].encode()), writes, reads, "| row", call.use, flush=True, file=open("/tmp/h/fixcosts/measured","a"))
        return
    shown = (call.name, milliseconds, len(texts[-1].encode()), writes, reads)
    assert milliseconds <= call.use.milliseconds, shown
    assert len(texts[-1].encode()) <= call.use.response_bytes or not texts[-1], shown
    assert writes <= call.use.writes, shown
    assert reads <= call.use.reads, shown
