"""Measured use of AWS by the service: the inputs of `infra.running_costs`, and two assumptions.

Change a number here when a measurement changes it, then run `python -m infra.running_costs`.
`tests/infra/test_running_costs.py` measures what the in-memory AWS can show.
"""

# Assumptions: both depend on SQS and on Amazon, and can only be measured in a deployed service.
ASSUMED_SHELVES_PER_BATCH = 2.0
"""Shelves that a worker receives together. The planner sends the shelves of all accounts in turns,
and SQS returns what it has, so that batches are small and their accounts differ."""
ASSUMED_BATCH_SECONDS = 0.4
"""Duration of such a batch: one response of Amazon, and the writes."""

# Measured.

WRITES_PER_PRODUCT = 1.25
"""Write units of a refreshed product (`python -m tests.bench scale`, 100 sites)."""
READS_PER_PRODUCT = 0.63
"""Read units of a refreshed product, the planner's included (the same run)."""
CHANGED_SHARE = 0.10
"""Share of the refreshed products with a changed price in that run."""
PLANNER_SECONDS = 240
"""Duration of a run of the planner: at most its timeout."""
POLL_WRITES, POLL_READS = 1.0, 5.0
"""Units of a call of `GET /v1/changes` without changes, which counts the call."""
CHANGE_READS, CHANGE_BYTES = 1.2, 1_750
"""Read units and bytes of each changed product in its response."""
POLL_MILLISECONDS, POLL_BYTES = 60, 330
DECRYPTIONS_PER_SHELF = 1.0
"""A process decrypts credentials once. With thousands of sites and several workers, a worker rarely
receives the shelves of one site twice, so each shelf counts."""
CUSTOM_METRICS, DASHBOARDS = 60, 1
ALARMS = 82
"""Metrics that alarms read, with `Alarms` `all` and the canary: AWS bills each of them."""
STORED_BYTES_PER_PRODUCT = 6_000
"""Offer, details, their copy in the index of the feed, and a tenth of a shelf."""
