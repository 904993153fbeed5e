"""The test environment: sites, scheduled events, and the detection of errors."""

from pathlib import Path

import pytest

from tests.plugin.browser import Browser, running_browser
from tests.plugin.debian_suites import read_version
from tests.plugin.site import Site, SiteError, wordpress

pytestmark = pytest.mark.wordpress
PLUGIN = Path(__file__).with_name("minimal_plugin")
CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => 'With a picture',
    'post_name'    => 'with-a-picture',
    'post_content' => '[minimal]',
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""


@pytest.fixture
def plugin_dir() -> Path:
    """Install a minimal plugin in place of AmzLinkr."""
    return PLUGIN


def test_plugin_is_activated_and_runs(site: Site, browser: Browser) -> None:
    owner = browser.log_in(site)
    browser.screenshot(owner, "dashboard")
    owner.goto(f"{site.url}/wp-admin/plugins.php")
    owner.get_by_role("link", name="Activate Minimal plugin").click()
    owner.get_by_text("Plugin activated.").wait_for()
    browser.screenshot(owner, "plugins")
    owner.goto(f"{site.url}/wp-admin/post-new.php")
    canvas = owner.frame_locator("iframe[name=editor-canvas]") if site.version != "6.1" else owner
    canvas.get_by_role("textbox", name="Add title").fill("A new post")
    browser.screenshot(owner, "editor")

    site.php(CREATE_POST)
    visitor = browser.new_visitor()
    visitor.goto(f"{site.url}/with-a-picture/")
    width = visitor.locator("#minimal").evaluate("image => image.naturalWidth")
    browser.screenshot(visitor, "post")

    assert site.php("return get_bloginfo( 'version' );") == read_version(site.root)
    assert width == 160
    assert browser.outside_urls == ["https://pictures.example/1.jpg"]


def test_scheduled_events_run_only_when_due(site: Site) -> None:
    site.php("activate_plugin( $plugin );", plugin="minimal_plugin/minimal_plugin.php")
    count_runs = "return (int) get_option( 'minimal_runs' );"

    site.cron()
    assert site.php(count_runs) == 0

    site.cron("minimal_hourly")
    site.cron()
    assert site.php(count_runs) == 1
    with pytest.raises(SiteError, match="Nothing is scheduled"):
        site.cron("minimal_unscheduled")


def test_php_errors_and_requests_are_logged(tmp_path: Path) -> None:
    with wordpress("6.5", None, tmp_path) as site:
        site.php("trigger_error( 'a test notice' ); wp_remote_get( 'https://store.example/1' );")
        with pytest.raises(SiteError, match="no_such_function"):
            site.php("no_such_function();")

    assert "PHP Notice:  a test notice" in site.debug_log()
    assert {"method": "GET", "url": "https://store.example/1"} in site.requests()


def test_page_errors_fail_the_test(tmp_path: Path) -> None:
    def open_broken_page() -> None:
        with (
            wordpress("6.5", None, tmp_path / "site") as site,
            running_browser(tmp_path) as browser,
        ):
            page = browser.new_visitor()
            page.goto(f"{site.url}/no-such-page/")
            page.evaluate("console.error('logged error')")
            page.evaluate("setTimeout(() => { throw new Error('uncaught error') })")
            page.evaluate("fetch('http://127.0.0.1:1/').catch(() => null)")
            page.evaluate("fetch('https://store.example/').catch(() => null)")

    with pytest.raises(AssertionError) as failure:
        open_broken_page()

    expected = (
        "404 GET", "logged error", "uncaught error", "GET http://127.0.0.1:1/", "store.example",
    )  # fmt: skip
    for error in expected:
        assert error in str(failure.value)


def test_moved_site_responds_at_its_new_url_and_stops_after_the_block(tmp_path: Path) -> None:
    def serve_until_interrupted() -> None:
        with wordpress("6.1", None, tmp_path) as site:
            served.append(site)
            moved = site.url.replace("127.0.0.1", "localhost")
            site.move_to(moved)
            assert site.php("return admin_url();") == f"{moved}/wp-admin/"
            assert moved in site.get("/").body
            raise KeyboardInterrupt

    served: list[Site] = []
    with pytest.raises(KeyboardInterrupt):
        serve_until_interrupted()

    with pytest.raises(ConnectionError):
        served[0].get("/")
