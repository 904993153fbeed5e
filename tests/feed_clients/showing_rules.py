"""Rules of showing products and lists of the change feed, each as a test of a client."""

from typing import Any

from tests.feed_clients.clients import FeedClient
from tests.feed_clients.scripted_service import (
    NO_RESPONSE,
    ScriptedService,
    entry,
    hours_ago,
    page,
    product,
    saved_list,
    without_content,
)

OFFER: dict[str, Any] = {
    "list_price": {"amount": 2000, "currency": "USD", "display": "$20"},
    "list_price_kind": "was_price", "list_price_label": "Was:", "savings_percent": 50,
    "unit_price": "$1 / Count",
}  # fmt: skip
OLD = {"US": hours_ago(25)}
WITHHELD_NAMES = {"asin", "marketplace", "url", "price_status"}


def is_withheld(record: dict[str, Any]) -> bool:
    """Return whether a client shows nothing of a product but its ASIN and link."""
    return set(record) == WITHHELD_NAMES and record["price_status"] == "expired"


def content_is_shown_until_it_is_not_fresh(client: FeedClient, service: ScriptedService) -> None:
    fresh, old = product("B1"), product("B2", seen=24.1)
    service.pages = [page(entry(fresh), entry(old), cursor="c1", checked_at=OLD)]

    shown = client.run().shown

    assert shown["B1"] == fresh
    assert is_withheld(shown["B2"])


def confirmed_content_is_shown_longer(client: FeedClient, service: ScriptedService) -> None:
    """`checked_at` is 23 hours old, so that it ends later than `fresh_until`."""
    confirmed = {"US": hours_ago(23)}
    service.pages = [page(entry(product("B1", seen=24.1)), cursor="c1", checked_at=confirmed)]

    assert client.run().shown["B1"]["title"] == "Title of B1"
    assert service.asins() == []


def pages_before_the_last_confirm_nothing(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1", seen=24.1)), cursor="c1", has_more=True),
        NO_RESPONSE,
    ]

    assert is_withheld(client.run().shown["B1"])


def old_content_is_deleted(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(product("B1", seen=24.1)), cursor="c1", checked_at=OLD),
        page(cursor="c2", checked_at=OLD),
    ]
    client.run()
    client.run()

    assert "Title of B1" not in client.file.read_text("utf-8")
    assert service.asins() == []


def withheld_products_are_read_again(client: FeedClient, service: ScriptedService) -> None:
    old = [entry(product(asin, seen=24.1)) for asin in ("B1", "B2", "B3")]
    service.pages = [page(*old, cursor="c1", checked_at=OLD), page(cursor="c2")]
    service.products = [product("B1", 2000), without_content("B2", "expired")]
    client.run()

    shown = client.run().shown

    assert list(shown) == ["B1", "B2"]
    assert shown["B1"]["price"]["amount"] == 2000
    assert is_withheld(shown["B2"])
    assert service.asins() == [["B1", "B2", "B3"]]


def read_again_ends_with_the_content(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [page(entry(product("B1", seen=24.1)), cursor="c1", checked_at=OLD)]
    service.products = [product("B1")]
    for _ in range(4):
        client.run()

    assert service.asins() == [["B1"]]


def many_withheld_products_are_read_in_parts(client: FeedClient, service: ScriptedService) -> None:
    asins = [f"B{number:03}" for number in range(150)]
    entries = [entry(without_content(asin, "expired")) for asin in asins]
    service.pages = [page(*entries, cursor="c1")]
    service.products = [product(asin) for asin in asins]

    assert len([1 for one in client.run().records if "price" in one]) == 150
    assert [len(batch) for batch in service.asins()] == [100, 50]


def content_that_ended_during_the_read_is_read_again(
    client: FeedClient, service: ScriptedService
) -> None:
    service.pages = [page(entry(without_content("B1", "expired"), "price"), cursor="c1")]
    service.products = [product("B1")]

    assert client.run().records == service.products


def missing_and_waiting_products_have_links(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(
            entry(without_content("B1", "missing"), "missing"),
            entry(without_content("B2", "waiting"), "waiting"),
            cursor="c1",
        )
    ]

    shown = client.run().shown

    assert {asin: one["price_status"] for asin, one in shown.items()} == {
        "B1": "missing", "B2": "waiting",
    }  # fmt: skip
    assert service.asins() == []


def links_have_the_current_tag(client: FeedClient, service: ScriptedService) -> None:
    entries = [entry(without_content("B1", "missing"), "missing"), entry(product("B2"))]
    service.pages = [
        page(*entries, cursor="c1"),
        page(cursor="c2", tag="new-20"),
        page(cursor="c3", tag=""),
    ]
    client.run()

    for link in ("https://www.amazon.com/dp/B1?tag=new-20", "https://www.amazon.com/dp/B1"):
        shown = client.run().shown
        assert shown["B1"]["url"] == link
        assert shown["B2"]["url"] == "https://www.amazon.com/dp/B2?tag=old-20&th=1"


def ended_deals_have_no_price(client: FeedClient, service: ScriptedService) -> None:
    ended = product("B1", deal={"access": "all", "ends_at": hours_ago(0.1)}, **OFFER)
    running = product("B2", deal={"access": "all", "ends_at": hours_ago(-1)}, **OFFER)
    endless = product("B3", deal={"access": "all"}, **OFFER)
    tea = saved_list("tea", ended, running)
    service.pages = [page(*map(entry, (ended, running, endless, tea)), cursor="c1")]

    shown = client.run().shown

    assert not {"price", "deal", *OFFER} & set(shown["B1"])
    assert (shown["B1"]["price_status"], shown["B1"]["title"]) == ("hidden", "Title of B1")
    assert (shown["B2"], shown["B3"]) == (running, endless)
    assert shown["tea"]["items"] == [shown["B1"], running]


def lists_are_replaced_and_end(client: FeedClient, service: ScriptedService) -> None:
    first = saved_list("tea", product("B1"))
    second = saved_list("tea", product("B2"), fresh_until=hours_ago(0.1))
    service.pages = [
        page(entry(first), cursor="c1"),
        page(entry(second), cursor="c2"),
        page(cursor="c3", checked_at=OLD),
    ]

    assert client.run().shown == {"tea": first}
    assert client.run().shown == {"tea": second}
    assert client.run().shown["tea"] == {"name": "tea", "marketplace": "US", "items": []}


def lists_without_results_are_read_again(client: FeedClient, service: ScriptedService) -> None:
    old = hours_ago(0.1)
    lists = [
        saved_list("coffee", fresh_until=old),
        saved_list("mate", product("B2"), fresh_until=old),
        saved_list("tea", product("B1"), fresh_until=old),
    ]
    service.pages = [page(*map(entry, lists), cursor="c1", checked_at=OLD), page(cursor="c2")]
    service.lists = {name: saved_list(name, product("B3")) for name in ("coffee", "tea")}
    client.run()

    client.run()

    assert client.run().shown == service.lists


def empty_lists_are_not_confirmed(client: FeedClient, service: ScriptedService) -> None:
    service.pages = [
        page(entry(saved_list("tea", fresh_until=hours_ago(0.1))), cursor="c1"),
        page(cursor="c2"),
    ]
    service.lists = {"tea": saved_list("tea", product("B1"))}
    client.run()

    assert client.run().shown == service.lists


SHOWING_RULES = (
    content_is_shown_until_it_is_not_fresh, confirmed_content_is_shown_longer,
    pages_before_the_last_confirm_nothing, old_content_is_deleted,
    withheld_products_are_read_again, read_again_ends_with_the_content,
    many_withheld_products_are_read_in_parts, content_that_ended_during_the_read_is_read_again,
    missing_and_waiting_products_have_links, links_have_the_current_tag,
    ended_deals_have_no_price, lists_are_replaced_and_end,
    lists_without_results_are_read_again, empty_lists_are_not_confirmed,
)  # fmt: skip
