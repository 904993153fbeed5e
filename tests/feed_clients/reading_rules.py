"""Rules of reading the change feed, each as a test of a client."""

import time
from threading import Event

from tests.feed_clients.clients import FeedClient, Run
from tests.feed_clients.scripted_service import (
    NO_RESPONSE,
    Response,
    ScriptedService,
    entry,
    page,
    problem,
    product,
    saved_list,
)


def amounts(client: FeedClient) -> dict[str, int]:
    """Run a client and return the prices that it shows, by ASIN."""
    shown = client.run().shown.items()
    return {asin: record["price"]["amount"] for asin, record in shown if "price" in record}


def pages_follow_until_the_end(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1")), cursor="c1", has_more=True),
        page(entry(product("B2")), cursor="c2"),
        page(entry(product("B1", 2000)), cursor="c3"),
    ]

    assert amounts(client) == {"B1": 1000, "B2": 1000}
    assert amounts(client) == {"B1": 2000, "B2": 1000}
    assert service.cursors() == ["", "c1", "c2"]


def page_may_be_empty(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [page(cursor="c1", has_more=True), page(entry(product("B1")), cursor="c2")]

    assert amounts(client) == {"B1": 1000}


def removed_products_and_lists_are_dropped(client: FeedClient, service: ScriptedService) -> None:
    tea = saved_list("tea", product("B3"))
    service.pages = [
        page(entry(product("B1")), entry(product("B2")), entry(tea), cursor="c1"),
        page(entry(product("B1"), "removed"), cursor="c2"),
        page(
            entry({"name": "tea", "marketplace": "US"}, "list_removed"), cursor="c3", checked_at={}
        ),
    ]

    assert list(client.run().shown) == ["B1", "B2", "tea"]
    assert list(client.run().shown) == ["B2", "tea"]
    assert list(client.run().shown) == ["B2"]


def unknown_kinds_are_updates(client: FeedClient, service: ScriptedService) -> None:
    changed = product("B1", availability="from_the_future", new={"field": 1})
    service.pages = [
        page(entry(changed, "from_the_future"), {"kind": "without_product"}, cursor="c1")
    ]

    assert client.run() == Run([changed], "")
    client.run()
    assert service.cursors() == ["", "c1"]


def cursor_is_stored_with_the_entries_before_it(
    client: FeedClient, service: ScriptedService
) -> None:
    service.pages = [page(entry(product("B1")), cursor="c1", has_more=True), NO_RESPONSE]
    assert client.run().messages

    service.pages = [page(entry(product("B2")), cursor="c2")]
    assert amounts(client) == {"B1": 1000, "B2": 1000}
    assert service.cursors()[-1] == "c1"


def killed_client_continues(client: FeedClient, service: ScriptedService) -> None:
    end = Event()
    service.pages = [
        page(entry(product("B1")), cursor="c1", has_more=True),
        Response(0, waits=end),
    ]
    with client.start() as process:
        while len(service.requests) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    end.set()

    service.pages = [page(entry(product("B2")), cursor="c2")]
    assert amounts(client) == {"B1": 1000, "B2": 1000}


def old_cursor_starts_again(client: FeedClient, service: ScriptedService) -> None:
    tea, coffee = saved_list("tea", product("B8")), saved_list("coffee", product("B9"))
    before = [entry(record) for record in (product("B1"), product("B2"), tea, coffee)]
    service.pages = [
        page(*before, cursor="c1"),
        problem(410),
        page(entry(product("B2", 2000)), cursor="c2", has_more=True),
        page(entry(product("B3")), entry(coffee), cursor="c3"),
    ]
    client.run()

    assert list(client.run().shown) == ["B2", "B3", "coffee"]
    assert service.cursors() == ["", "c1", "", "c2"]


def restart_keeps_products_until_its_end(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1")), entry(product("B2")), cursor="c1"),
        problem(410),
        page(entry(product("B2")), cursor="c2", has_more=True),
        NO_RESPONSE,
    ]
    client.run()
    assert list(client.run().shown) == ["B1", "B2"]

    service.pages = [page(entry(product("B3")), cursor="c3")]
    assert list(client.run().shown) == ["B2", "B3"]


def cursor_of_another_site_starts_again(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1")), cursor="c1"),
        problem(400),
        page(entry(product("B2")), cursor="c2"),
    ]
    client.run()

    assert list(client.run().shown) == ["B2"]


def retry_after_is_kept(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1")), cursor="c1"),
        problem(429, Retry_After="3600"),
        page(entry(product("B1", 2000)), cursor="c2"),
    ]
    client.run()
    assert "Act on 429." in client.run().messages

    assert amounts(client) == {"B1": 1000}
    assert service.cursors() == ["", "c1"]


def wait_ends(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [problem(503, Retry_After="1"), page(entry(product("B1")), cursor="c1")]
    client.run()
    time.sleep(1.1)

    assert amounts(client) == {"B1": 1000}


def problems_keep_what_is_stored(client: FeedClient, service: ScriptedService) -> None:
    for response in (problem(500), problem(401), NO_RESPONSE):
        client.file.unlink(missing_ok=True)
        service.pages = [page(entry(product("B1")), cursor="c1"), response]
        client.run()
        run = client.run()
        assert run.messages
        assert list(run.shown) == ["B1"]
        assert amounts(client) == {"B1": 1000}
        assert service.cursors()[-1] == "c1"


READING_RULES = (
    pages_follow_until_the_end, page_may_be_empty, removed_products_and_lists_are_dropped,
    unknown_kinds_are_updates, cursor_is_stored_with_the_entries_before_it,
    killed_client_continues, old_cursor_starts_again, restart_keeps_products_until_its_end,
    cursor_of_another_site_starts_again, retry_after_is_kept, wait_ends,
    problems_keep_what_is_stored,
)  # fmt: skip
