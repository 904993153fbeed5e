"""The ground that stories stand on: sites that work, and tests that see what does not."""

from pathlib import Path

import pytest

from tests.wordpress.browser import Browser, browsing
from tests.wordpress.site import Site, SiteError, wordpress

pytestmark = pytest.mark.wordpress
PLUGIN = Path(__file__).with_name("ground_plugin")
WITH_PICTURE = """
return wp_insert_post( array(
    'post_title'   => 'With a picture',
    'post_name'    => 'with-a-picture',
    'post_content' => '[ground]',
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""


@pytest.fixture
def plugin_dir() -> Path:
    return PLUGIN


def test_a_plugin_is_activated_and_works(site: Site, browser: Browser) -> None:
    owner = browser.owner(site)
    browser.picture(owner, "dashboard")
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Activate Ground check").click()
    owner.get_by_text("Plugin activated.").wait_for()
    browser.picture(owner, "plugins")
    owner.goto(f"{site.url}/wp-admin/post-new.php")
    canvas = owner.frame_locator("iframe[name=editor-canvas]") if site.version == "6.5" else owner
    canvas.get_by_role("textbox", name="Add title").fill("Written here")
    browser.picture(owner, "editor")

    site.php(WITH_PICTURE)
    visitor = browser.person()
    visitor.goto(f"{site.url}/with-a-picture/")
    shown = visitor.locator("#ground").evaluate("image => image.naturalWidth")
    browser.picture(visitor, "post")

    assert site.php("return get_bloginfo( 'version' );").startswith(site.version)
    assert shown == 160
    assert browser.outside == ["https://pictures.example/1.jpg"]


def test_scheduled_work_runs_when_told_to(site: Site) -> None:
    site.php("activate_plugin( $plugin );", plugin="ground_plugin/ground_plugin.php")
    runs = "return (int) get_option( 'ground_runs' );"

    site.cron()
    assert site.php(runs) == 0

    site.cron("ground_hourly")
    site.cron()
    assert site.php(runs) == 1
    with pytest.raises(SiteError, match="Nothing is scheduled"):
        site.cron("ground_never")


def test_what_goes_wrong_inside_wordpress_is_seen(tmp_path: Path) -> None:
    with wordpress("6.5", None, tmp_path) as site:
        site.php("trigger_error( 'so to say' ); wp_remote_get( 'https://shop.example/1' );")
        with pytest.raises(SiteError, match="no_such_function"):
            site.php("no_such_function();")

    assert "PHP Notice:  so to say" in site.debug_log()
    assert {"method": "GET", "url": "https://shop.example/1"} in site.requests()


def test_what_goes_wrong_in_a_page_is_seen(tmp_path: Path) -> None:
    def story() -> None:
        with wordpress("6.5", None, tmp_path / "site") as site, browsing(tmp_path) as browser:
            page = browser.person()
            page.goto(f"{site.url}/no-such-page/")
            page.evaluate("console.error('said aloud')")
            page.evaluate("setTimeout(() => { throw new Error('not caught') })")
            page.evaluate("fetch('http://127.0.0.1:1/').catch(() => null)")
            page.evaluate("fetch('https://shop.example/').catch(() => null)")

    with pytest.raises(AssertionError) as faults:
        story()

    noted = str(faults.value)
    for fault in ("404 GET", "said aloud", "not caught", "GET http://127.0.0.1:1/", "shop.example"):
        assert fault in noted


def test_a_moved_site_answers_at_its_new_address_and_ends_with_the_block(tmp_path: Path) -> None:
    def story() -> None:
        with wordpress("6.1", None, tmp_path) as site:
            served.append(site)
            moved = site.url.replace("127.0.0.1", "localhost")
            site.move_to(moved)
            assert site.php("return admin_url();") == f"{moved}/wp-admin/"
            assert moved in site.get("/").body
            raise KeyboardInterrupt

    served: list[Site] = []
    with pytest.raises(KeyboardInterrupt):
        story()

    with pytest.raises(ConnectionError):
        served[0].get("/")
