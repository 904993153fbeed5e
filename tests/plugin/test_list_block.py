"""The block and shortcode of lists: what visitors, editors and feeds see."""

import html
import re

import pytest
from playwright.sync_api import expect

from tests.plugin.browser import Browser
from tests.plugin.list_bodies import (
    CREATE_POST,
    DISCLAIMER,
    join,
    product,
    run_sync,
    saved_list,
    unfilled,
)
from tests.plugin.list_bodies import (
    entry as listed,
)
from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

STATEMENT = "As an Amazon Associate I earn from qualifying purchases."
RENDER = """
wp_set_current_user( $user ?? 0 );
$block = array( 'blockName' => 'amzlinkr/list', 'attrs' => $attributes, 'innerBlocks' => array() );
$texts = array( 'innerHTML' => '', 'innerContent' => array() );
$short = '';
foreach ( $attributes as $name => $value ) {
    $short .= is_scalar( $value ) ? " $name='$value'" : '';
}
return array( render_block( $block + $texts ), do_shortcode( "[amzlinkr_list$short]" ) );
"""
SET_STATE = """
$option             = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'] = '' === $state ? array() : array(
    array( 'marketplace' => 'US', 'state' => $state ),
);
update_option( AmzLinkr\\Accounts\\OPTION, $option );
"""
RENDER_FEED = """
update_option( 'rss_use_excerpt', 0 );
return get_permalink( $post );
"""
MOVABLE_CLOCK = "const now = Date.now; window.later = 0; Date.now = () => now() + window.later;"
SHOW_PAGE_AFTER = """hours => {
    window.later = hours * 3600e3;
    document.dispatchEvent( new Event( 'visibilitychange' ) );
}"""
UNIQUE = re.compile(r"-\d+(?=-title|-buy)")
TITLE = re.compile(r'noopener" target="_blank">(Prod[^<]*)')


def render(site: Site, user: int = 0, **attributes: object) -> list[str]:
    """Return the HTML of the block and of the shortcode."""
    found: list[str] = site.php(RENDER, user=user, attributes=attributes)
    return found


def titles(markup: str) -> list[str]:
    """Return the titles of the boxes of a list, in their order."""
    return [
        html.unescape(title)
        for title in re.findall(r"noopener\" target=\"_blank\">(Prod[^<]*)", markup)
    ]


def text_of(markup: str) -> str:
    """Return the text without tags."""
    return html.unescape(re.sub(r"<[^>]*>", " ", markup))


def test_list_is_numbered_and_limited(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list(items=12, size=12)))
    for markup in render(site, name="tea"):
        assert titles(markup) == [f"Product {number}" for number in range(1, 13)]
        assert markup.count('<ol class="amzlinkr-list__items" role="list">') == 1
        assert markup.count("<li ") == markup.count("</li>") == 12
        assert "\n" not in markup
    for limit, count in ((3, 3), (12, 12), (30, 12), (0, 12), (-1, 12), ("x", 12)):
        for markup in render(site, name="tea", limit=limit):
            assert len(titles(markup)) == count, limit
    # Each element has its own ID.
    block, shortcode = (UNIQUE.sub("", markup) for markup in render(site, name="tea", limit=2))
    assert shortcode in block
    assert 'class="wp-block-amzlinkr-list"' in block


def test_common_texts_are_printed_once(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list(items=3)))
    (_, markup) = render(site, name="tea")
    assert markup.count(DISCLAIMER) == markup.count(STATEMENT) == 1
    assert markup.index(DISCLAIMER) > markup.index("</ol>")
    assert "amzlinkr-box__small" not in markup

    # One box has no price and no availability, and shows no disclaimer.
    bare = product(2, price_status="no_offer", availability="")
    run_sync(site, service, listed(saved_list() | {"items": [product(1), bare, product(3)]}))
    assert render(site, name="tea")[1].count(DISCLAIMER) == 1

    items = [product(1), product(2, disclaimer="Another disclaimer."), product(3)]
    run_sync(site, service, listed(saved_list() | {"items": items}))
    (_, markup) = render(site, name="tea")
    assert markup.count(DISCLAIMER) == 2
    assert markup.count("Another disclaimer.") == 1
    assert "amzlinkr-list__disclaimer" not in markup
    assert markup.count(STATEMENT) == 1

    (_, markup) = render(site, name="tea", limit=1)
    assert markup.count("amzlinkr-box__disclaimer") == markup.count("amzlinkr-box__statement") == 1
    assert "amzlinkr-list__small" not in markup


def test_names_of_links_are_unique(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list(items=3)))
    markup = "".join(render(site, name="tea"))
    ids = re.findall(r'\sid="([^"]*)"', markup)
    assert len(ids) == len(set(ids)) == 12
    labels = re.findall(r'aria-labelledby="([^"]*)"', markup)
    assert len(labels) == 6
    for label in labels:
        button, title = label.split()
        assert {button, title} <= set(ids)
        assert button.removesuffix("-buy") == title.removesuffix("-title")


def test_editors_see_why_a_list_is_not_shown(site: Site, service: RecordingService) -> None:
    join(site, service)
    untitled = saved_list("untitled") | {"items": [product(1, title="")]}
    run_sync(site, service, *map(listed, (unfilled("new"), saved_list("empty", 0), untitled)))
    for name, reason in (
        ("new", "The next refresh fills it"),
        ("empty", "finds nothing"),
        ("unknown", "This site has no list “unknown”"),
        ("untitled", "sends no titles"),
    ):
        assert render(site, name=name) == ["", ""]
        for markup in render(site, name=name, fallback="Soon <here>"):
            assert text_of(markup).strip() == "Soon"
        for markup in render(site, user=1, name=name):
            assert reason in text_of(markup)
            assert "Visitors see nothing here." in text_of(markup)
        for markup in render(site, user=1, name=name, fallback="Soon"):
            assert text_of(markup).strip().startswith("Soon")
            assert "Visitors see your text instead." in text_of(markup)


def test_reason_depends_on_the_account(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(unfilled()))
    no_access = "filled automatically when Amazon grants the account access"
    for state, reason in (
        ("valid", "The next refresh fills it"),
        ("throttled", "The next refresh fills it"),
        ("link_only", no_access),
        ("not_eligible", no_access),
        ("access_denied", no_access),
        ("retired", no_access),
        ("", "No Amazon account is connected for US"),
    ):
        site.php(SET_STATE, state=state)
        for markup in render(site, user=1, name="tea"):
            assert reason in text_of(markup), state


def test_other_names_show_nothing(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list()))
    for name in ("", "a b", "../site", "x" * 65, ["tea"], "tea'", "té", "te\na"):
        assert render(site, name=name)[0] == ""
        assert "names no list" in text_of(render(site, user=1, name=name)[0])
    for name in ("tea", "Tea", " tea\n"):
        assert "Product 1" in render(site, name=name)[0]


def test_feeds_contain_a_link_to_the_post(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list()))
    post = site.php(CREATE_POST, content='<!-- wp:amzlinkr/list {"name":"tea"} /-->')
    url = site.php(RENDER_FEED, post=post)
    assert "Product 1" in site.get(url.removeprefix(site.url)).body
    feed = site.get("/feed/").body
    assert "Product 1" not in feed
    assert "$1.00" not in feed
    assert f'<a href="{url}">See the list of products on the page</a>' in feed


def test_template_of_the_theme_is_used(site: Site, service: RecordingService) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list(items=2)))
    theme = site.php("return get_stylesheet_directory();")
    templates = site.root / "wp-content/themes" / theme.rpartition("/")[2] / "amzlinkr"
    templates.mkdir()
    template = "<?php echo 'theme: ' . esc_html( $box['title'] );"
    (templates / "product-box.php").write_text(template)
    (_, markup) = render(site, name="tea")
    assert re.findall(r"theme: Product \d", markup) == ["theme: Product 1", "theme: Product 2"]


def test_list_is_removed_from_an_open_page_after_a_day(
    site: Site, browser: Browser, service: RecordingService
) -> None:
    join(site, service)
    run_sync(site, service, listed(saved_list()), listed(saved_list("other")))
    content = "[amzlinkr_list name=tea fallback='Back <b>soon</b>']\n\n[amzlinkr_list name=other]"
    post = site.php(CREATE_POST, content=content)
    visitor = browser.new_visitor()
    visitor.add_init_script(MOVABLE_CLOCK)
    visitor.goto(site.php("return get_permalink( $post );", post=post))
    expect(visitor.locator(".amzlinkr-list")).to_have_count(2)
    visitor.evaluate(SHOW_PAGE_AFTER, 23)
    expect(visitor.locator(".amzlinkr-list .amzlinkr-box")).to_have_count(6)
    visitor.evaluate(SHOW_PAGE_AFTER, 24)
    expect(visitor.locator(".amzlinkr-list")).to_have_count(0)
    expect(visitor.locator(".amzlinkr-list__fallback")).to_have_text("Back soon")
    for text in ("Product 1", "$1.00", DISCLAIMER, "amzlinkr-box"):
        assert text not in visitor.locator("main").inner_html()
