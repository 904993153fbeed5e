"""Sizes of the parts of the benchmark: to check its limits, or for a smoke test."""

from dataclasses import dataclass

from infra.environments import PEERS, Environment


@dataclass(frozen=True, slots=True)
class Sizes:
    """Counts and durations of all parts."""

    warm_up_calls: int = 100
    rounds: int = 7
    turns: int = 6
    calls: int = 50
    """In each round, every client makes `turns` × `calls` calls."""
    lean: bool = True
    """Also measure calls with the lean response, which differs from the full one in size only."""
    tail_runs: int = 3
    tail_calls: int = 1_000
    import_rounds: int = 25
    limiter_seconds: int = 60
    asins: int = 1_000
    peer_asins: int = 200
    peer_failures: bool = True
    """Also measure a peer with a batch that always fails; its retries take many seconds."""
    runs_in_doubt: int = 3
    """Runs of a timed case after its first run missed the limit; the median decides."""
    worker_sites: int = 10
    worker_shelves: int = 4
    worker_memory: int | None = 256
    """Another memory size of the refresh worker, for comparison."""
    sites: tuple[int, ...] = (1, 100)
    hours: int = 24
    import_accounts: int = 50
    slow_accounts: int = 15
    import_products: int = 200
    peers: tuple[str, ...] = PEERS
    cold_functions: tuple[str, ...] = ()
    """Functions of which INIT is measured, without limits; empty for all, with limits."""
    cold_rounds: int = 5
    cold_source_rounds: int = 1
    """Rounds without bytecode; with none, the layer is not built, but the working tree is used."""


FULL = Sizes()


def smoke_sizes() -> Sizes:
    """Return sizes with which every part takes seconds; only installed peers take part."""
    return Sizes(
        warm_up_calls=2,
        rounds=1,
        turns=1,
        calls=2,
        lean=False,
        tail_runs=1,
        tail_calls=100,
        import_rounds=1,
        limiter_seconds=2,
        asins=40,
        peer_asins=20,
        peer_failures=False,
        runs_in_doubt=1,
        worker_sites=2,
        worker_shelves=1,
        worker_memory=None,
        sites=(1,),
        hours=2,
        cold_functions=("authorizer",),
        cold_rounds=1,
        cold_source_rounds=0,
        import_accounts=2,
        slow_accounts=1,
        import_products=20,
        peers=tuple(peer for peer in PEERS if Environment(peer).is_ready()),
    )
