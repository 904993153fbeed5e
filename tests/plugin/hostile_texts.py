"""Random texts of a hostile author, and a check for scripts in HTML."""

import random
from html.parser import HTMLParser

from tests.plugin.display_site import CURRENT, OTHER, WAITING

HANDLERS = (
    "x onx=1 y", "x onx=1//", "' onx=1 '", '" onx=1 "', "onx=1", " onx=1 id='", ' onx=1 id="',
)  # fmt: skip
SHORTCODES = (
    f"[amzlinkr asin={CURRENT}]",
    f"[amzlinkr asin={CURRENT} display=link]",
    f"[amzlinkr asin={WAITING} display=savings]",
    f"[amzlinkr asin={OTHER} display=image title='@']",
    f'[amzlinkr asin={CURRENT} title="@"]',
    f"[amzlinkr asin={CURRENT} button='@' display=button]",
    f"[amzlinkr asin={CURRENT} rows='@:@' display=table]",
    f"[amzlinkr asin={CURRENT}",
    f"[[amzlinkr asin={CURRENT}]]",
    "[amzlinkr_list name=a fallback='@']",
    "[amzlinkr]",
    "[/amzlinkr]",
    "]",
    f"[asa2 {CURRENT}]",
    f"[amazon box={CURRENT} title='@']",
    f"[amazon link='{CURRENT}' title='@']",
    "[lasso id=5 title='@']@[/lasso]",
    f"[easyazon_link identifier={CURRENT}]@[/easyazon_link]",
    f"[easyazon_infoblock identifier={CURRENT}]",
    "[audio class='@' src=https://e.example/a.mp3]",
    "[caption id='@' width=300]<img src='/a'>@[/caption]",
)
TAGS = (
    "<p~>", "</p>", "<b~>", "</b>", "<img~>", "<a~>", "</a>", "<div~>", "</div>", "<!--", "-->",
    "<br>", "<pre~>", "</pre>", "<!-- wp:paragraph -->", "<!-- /wp:paragraph -->", "<ul><li~>",
    "<textarea~>", "</textarea>", "<h2~>", "<span~>", "<table~><td>", "<", ">",
    f'<!-- wp:amzlinkr/product {{"asin":"{CURRENT}","title":"@"}} /-->',
)  # fmt: skip
NAMES = (
    "title", "alt", "lang", "id", "class", "dir", "style", "href", "src", "data-asin", "data-x",
    "aria-label",
)  # fmt: skip
PARTS = (
    "\n", " ", "'", '"', "a", "=", "id=", " id='", ' id="', " data-asin=", "class=", "<p>", ">",
    "&quot;",
)  # fmt: skip
"""Parts of texts. A handler of HANDLERS takes the place of `@`, and attributes that of `~`."""


def create_text(seed: int) -> str:
    """Return a random text."""
    chance = random.Random(seed)  # noqa: S311 -- texts, not keys
    return "".join(_fill(chance, _piece(chance)) for _ in range(chance.randint(1, 6)))


def find_scripts(markup: str) -> list[str]:
    """Return the event handlers, scripts, and links to scripts in HTML."""
    parser = _Parser()
    parser.feed(markup)
    parser.close()
    return parser.found


def _piece(chance: random.Random) -> str:
    code = chance.choice(SHORTCODES)
    return chance.choice(
        (chance.choice(TAGS), code, "\n", "\n\n", "w ", f"\n{code}\n", f"<p~>x {code} y</p>")
    )


def _fill(chance: random.Random, piece: str) -> str:
    while "~" in piece:
        piece = piece.replace("~", _attributes(chance), 1)
    while "@" in piece:
        piece = piece.replace("@", chance.choice(HANDLERS), 1)
    return piece


def _attributes(chance: random.Random) -> str:
    made = ""
    for _ in range(chance.randint(0, 3)):
        quote = chance.choice("'\"")
        value = "".join(_value(chance) for _ in range(chance.randint(1, 4)))
        made += f" {chance.choice(NAMES)}={quote}{value.replace(quote, '')}{quote}"
    return made


def _value(chance: random.Random) -> str:
    code = _fill(chance, chance.choice(SHORTCODES))
    return chance.choice((*PARTS, chance.choice(HANDLERS), code, f"\n{code}\n"))


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or ""):
                self.found.append(f"{tag} {name}={value}")
