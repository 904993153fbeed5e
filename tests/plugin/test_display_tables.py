"""Comparison tables and paragraphs with shortcodes."""

import re
from collections.abc import Iterator

import pytest

from tests.plugin.display_site import (
    CURRENT,
    DISCLAIMER,
    MISSING,
    OTHER,
    WAITING,
    display_site,
    product,
    render,
    text_of,
)
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

STORE_OLDER = """
$product['observed_at'] = gmdate( 'c', time() - 2 * HOUR_IN_SECONDS );
return AmzLinkr\\Products\\store( array( $product ), 1 );
"""
FILTER = """
add_shortcode( 'amzlinkr', static fn() => '<div>B</div>' );
return array_map( static fn( $text ) => apply_filters( 'the_content', $text ), $texts );
"""
SPLIT_WITH_LIMIT = """
// Without a compiler for patterns, each step counts.
ini_set( 'pcre.jit', '0' );
ini_set( 'pcre.backtrack_limit', '100000' );
return AmzLinkr\\Paragraphs\\split( $text );
"""
SPLIT = "return array_map( 'AmzLinkr\\Paragraphs\\split', $texts );"
BOX = f"[amzlinkr asin={CURRENT}]"
LINK = f"[amzlinkr asin={CURRENT} display=link]"
PARAGRAPHS = {
    f"<p>a {BOX} b</p>": f"<p>a </p>{BOX}<p> b</p>",
    f'<p id="x" class="y">a<br>{BOX}{BOX}b</p>': f'<p id="x" class="y">a<br></p>{BOX}{BOX}'
    '<p class="y">b</p>',
    f"<p>{BOX}</p>": BOX,
    f"<p>&nbsp;{BOX}<br /></p>": BOX,
    f"<p>a <em>b</em> {BOX} <a href='c'>d<br>e</a> f</p>": f"<p>a <em>b</em> </p>{BOX}"
    "<p> <a href='c'>d<br>e</a> f</p>",
    f"<P ID=x title='y' STYLE='a' style='color:#123;top:0'>a{BOX}b{BOX}c</P>": "<P ID=x title='y' "
    f"STYLE='a' style='color:#123;top:0'>a</p>{BOX}"
    f'<p style="color:#123;top:0">b</p>{BOX}<p style="color:#123;top:0">c</P>',
    f"<p class='a\"' dir=rtl style='b:url(c)' lang='='>a{BOX}b</p>": "<p class='a\"' dir=rtl "
    f"style='b:url(c)' lang='='>a</p>{BOX}<p dir=\"rtl\" style=\"b:url(c)\">b</p>",
    f"<p>{BOX}</p><p id='x'>{BOX}a{BOX}b</p>": f"{BOX}{BOX}<p id='x'>a</p>{BOX}<p>b</p>",
    # In another element, or where elements are not nested, nothing is clear.
    f"<p>a <em>b {BOX} c</em> d</p>": None,
    f"<p>a</em> {BOX} <em>b</p>": None,
    f"<p>a <em>b</p>{BOX}<p>c</em> {BOX} d</p>": None,
    f"<p>a <!-- {BOX} --> b</p>": None,
    f"<p>a <b title='>'>{BOX}</b></p>": None,
    f"<p>a <b title='> {BOX} c'>d</b> {BOX}</p>": None,
    f"<p title='a>{BOX}</p>'>b {BOX} c</p>": None,
    f'<p title="it\'s">{BOX} b</p>': f'{BOX}<p title="it\'s"> b</p>',
    f"<p>a <textarea>{BOX}</textarea></p>": None,
    f"<p>a {LINK} b</p>": None,
    f'<p>a <a title="{BOX}">b</a></p>': None,
    f"<p>a [{BOX}] b</p>": None,
    f"<div>a {BOX} b</div>": None,
    "<p>a [amzlinkr_list name=tea] b</p>": "<p>a </p>[amzlinkr_list name=tea]<p> b</p>",
    "<p>a [amzlinkrs asin=x] b</p>": None,
    f"<p>a</p>{BOX}<p>b {LINK} {BOX}</p><p>c</p>": f"<p>a</p>{BOX}<p>b {LINK} </p>{BOX}<p>c</p>",
    f"<p>a [amzlinkr asin={CURRENT} display=price] {BOX} b": None,
    LINK: f"<p>{LINK}</p>",
    f"<p>a</p>\n{LINK}\n{BOX}\n<p>b</p>": f"<p>a</p>\n<p>{LINK}</p>\n{BOX}\n<p>b</p>",
    f"<p>a<br />\n{LINK}</p>": None,
    f"<p>a\n{LINK}\nb</p>": None,
    f"<img alt='\n{LINK}\n'>": None,
    f"<img alt='{BOX}'>\n{LINK}\n<img alt='\n{LINK}\n": f"<img alt='{BOX}'>\n<p>{LINK}</p>\n"
    f"<img alt='\n{LINK}\n",
    f"<!--\n{LINK}\n-->": None,
    f"<b>{LINK}</b>": None,
    f"[{LINK}]": None,
}
"""Texts before and after the split; None if they do not change. A lone link gets a paragraph."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one site for all tests of this module."""
    with display_site() as running:
        yield running


def rows_of(markup: str) -> dict[str, list[str]]:
    """Return the texts of the cells of a table by the label of their row."""
    body = markup.partition("<tbody>")[2].partition("</tbody>")[0]
    found = {}
    for row in body.split("</tr>")[:-1]:
        label = text_of(row.partition("</th>")[0]) if "</th>" in row else ""
        found[label] = [text_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
    return found


def test_rows_are_chosen_and_the_best_value_is_marked(site: Site) -> None:
    rows = "price *2;Weight: 300 g | *250 g;brand;pros;Empty;Color:red"
    own = {"rows": rows, "pros": "Quiet;Cheap|", "title": "First|"}
    markup = render(site, f"{CURRENT},{OTHER}", display="table", **own)
    assert rows_of(markup) == {
        "Price": ["$10.00 −21% List price $19.00", "$20.00 −22% List price $29.00 Best"],
        "Weight": ["300 g", "250 g Best"],
        "Brand": ["Maker", "Maker"],
        "Pros": ["Quiet Cheap", ""],
        "Color": ["red", ""],
        "": ["", "Buy on Amazon First", "Buy on Amazon Title 2"],
    }
    assert markup.count('class="amzlinkr-table__best"') == 2
    assert markup.count('<th scope="col">') == 2
    assert markup.count('<th scope="row">') == 5
    assert markup.count(DISCLAIMER) == 1
    # Values of the author stay: a title, three values, a list, and two labels of buttons.
    assert len(re.findall(r"\sdata-own\b", markup)) == 7


def test_columns_of_products_without_data(site: Site) -> None:
    names = f"{MISSING},{WAITING},{CURRENT}"
    markup = render(site, names, display="table", rows="price;Weight: 1 g|*2 g|3 g")
    # A missing product has no column, and the other values stay with their products.
    rows = rows_of(markup)
    assert rows["Price"] == ["", "$10.00 −21% List price $19.00"]
    assert rows["Weight"] == ["2 g Best", "3 g"]
    head = markup.partition("<thead>")[2].partition("</thead>")[0]
    assert "See price on Amazon.com Title 1" in text_of(head)
    # Own values are a table also without any data from Amazon.
    markup = render(site, WAITING, display="table", rows="price;Weight: 1 g")
    assert list(rows_of(markup)) == ["Weight", ""]
    assert DISCLAIMER not in markup
    assert "data-until" not in markup


def test_different_times_are_in_the_cells(site: Site) -> None:
    site.php(STORE_OLDER, product=product(8))
    names = f"{CURRENT},B0SHOW0008,{WAITING}"
    markup = render(site, names, display="table")
    times = rows_of(markup)["As of"]
    assert len(set(times)) == 3
    assert times[2] == ""
    assert "Prices and availability as of" not in markup
    assert markup.count(DISCLAIMER) == 1
    grid = render(site, names)
    assert grid.count("as of ") == 2
    assert grid.count(DISCLAIMER) == 1


@pytest.mark.parametrize("start", ["<p ", "<p>", f"<p>{BOX}", "<p></b>"])
def test_each_paragraph_is_read_up_to_the_next_one(site: Site, start: str) -> None:
    text = start * 4000 + f"<p>a {BOX} b</p>"
    assert site.php(SPLIT_WITH_LIMIT, text=text).endswith(f"<p>a </p>{BOX}<p> b</p>")


@pytest.mark.parametrize("start", ["<p><a ", f"<p>{BOX}<b", "<!-- "])
def test_unclear_texts_are_not_changed(site: Site, start: str) -> None:
    text = start * 4000 + f"<p>a {BOX} b</p>"
    assert site.php(SPLIT_WITH_LIMIT, text=text) == text


def test_paragraphs_end_before_a_block(site: Site) -> None:
    texts = list(PARAGRAPHS)
    for text, split in zip(texts, site.php(SPLIT, texts=texts), strict=True):
        assert split == (PARAGRAPHS[text] or text)
    # With all filters of WordPress, in the classic editor and in a block.
    block = "<!-- wp:paragraph --><p>a {} b</p><!-- /wp:paragraph -->"
    shown = site.php(FILTER, texts=[f"a {BOX} b", f"a\n\n{BOX}\n\nb", block.format(BOX)])
    for html in shown:
        assert re.sub(r"\s+", "", html) == "<p>a</p><div>B</div><p>b</p>"
