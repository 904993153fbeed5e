"""Texts of authors: what WordPress has let pass gets no script, and no longer than its displays."""

from collections.abc import Iterator

import pytest

from tests.plugin.browser import Browser
from tests.plugin.display_site import CURRENT, WAITING, display_site
from tests.plugin.hostile_texts import create_text, find_scripts
from tests.plugin.site import Site

pytestmark = pytest.mark.wordpress

CODE = f"[amzlinkr asin={CURRENT}]"
EMPTY = f"[amzlinkr asin={WAITING} display=savings]"
EVIL = "tabindex=0 autofocus onfocus=window.attacked=1"
ATTACKS = {
    "lone shortcode in an attribute": f'<div><img src="/none.png" alt="\n{EMPTY}\n" title="[audio '
    "class='x onerror=window.attacked=1//' src=https://example.org/a.mp3]\"></div>",
    "lone shortcode in an attribute in a paragraph": f'<img src="/none.png" alt="\n{EMPTY}\n" '
    "title=\"[audio class='x onerror=window.attacked=1//' src=https://example.org/a.mp3]\">",
    "ID in an attribute": f"<p title=\"a id='\" lang='\" {EVIL} '>x {CODE} y</p>",
    "data in an attribute": f'<p title=" data-asin=" lang=\'" {EVIL} \'>x</p>',
}
"""Texts that WordPress lets a contributor save."""
SHOW_OTHERS = """
update_option( 'amzlinkr_migration_render', array_keys( AmzLinkr\\MigrationMap\\PLUGINS ) );
"""
SET_UP = """
AmzLinkr\\Clicks\\switch_on( $counts_clicks );
$user = get_user_by( 'login', 'contributor' );
$user = $user ? $user->ID : wp_insert_user( array(
    'user_login' => 'contributor',
    'user_pass'  => wp_generate_password(),
    'role'       => 'contributor',
) );
wp_set_current_user( $user );
kses_init();
"""
RENDER = (
    SET_UP
    + """
$id = wp_insert_post( array( 'post_title' => 'x', 'post_status' => 'pending' ) );
$GLOBALS['post'] = get_post( $id );
setup_postdata( $GLOBALS['post'] );
$found = array();
foreach ( $texts as $text ) {
    $saved   = wp_unslash( apply_filters( 'content_save_pre', wp_slash( $text ) ) );
    wp_set_current_user( 0 );
    $found[] = array( $saved, apply_filters( 'the_content', $saved ) );
    wp_set_current_user( $user );
}
return $found;
"""
)
SAVE = (
    SET_UP
    + """
return wp_insert_post( wp_slash( array(
    'post_title'   => 'x',
    'post_status'  => 'pending',
    'post_content' => $text,
) ) );
"""
)
LENGTHS = """
$split = 'AmzLinkr\\Paragraphs\\split';
return array( strlen( $split( $text ) ), strlen( $split( strip_shortcodes( $text ) ) ) );
"""
PART = f"x{CODE}"
ESCAPED = f"x[{CODE}]"
LONG = {
    "a long attribute": f'<p title="{"a" * 30_000}">{PART * 300}</p>',
    "a long class": f'<p class="{"a" * 30_000}">{PART * 300}</p>',
    "a class of medium length": f'<p class="{"a" * 900}">{PART * 300}</p>',
    "many classes": f'<p class="{"a " * 15_000}">{PART * 300}</p>',
    "many elements": f"<p>{'<b>' * 3000}{PART * 1000}{'</b>' * 3000}</p>",
    "many open elements": f"<p>{'<b>' * 3000}{PART * 1000}</p>",
    "many paragraphs": "<p>" * 3000 + PART * 1000 + "</p>",
    "escaped, a long attribute": f'<p title="{"a" * 30_000}">{ESCAPED * 300}</p>',
    "escaped, many elements": f"<p>{'<b>' * 3000}{ESCAPED * 1000}</p>",
}
SEEDS = range(3000)


@pytest.fixture(scope="module", params=["6.1", "6.5"])
def hostile_site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Run one site with products for all tests of this module."""
    with display_site(request.param) as running:
        # From the next request on, shortcodes of other plugins are displays too.
        running.php(SHOW_OTHERS)
        yield running


@pytest.mark.parametrize("counts_clicks", [False, True])
def test_filtered_text_gets_no_script(hostile_site: Site, counts_clicks: bool) -> None:
    texts = list(ATTACKS.values())
    shown = hostile_site.php(RENDER, texts=texts, counts_clicks=counts_clicks)
    # WordPress has not removed the attacks, which are no scripts in these texts.
    assert all("window.attacked" in saved for saved, _ in shown)
    assert [find_scripts(saved) for saved, _ in shown] == [[]] * len(texts)
    found = {name: find_scripts(shown[at][1]) for at, name in enumerate(ATTACKS)}
    assert found == {name: [] for name in ATTACKS}
    assert "amzlinkr-box" in shown[2][1]


@pytest.mark.parametrize("hostile_site", ["6.5"], indirect=True)
@pytest.mark.parametrize("counts_clicks", [False, True])
def test_random_texts_get_no_script(hostile_site: Site, counts_clicks: bool) -> None:
    texts = [create_text(2 * seed + counts_clicks) for seed in SEEDS]
    found = hostile_site.php(RENDER, texts=texts, counts_clicks=counts_clicks)
    clean = [(saved, markup) for saved, markup in found if not find_scripts(saved)]
    assert len(clean) > len(SEEDS) / 2
    assert sum('data-asin="' in markup for _, markup in clean) > len(SEEDS) / 4
    assert [each for each in clean if find_scripts(each[1])] == []


@pytest.mark.parametrize("name", LONG)
def test_split_text_is_hardly_longer(hostile_site: Site, name: str) -> None:
    shortcodes = LONG[name].count(CODE)
    for length in hostile_site.php(LENGTHS, text=LONG[name]):
        assert length <= len(LONG[name]) + len("<p></p>") * shortcodes


@pytest.mark.parametrize("version", ["6.5"])
def test_preview_of_a_contributor_runs_no_script(site: Site, browser: Browser) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    text = "\n\n".join(ATTACKS.values())
    post = site.php(SAVE, text=text, counts_clicks=True)
    browser.allow("none\\.png|example\\.org")
    page = browser.log_in(site)
    page.goto(f"{site.url}/?p={post}&preview=true")
    page.wait_for_timeout(1000)
    assert page.locator("[title]").count()
    assert page.evaluate("window.attacked") is None
