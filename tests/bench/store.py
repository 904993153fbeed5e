"""The store of a benchmark: the AWS emulator, which has atomic conditional writes."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local.stack.emulator import OWNER_KEY, REGION, running_emulator
from infra.local.stack.processes import choose_port
from tests.bench.processes import OURS, running


@contextmanager
def emulated_store() -> Iterator[Mapping[str, str]]:
    """Create the template's tables and queues; yield the environment that names them."""
    with (
        tempfile.TemporaryDirectory(prefix="amzlinkr-bench-") as place,
        running_emulator(choose_port(None), Path(place) / "log", enforce_iam=False) as emulator,
    ):
        account = {
            "AWS_ENDPOINT_URL": emulator.endpoint,
            "AWS_ACCESS_KEY_ID": OWNER_KEY,
            "AWS_SECRET_ACCESS_KEY": OWNER_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "POWERTOOLS_SERVICE_NAME": "bench",
        }
        with running(OURS, "clients.our_tables", settings=account) as tables:
            named = tables.read()
        yield {**account, **named}
