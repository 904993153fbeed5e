"""Generator of malformed HTTP requests; the same seed always produces the same request."""

import json
import random
from dataclasses import dataclass
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 10**30, "", " ", "x" * 3000, "\u0000", "’ünï", "'; DROP", "<b>", [], {},
    [[]], ["B0DEMO0001", 7], {"a": {"b": [1]}}, "../../etc/passwd", "%00", "%ff", "null",
)  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "/validate": {
        "api": "paapi5",
        "access_key": "A" * 20,
        "secret_key": "s" * 40,
        "partner_tag": "x-20",
        "marketplace": "US",
    },
    "/import": {"items": ["B0DEMO0001"], "marketplace": "US"},
    "/signup": {"site_url": "http://127.0.0.1:1", "email": "a@example.com"},
}
QUERIES = {
    "/search": ("keywords", "page", "sort", "min_price", "in_stock", "marketplace", "category"),
    "/products": ("limit", "cursor", "marketplace"),
    "/changes": ("limit", "cursor"),
    "/import/job_1": ("limit", "cursor"),
    "/products/B0DEMO0001": ("marketplace",),
}


@dataclass(frozen=True)
class Malformed:
    """A request that the API must reject."""

    method: str
    path: str
    body: bytes | None
    headers: dict[str, str]


def malformed(seed: int, api_key: str) -> Malformed:
    """Return the malformed request for this seed."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    kind = rng.choice(("body", "body", "bytes", "query", "query", "path", "key"))
    if kind == "query":
        return _query(rng, headers)
    if kind == "path":
        name = rng.choice(("%2e%2e", "x" * 3000, "%00", "B0", "job_%F0%9F%92%A9", "~"))
        path = rng.choice(("/products/{}", "/import/{}", "/signup/{}/verify", "/nowhere/{}"))
        method = "POST" if "signup" in path else "GET"
        return Malformed(method, path.format(name), None, headers)
    if kind == "key":
        broken = rng.choice(("", "Bearer", "Bearer x", f"Basic {api_key}", f"Bearer {api_key}x"))
        return Malformed("GET", "/site", None, {"Authorization": broken})
    path = rng.choice(tuple(BODIES))
    body = _broken_bytes(rng) if kind == "bytes" else _broken_body(rng, dict(BODIES[path]))
    return Malformed("POST", path, body, headers)


def _query(rng: random.Random, headers: dict[str, str]) -> Malformed:
    path = rng.choice(tuple(QUERIES))
    name = rng.choice((*QUERIES[path], "unknown"))
    value = rng.choice(
        ("", "-1", "0", "101", "1e9", "abc", "%FF%FE", "%00", "é", "x" * 2000, "[]", f"1&{name}")
    )
    return Malformed("GET", f"{path}?{name}={value}&nonsense=1", None, headers)


def _broken_body(rng: random.Random, body: dict[str, Any]) -> bytes:
    field = rng.choice(tuple(body))
    change = rng.choice(("junk", "missing", "unknown"))
    if change == "missing":
        body.pop(next(iter(body)) if field == "marketplace" else field)
    elif change == "unknown":
        body[f"{field}_"] = 1
    else:
        body[field] = rng.choice([junk for junk in JUNK if not isinstance(junk, str) and junk])
    return json.dumps(body).encode()


def _broken_bytes(rng: random.Random) -> bytes:
    return rng.choice(
        (
            b"", b"{", b"null", b"[]", b"\xff\xfe{}", b"\x00", b'{"api":', b"{}" * 40_000,
            b"[" * 20_000, b'"\\ud800"', b'{"items": ["\\ud800"]}', b"NaN", b"1e999", b"<xml/>",
        )
    )  # fmt: skip
