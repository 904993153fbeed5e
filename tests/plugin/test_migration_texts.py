"""Shortcodes, blocks and links of other plugins in texts: each is found, and converted exactly."""

import base64
import random
from typing import Any

import pytest

from tests.plugin.migration_site import connected, encode
from tests.plugin.site import Site

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1", "6.5"])]

EXAMINE = """
$results = array();
foreach ( $contents as $content ) {
    $content  = base64_decode( $content );
    $examined = AmzLinkr\\MigrationPlaces\\examine( 'post:0', array( $content ) );
    $found    = array();
    foreach ( $examined['found'] as $each ) {
        $replacement = '' === $each['result']['problem']
            ? AmzLinkr\\MigrationRewriting\\get_replacement( $each, $each['result'] ) : null;
        $found[] = array(
            'name'        => $each['name'],
            'text'        => base64_encode( $each['text'] ),
            'is_in_place' => substr( $content, $each['start'], strlen( $each['text'] ) ) === $each['text'],
            'problem'     => $each['result']['problem'],
            'lost'        => $each['result']['lost'],
            'replacement' => $replacement,
            'products'    => array_map(
                static fn( $product ) => "{$product['marketplace']}:{$product['asin']}", $each['result']['products']
            ),
        );
    }
    $results[] = array( $found, $examined['links'] );
}
return $results;
"""  # noqa: E501 -- PHP
COMPARE = """
$run = array();
foreach ( array_keys( AmzLinkr\\MigrationMap\\SHORTCODES ) as $tag ) {
    add_shortcode( $tag, static function ( $attributes, $content, $tag ) use ( &$run ) {
        // WordPress encodes the brackets in comments.
        $decode = static fn( $text ) => str_replace( array( '&#91;', '&#93;' ), array( '[', ']' ), $text );
        $run[]  = array( $tag, $decode( $attributes ? $attributes : array() ), $decode( (string) $content ) );
        return 'run';
    } );
}
$plugins = array_keys( AmzLinkr\\MigrationMap\\PLUGINS );
foreach ( $texts as $text ) {
    $run   = array();
    $found = array();
    do_shortcode( $text );
    foreach ( AmzLinkr\\MigrationText\\find( $text, $plugins ) as $each ) {
        if ( 'comment' !== $each['problem'] ) {
            $found[] = array( $each['name'], $each['attributes'], (string) $each['content'] );
        }
    }
    $results[] = array( $found, $run );
}
return $results;
"""  # noqa: E501 -- PHP
A, B = "B0DEMO0000", "B0DEMO0001"
ONE = f'[amzlinkr asin="{A}"]'
CONVERTED = {
    f'[amazon box="{A}"]': ONE,
    f"[aawp box='{A}']": ONE,
    f'[amazon box="{A}" /]': ONE,
    f"[amazon box={A}]": ONE,
    f'[amazon box="{A.lower()}"]': ONE,
    f'[amazon box="{A}" title="My “mill” & more"]': f'[amzlinkr asin="{A}" title="My “mill” &amp; more"]',  # noqa: E501 -- text of another plugin
    f"""[amazon box="{A}" title='7" screen']""": f'[amzlinkr asin="{A}" title="7&quot; screen"]',
    f'[amazon box="{A}" description="Tom &amp; Jerry"]': f'[amzlinkr asin="{A}" text="Tom &amp; Jerry"]',  # noqa: E501 -- text of another plugin
    f"[amazon box={A}]<ul><li>one</li><li>two <b>x</b></li></ul>[/amazon]": f'[amzlinkr asin="{A}" text="one\ntwo x"]',  # noqa: E501 -- text of another plugin
    f'[amazon box="{A}, {B}"]': f'[amzlinkr asin="{A},{B}" display="box"]',
    f'[amazon box="{A},{A}"]': ONE,
    f"[asa]{A}[/asa]": ONE,
    f'[asa2 country_code="de"]{A}[/asa2]': f'[amzlinkr asin="{A}" marketplace="DE"]',
    '[asa tpl="flat"] 3551551677 [/asa]': '[amzlinkr asin="3551551677"]',
    f'[easyazon_infoblock align="none" identifier="{A}" locale="UK" tag="x-21"]': f'[amzlinkr asin="{A}" marketplace="UK"]',  # noqa: E501 -- text of another plugin
    f'[easyazon-block asin="{A}"]': ONE,
    f"[amazon_link asins='{A}' template='ProductAd' store='x-20' marketplace='GB' link_id='1-2']": f'[amzlinkr asin="{A}" marketplace="UK"]',  # noqa: E501 -- text of another plugin
    f"[amazon_link asins='{A},{B}|{B}' template='ProductGrid' marketplace='US|UK' store='a|b']": f'[amzlinkr asin="{A},{B}" marketplace="US" display="grid"]',  # noqa: E501 -- text of another plugin
    f'[content-egg module=Amazon products="us-{A}" template=item]': f'[amzlinkr asin="{A}" marketplace="US"]',  # noqa: E501 -- text of another plugin
    f'[content-egg-block template=offers_list product="de-{A}"]': f'[amzlinkr asin="{A}" marketplace="DE" layout="compact"]',  # noqa: E501 -- text of another plugin
    f'[lasso amazon_url="https://www.amazon.de/x/dp/{A}?tag=y" title="Mill"]': f'[amzlinkr asin="{A}" marketplace="DE" title="Mill"]',  # noqa: E501 -- text of another plugin
    f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{A}","title":"A \\u003cb\\u003eB\\u003c/b\\u003e","grid":"3"}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A}","title":"A B"}} /-->',  # noqa: E501 -- text of another plugin
    f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{A},{B}"}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A},{B}","display":"box"}} /-->',  # noqa: E501 -- text of another plugin
    f"<!-- wp:amazon-associates-link-builder/aalb-gutenberg-block {{\"shortCodeContent\":\"[amazon_link asins='{A}' marketplace='DE']\",\"searchKeyword\":\"x\"}} /-->": f'<!-- wp:amzlinkr/product {{"asin":"{A}","marketplace":"DE"}} /-->',  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/single-product {{"productTitle":"The mill","productContent":"Grinds","ratings":5}} -->\n<!-- wp:affiliatex/buttons {{"buttonURL":"https://www.amazon.com/dp/{A}?tag=x\\u0026y=1"}} /-->\n<!-- /wp:affiliatex/single-product -->': f'<!-- wp:amzlinkr/product {{"asin":"{A}","marketplace":"US","title":"The mill","text":"Grinds"}} /-->',  # noqa: E501 -- text of another plugin
    f'[amazon box="{A},{B}" grid="3" button_text="Look" image_size="small" price="none"]': f'[amzlinkr asin="{A},{B}" display="grid" button="Look" size="small" columns="3" hide="price"]',  # noqa: E501 -- text of another plugin
    f'[amazon box="{A}" template="vertical"]': f'[amzlinkr asin="{A}" layout="vertical"]',
    f'[amazon box="{A},{B}" template="vertical"]': f'[amzlinkr asin="{A},{B}" display="grid" layout="vertical"]',  # noqa: E501 -- text of another plugin
    f'[amazon box="{A},{B}" template="list"]': f'[amzlinkr asin="{A},{B}" display="box" layout="compact"]',  # noqa: E501 -- text of another plugin
    f'[amazon link="{A}" title="My mill" link_icon="amazon" /]': f'[amzlinkr asin="{A}" display="link" title="My mill"]',  # noqa: E501 -- text of another plugin
    f'[amazon fields="{A}" value="price"]': f'[amzlinkr asin="{A}" display="price"]',
    f'[amazon fields="{A}" value="title"]': f'[amzlinkr asin="{A}" display="title"]',
    f'[amazon fields="{A}" value="link"]': f'[amzlinkr asin="{A}" display="link"]',
    f'[amazon fields="{A}" value="thumb"]': f'[amzlinkr asin="{A}" display="image"]',
    f'[amazon fields="{A}" value="button"]': f'[amzlinkr asin="{A}" display="button"]',
    f'[amazon fields="{A}" value="percentage_saved"]': f'[amzlinkr asin="{A}" display="savings"]',
    f'<!-- wp:aawp/aawp-block {{"look":"fields","asin":"{A}","value_attr":"price"}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A}","display":"price"}} /-->',  # noqa: E501 -- text of another plugin
    f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{A},{B}","grid":"2"}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A},{B}","display":"grid","columns":2}} /-->',  # noqa: E501 -- text of another plugin
    f'[asa2_textlink asin={A} country_code="de"]the mill[/asa2_textlink]': f'[amzlinkr asin="{A}" marketplace="DE" display="link" title="the mill"]',  # noqa: E501 -- text of another plugin
    f'[easyazon_link identifier="{A}" locale="FR"]the <b>mill</b>[/easyazon_link]': f'[amzlinkr asin="{A}" marketplace="FR" display="link" title="the mill"]',  # noqa: E501 -- text of another plugin
    f'[easyazon_image identifier="{A}" src="x"]': f'[amzlinkr asin="{A}" display="image"]',
    f'[easyazon_cta asin="{A}"]': f'[amzlinkr asin="{A}" display="button"]',
    f"[amazon_textlink asin='{A}' text='the mill' template='ProductLink' marketplace='US']": f'[amzlinkr asin="{A}" marketplace="US" display="link" title="the mill"]',  # noqa: E501 -- text of another plugin
    f"[amazon_link asins='{A}' template='PriceLink']": f'[amzlinkr asin="{A}" display="price"]',
    f'[content-egg module=Amazon products="us-{A},de-{B}" template=grid]': f'[amzlinkr asin="{A},https://www.amazon.de/dp/{B}" marketplace="US" display="grid"]',  # noqa: E501 -- text of another plugin
    f'[lasso amazon_url="https://www.amazon.com/dp/{A}" type="button" primary_text="Look" badge="Best"]': f'[amzlinkr asin="{A}" marketplace="US" display="button" button="Look"]',  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/buttons {{"buttonLabel":"Look","buttonURL":"https://www.amazon.com/dp/{A}"}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A}","marketplace":"US","display":"button","button":"Look"}} /-->',  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/product-comparison {{"productComparisonTable":[{{"title":"One | mill","ribbonText":"Best","buttonURL":"https://www.amazon.com/dp/{A}?tag=x"}},{{"title":"","buttonURL":"https://www.amazon.com/dp/{B}"}}],"comparisonSpecs":[{{"title":"Weight: net","specs":["*300 g","\\u003cb\\u003e250 g\\u003c/b\\u003e"]}},{{"title":"","specs":[]}}]}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A},{B}","marketplace":"US","display":"table","title":"One / mill|","badge":"Best|","rows":"price\\nWeight  net: 300 g | 250 g"}} /-->',  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/product-table {{"productTable":[{{"name":"One","featuresList":[{{"list":"Quiet; fast"}}],"button1URL":"https://www.amazon.com/dp/{A}"}},{{"name":"Two","features":"\\u003cli\\u003eLight\\u003c/li\\u003e\\u003cli\\u003eSmall\\u003c/li\\u003e","button2URL":"https://amazon.de/dp/{B}"}}]}} /-->': f'<!-- wp:amzlinkr/product {{"asin":"{A},https://www.amazon.de/dp/{B}","marketplace":"US","display":"table","title":"One|Two","bullets":"Quiet, fast|Light\\nSmall","rows":"price\\nbullets"}} /-->',  # noqa: E501 -- text of another plugin
}  # fmt: skip
"""What is converted, and the text in its place."""
UNSUPPORTED = {
    '[amazon table="4232"]': ("table", []),
    '[amazon bestseller="tea, black" items="3"]': ("search", []),
    '[amazon new="283155"]': ("search", []),
    '[amazon box="4006381333931"]': ("no_product", []),
    f'[amazon box="{A},x"]': ("no_product", []),
    "[amazon]": ("no_product", []),
    '[amazon grid="3"]': ("no_product", []),
    "[asa_collection]my books[/asa_collection]": ("collection", []),
    "[asa2_smart x=1]": ("unknown", []),
    "[asa]x[/asa]": ("no_product", []),
    '[easyazon_link keywords="tea" locale="US"]text[/easyazon_link]': ("search", []),
    f'[easyazon_infoblock identifier="{A}" locale="CN"]': ("marketplace", [f"CN:{A}"]),
    "[content-egg module=Amazon template=grid]": ("no_product", []),
    '[content-egg module=Ebay products="abc"]': ("no_product", []),
    '[lasso id="99999"]': ("no_product", []),
    '[lasso category="tea" type="grid"]': ("group", []),
    '[affiliatex-product id="1"]': ("unknown", []),
    '<!-- wp:aawp/aawp-block {"look":"table","table":"12"} /-->': ("table", []),
    f'<!-- wp:affiliatex/single-product {{"a":"https://amazon.com/dp/{A} https://amazon.com/dp/{B}"}} /-->': ("several", [f"US:{A}", f"US:{B}"]),  # noqa: E501 -- text of another plugin
    '<!-- wp:affiliatex/single-product {"productTitle":"x"} /-->': ("no_product", []),
    '<!-- wp:affiliate-plugin/lasso {"short_code":"[lasso id=\\"9\\"]"} --><div>[lasso id="9"]</div><!-- /wp:affiliate-plugin/lasso -->': ("no_product", []),  # noqa: E501 -- text of another plugin
    f'[amazon box="{A}" title="[x]"]': ("nested", [f":{A}"]),
    f'[amazon box="{A}"] [amazon box="{B}"]text[/amazon]': ("nested", [f":{A}"]),
    f'<a href="[amazon fields={A} value=url]">x</a>': ("attribute", []),
    f'<!-- [amazon box="{A}"] -->': ("comment", []),
    f'<!-- wp:foo/bar {{"a":"[amazon box={A}]"}} /-->': ("comment", []),
    f'<pre><b>x</b>[amazon box="{A}"]</pre>': ("code", [f":{A}"]),
    f'<CODE>[amazon box="{A}"]</CODE>': ("code", [f":{A}"]),
    f'<script>x = "[amazon box={A}]";</script>': ("code", [f":{A}"]),
    f'[amazon link="{A}"]text[/amazon]': ("inner_text", [f":{A}"]),
    f'[amazon box="{A},{B}"]text[/amazon]': ("inner_text", [f":{A}", f":{B}"]),
    f'[easyazon_link identifier="{A}"]<img src="x">[/easyazon_link]': ("inner_text", [f":{A}"]),
    f'[easyazon_link identifier="{A}"]a <IMG src="x">[/easyazon_link]': ("inner_text", [f":{A}"]),
    f'[amazon fields="{A}" value="star_rating"]': ("field", [f":{A}"]),
    f'[content-egg-block template=price_history product="us-{A}"]': ("history", [f"US:{A}"]),
    f'[content-egg module=Amazon products="us-{A},cn-{B}"]': ("marketplace", [f"US:{A}", f"CN:{B}"]),  # noqa: E501 -- text of another plugin
    '[lasso id="9" type="table"]': ("table", []),
    f'<!-- wp:affiliatex/cta {{"x":"https://www.amazon.com/dp/{A}"}} /-->': ("text", [f"US:{A}"]),
    f'<!-- wp:affiliatex/buttons {{"buttonURL":"https://www.amazon.com/dp/{A} https://www.amazon.com/dp/{B}"}} /-->': ("several", [f"US:{A}", f"US:{B}"]),  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/product-table {{"productTable":[{{"button1URL":"https://www.amazon.com/dp/{A}"}},{{"button1URL":"https://example.com/"}}]}} /-->': ("row", [f"US:{A}"]),  # noqa: E501 -- text of another plugin
    f'<!-- wp:affiliatex/product-comparison {{"productComparisonTable":[{{"buttonURL":"https://www.amazon.com/dp/{A}"}},{{"buttonURL":"https://www.amazon.com/dp/{A}"}}]}} /-->': ("row", [f"US:{A}"]),  # noqa: E501 -- text of another plugin
    '<!-- wp:affiliatex/product-table {"productTable":"x"} /-->': ("no_product", []),
}  # fmt: skip
"""What stays, the reason, and the products that can be imported."""
NOTHING = (
    f'[[amazon box="{A}"]]', f"[[asa]{A}[/asa]]", "[amazonia box=x]", f'[Amazon box="{A}"]', "[amazon box=", "[amazon",  # noqa: E501 -- text of another plugin
    "", "amazon", "[", "]", "<", "<!--", "[gallery ids=1]", "[asana]", f'<!-- wp:amzlinkr/product {{"asin":"{A}"}} /-->',  # noqa: E501 -- text of another plugin
    f'[amzlinkr asin="{A}"]', f'&#91;amazon box="{A}"]',
)  # fmt: skip
LINKS = {
    f"https://www.amazon.de/dp/{A}": ("link", A, "DE"),
    f"http://amazon.co.uk/Some-Name/dp/{A.lower()}/ref=sr_1_1?tag=x-21": ("link", A, "UK"),
    f"https://smile.amazon.com/gp/product/{A}?a=b&amp;tag=x": ("link", A, "US"),
    f"https://www.amazon.com/gp/aw/d/{A}": ("link", A, "US"),
    f"https://www.amazon.com/exec/obidos/ASIN/{A}/x-20": ("link", A, "US"),
    f"https://www.amazon.com/o/ASIN/{A}": ("link", A, "US"),
    f"https://www.amazon.com:443/dp/{A}.": ("link", A, "US"),
    f"https://amzn.com/{A}": ("link", A, "US"),
    f"https://www.amazon.com/%64p/{A}": ("link", A, "US"),
    "https://www.amazon.com/s?k=tea&tag=x-20": ("page", "", ""),
    "https://www.amazon.de": ("page", "", ""),
    "https://amzn.to/3xYz": ("short", "", ""),
    "https://a.co/d/1": ("short", "", ""),
    "https://amzn.eu/d/x": ("short", "", ""),
}
NO_LINKS = (
    f"https://amazon.com.evil.example/dp/{A}", f"https://notamazon.com/dp/{A}", f"https://www.amazon.cn/dp/{A}",
    f"https://www.amazon.com@evil.example/dp/{A}", "https://ca.co/x", f"https://evil.example/?u=www.amazon.com/dp/{A}",
    f"javascript:amazon.com/dp/{A}", f"amazon.com/dp/{A}", f"https://amazon.comx/dp/{A}", f"https://amazon.com.ev/dp/{A}",
)  # fmt: skip


def examine(site: Site, *contents: str | bytes) -> list[Any]:
    """Return the findings and the links of each text."""
    results: list[Any] = site.php(EXAMINE, contents=[encode(content) for content in contents])
    return results


def test_each_supported_text_is_converted(connected: Site) -> None:
    results = examine(connected, *(f"<p>é {text}\r\n</p>" for text in CONVERTED))
    for (text, replacement), (found, links) in zip(CONVERTED.items(), results, strict=True):
        (only,) = found
        assert base64.b64decode(only["text"]).decode() == text
        assert only["is_in_place"] is True
        assert (only["problem"], only["replacement"]) == ("", replacement), text
        assert links == [], text


def test_attributes_without_an_equivalent_are_named(connected: Site) -> None:
    lost = {
        f'[amazon box="{A}" grid="3" template=list tracking_id="x-20"]': ["tracking_id"],
        f'[amazon box="{A},{B}" grid="9" template=mine numbering=true image_size=x]': ["grid", "template", "numbering", "image_size"],  # noqa: E501 -- text of another plugin
        f'[amazon link="{A}" title="T" description="D"]': ["text"],
        f"[asa mytemplate]{A}[/asa]": ["mytemplate"],
        f"[amazon_link asins='{A}' store='x-20' link_id='1']": ["store"],
        f'[amazon box="{A},{B}" title="T" description="D"]': ["title", "text"],
        f'<!-- wp:affiliatex/single-product {{"ratings":5,"blockUrl":"https://amazon.com/dp/{A}"}} /-->': ["ratings"],  # noqa: E501 -- text of another plugin
        f'[easyazon_block asin="{A}"]': [],
    }  # fmt: skip
    for (text, names), (found, _) in zip(lost.items(), examine(connected, *lost), strict=True):
        assert found[0]["lost"] == names, text


def test_unsupported_texts_stay_and_their_products_are_known(connected: Site) -> None:
    results = examine(connected, *UNSUPPORTED)
    for (text, expected), (found, _) in zip(UNSUPPORTED.items(), results, strict=True):
        assert len(found) == 1, text
        assert (found[0]["problem"], found[0]["products"]) == expected, text
        assert found[0]["replacement"] is None, text


def test_other_texts_contain_nothing(connected: Site) -> None:
    for text, (found, links) in zip(NOTHING, examine(connected, *NOTHING), strict=True):
        assert (found, links) == ([], []), text


def test_links_are_read_without_a_request(connected: Site) -> None:
    before = len(connected.requests())
    html = [f'<p><a href="{url}">x</a> {url}\n</p>' for url in LINKS]
    for (url, expected), (_, links) in zip(LINKS.items(), examine(connected, *html), strict=True):
        assert [(link["kind"], link["asin"], link["marketplace"]) for link in links] == [
            expected
        ] * 2, url
    for url, (_, links) in zip(NO_LINKS, examine(connected, *NO_LINKS), strict=True):
        assert links == [], url
    assert len(connected.requests()) == before


def test_stored_links_of_lasso_are_read(connected: Site) -> None:
    create = """
    $ids = array();
    foreach ( $posts as list( $type, $field, $value ) ) {
        $id = wp_insert_post( array( 'post_type' => $type, 'post_status' => 'publish', 'post_title' => 'x' ) );
        update_post_meta( $id, $field, $value );
        $ids[] = $id;
    }
    return $ids;
    """  # noqa: E501 -- PHP
    posts = [
        ("lasso-urls", "amazon_product_id", A), ("surl", "_surl_redirect", f"https://amazon.de/dp/{A}?tag=x"),
        ("surl", "_surl_redirect", "https://amzn.to/x"), ("post", "amazon_product_id", A),
    ]  # fmt: skip
    ids = connected.php(create, posts=posts)
    results = examine(connected, *(f'[lasso id="{post}" ref="x"]' for post in ids))
    assert [found[0]["products"] for found, _ in results] == [[f":{A}"], [f"DE:{A}"], [], []]
    assert [found[0]["problem"] for found, _ in results] == ["", "", "no_product", "no_product"]


def test_shortcodes_are_found_as_wordpress_finds_them(connected: Site) -> None:
    parts = (
        "[amazon box=1]", "[/amazon]", "[[amazon x]]", "[asa]", "[/asa]", "[asa tpl='x']",
        "[amazon_link a=b]", "<p>", "<!-- [amazon] -->", "]", "[", "/", "text", '<b a="x">', "[[",
        "[lasso /]", "]]", '<i a="]">', '<u b="[/amazon]">',
        "[amazon", " a='/' ", "[other]", "<!-- wp:x {} -->", "[amazon\n]", "[content-egg-block x]",
    )  # fmt: skip
    chosen = random.Random(19)  # noqa: S311 -- test data
    texts = ["".join(chosen.choices(parts, k=chosen.randint(1, 12))) for _ in range(1500)]
    count = 0
    for found, run in connected.php(COMPARE, texts=texts):
        assert found == run
        count += len(run)
    assert count > 1500


def test_stored_products_of_content_egg_are_read(connected: Site) -> None:
    store = """
    $id = wp_insert_post( array( 'post_status' => 'publish', 'post_title' => 'x' ) );
    update_post_meta( $id, '_cegg_data_Amazon', array( "us-$a" => array( 'title' => 'x' ), "de-$b" => array() ) );
    update_post_meta( $id, '_cegg_data_AmazonNoApi', array( "us-$a" => array() ) );
    return $id;
    """  # noqa: E501 -- PHP
    post = connected.php(store, a=A, b=B)
    both = [f"US:{A}", f"DE:{B}"]
    texts: dict[str, list[str]] = {
        "[content-egg module=Amazon template=grid]": both,
        "[content-egg-block modules=Amazon,AmazonNoApi]": both,
        "[content-egg module=Amazon limit=1]": [],
        "[content-egg module=Amazon post_id=1]": [],
        "[content-egg-block modules=Amazon,Ebay]": [],
        "[content-egg-block template=offers_list]": [],
    }
    contents = [encode(text) for text in texts]
    results = connected.php(
        EXAMINE.replace("'post:0'", '"post:$post"'), contents=contents, post=post
    )
    for (text, products), (found, _) in zip(texts.items(), results, strict=True):
        assert found[0]["products"] == products, text
        assert found[0]["problem"] == ("" if products else "no_product"), text


def test_hostile_texts_are_read_in_time_and_bytes_stay(connected: Site) -> None:
    length = 200_000
    hostile: list[str | bytes] = [
        "[amazon " * (length // 8), "[amazon]" * (length // 8), "[asa]" * (length // 5),
        "[" * length, "<!-- wp:aawp/aawp-block {" * (length // 25), "<code>" * (length // 6) + "[amazon]",  # noqa: E501 -- text of another plugin
        "https://www.amazon.com/" * (length // 23), "<" * length, "<code>[asa]</code>" * (length // 18),  # noqa: E501 -- text of another plugin
        b"\xff\xfe[amazon box=\"B0DEMO0000\" title=\"\xff\"]", '[amazon box="' + "\\" * length + '"]',  # noqa: E501 -- text of another plugin
        '<!-- wp:aawp/aawp-block {"look":' + "[" * 600 + "]" * 600 + "} /-->",
    ]  # fmt: skip
    results = examine(connected, *hostile)
    for found, _ in results:
        assert all(each["is_in_place"] or each["problem"] == "too_many" for each in found)
        assert all(each["replacement"] is None for each in found)
    assert results[9][0][0]["problem"] == "encoding"
    assert results[1][0][-1]["problem"] == "too_many"
