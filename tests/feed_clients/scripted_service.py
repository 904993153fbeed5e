"""A service on loopback with scripted responses to reads of the change feed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.stack.loopback_server import LoopbackServer

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """A response. Without status, the connection ends without one; `waits` delays it until then."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: Event | None = None


NO_RESPONSE = Response(0)


class ScriptedService(LoopbackServer):
    """A service that answers reads of the feed with `pages` in order, then with empty ones.

    `products` and `lists` are what it returns to other reads; `requests` are paths with query.
    """

    def __init__(self) -> None:
        self.pages: list[Response] = []
        self.products: list[JsonObject] = []
        self.lists: dict[str, JsonObject] = {}
        self.requests: list[str] = []
        super().__init__(_handler_class(self.respond))

    @property
    def url(self) -> str:
        """Return the URL of the API."""
        return f"{super().url}/v1"

    def cursors(self) -> list[str]:
        """Return the cursors of the reads of the feed."""
        parts = [urlsplit(path) for path in self.requests]
        reads = [part.query for part in parts if part.path == "/v1/changes"]
        return [parse_qs(query).get("cursor", [""])[0] for query in reads]

    def asins(self) -> list[list[str]]:
        """Return the ASINs of each read of products."""
        parts = [urlsplit(path) for path in self.requests]
        reads = [parse_qs(part.query) for part in parts if part.path == "/v1/products"]
        return [query["asins"][0].split(",") for query in reads]

    def respond(self, path: str) -> Response:
        """Return the response to a request."""
        self.requests.append(path)
        parts = urlsplit(path)
        if parts.path == "/v1/changes":
            return self.pages.pop(0) if self.pages else page(cursor="end")
        if parts.path == "/v1/products":
            query = parse_qs(parts.query)
            asins = query["asins"][0].split(",")
            assert len(asins) <= 100
            found = [one for one in self.products if one["asin"] in asins]
            return Response(200, {"products": found, "has_more": False})
        found_list = self.lists.get(parts.path.rpartition("/")[2])
        return Response(200, found_list) if found_list else problem(404)


def hours_ago(hours: float) -> str:
    """Return a time as the service writes it."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")[:19] + "Z"


def page(
    *changes: JsonObject, cursor: str, has_more: bool = False, tag: str = "tag-20", **fields: Any
) -> Response:
    """Return a page of the feed; everything was seen an hour ago unless `checked_at` is given."""
    connections = {"US": {"state": "valid", "partner_tag": tag}} if tag else {}
    body = {"next_cursor": cursor, "has_more": has_more, "connections": connections}
    return Response(200, body | {"checked_at": {"US": hours_ago(1)}, "changes": changes} | fields)


def problem(status: int, **headers: str) -> Response:
    """Return a problem."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(status, {"status": status, "action": f"Act on {status}."}, names)


def product(asin: str, amount: int = 1000, seen: float = 1, **fields: Any) -> JsonObject:
    """Return a product that was seen some hours ago."""
    return {
        "asin": asin,
        "marketplace": "US",
        "url": f"https://www.amazon.com/dp/{asin}?tag=old-20&th=1",
        "title": f"Title of {asin}",
        "price": {"amount": amount, "currency": "USD", "display": f"${amount / 100}"},
        "price_status": "current",
        "fresh_until": hours_ago(seen - 24),
        "features": [],
        **fields,
    }


def without_content(asin: str, price_status: str) -> JsonObject:
    """Return a product of which only the ASIN and the link are given."""
    link = f"https://www.amazon.com/dp/{asin}?tag=old-20"
    return {"asin": asin, "marketplace": "US", "url": link, "price_status": price_status}


def saved_list(name: str, *items: JsonObject, **fields: Any) -> JsonObject:
    """Return a list that was refreshed an hour ago."""
    base = {"name": name, "marketplace": "US", "size": 10, "query": {"keywords": "tea"}}
    return base | {"items": list(items), "fresh_until": hours_ago(-23), **fields}


def entry(record: JsonObject, kind: str = "price") -> JsonObject:
    """Return the entry of a product or list."""
    if "asin" in record:
        names = {"asin": record["asin"], "marketplace": "US", "kind": kind}
        return names if kind == "removed" else names | {"product": record}
    return {"marketplace": "US", "kind": "list" if kind == "price" else kind, "list": record}


def _handler_class(respond: Callable[[str], Response]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.headers["Authorization"].startswith("Bearer amzl_")
            response = respond(self.path)
            if response.waits is not None:
                response.waits.wait(60)
            if not response.status:
                self.close_connection = True
                return
            content = json.dumps(response.body).encode()
            self.send_response(response.status)
            for name, text in response.headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Suppress the access log."""

    return Handler
