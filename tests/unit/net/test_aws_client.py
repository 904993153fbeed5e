"""AWS clients are constructed on the first call, once for all threads, one after another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any

import pytest

from amzlinkr.net import aws_client


class Constructed:
    """A fake boto3 client."""

    def __init__(self, service: str) -> None:
        self.service = service

    def close(self) -> None:
        self.service = f"{self.service} again"

    def send_message(self, text: str) -> str:
        return f"{self.service}: {text}"


@pytest.fixture
def constructed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the services of the clients that were constructed."""
    services: list[str] = []

    def new_client(service: str) -> Any:
        services.append(service)
        return Constructed(service)

    monkeypatch.setattr(aws_client, "_new_client", new_client)
    return services


def test_client_is_constructed_on_the_first_call(constructed: list[str]) -> None:
    client = aws_client.aws_client("sqs")

    assert constructed == []
    assert client.send_message("a") == "sqs: a"
    assert client.send_message("b") == "sqs: b"
    assert constructed == ["sqs"]


def test_construction_in_advance_and_dropped_connections(constructed: list[str]) -> None:
    client, unused = aws_client.LazyClient("sqs"), aws_client.LazyClient("secretsmanager")

    client.construct()
    assert constructed == ["sqs"]
    client.reset()
    unused.reset()

    assert client.send_message("a") == "sqs again: a"
    assert constructed == ["sqs"]


def test_all_clients_share_one_session() -> None:
    assert aws_client.aws_session() is aws_client.aws_session()


def test_concurrent_threads_share_one_client(constructed: list[str]) -> None:
    client, together = aws_client.aws_client("sqs"), Barrier(4)

    def call(text: str) -> str:
        together.wait()
        return str(client.send_message(text))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(call, "abcd")) == ["sqs: a", "sqs: b", "sqs: c", "sqs: d"]
    assert constructed == ["sqs"]


def test_clients_of_two_services_are_not_constructed_concurrently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both_construct, overlapping = Barrier(2), []

    def new_client(service: str) -> Any:
        try:
            both_construct.wait(timeout=0.2)
            overlapping.append(service)
        except BrokenBarrierError:
            pass  # no other construction began within the timeout
        return Constructed(service)

    monkeypatch.setattr(aws_client, "_new_client", new_client)
    clients = [aws_client.aws_client(service) for service in ("sqs", "secretsmanager")]

    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(lambda client: client.send_message("a"), clients))

    assert texts == ["sqs: a", "secretsmanager: a"]
    assert overlapping == []


def test_threads_that_find_no_client_construct_one(
    constructed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, together = Lock(), Barrier(3)

    class LockOfAll:
        """A lock that is requested by three threads before any of them gets it."""

        def __enter__(self) -> None:
            together.wait()
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    monkeypatch.setattr(aws_client, "CONSTRUCTION_LOCK", LockOfAll())
    client = aws_client.LazyClient("sqs")

    with ThreadPoolExecutor(3) as pool:
        found = {id(each) for each in pool.map(lambda _: client.construct(), range(3))}

    assert (len(found), constructed) == (1, ["sqs"])


def test_call_is_repeated_once_and_leaves_time_to_report_a_failure() -> None:
    config = aws_client.aws_client("sqs").construct().meta.config
    attempts = config.retries["total_max_attempts"]

    assert attempts == 2
    assert attempts * (config.connect_timeout + config.read_timeout) <= 3
