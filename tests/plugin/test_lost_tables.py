"""Tables of the plugin that are lost, such as after an incomplete migration."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

PRODUCT = {
    "asin": "B0DEMO0000",
    "marketplace": "US",
    "title": "Kettle",
    "price_status": "current",
    "observed_at": "2036-01-01T00:00:00Z",
}
CHANGES = {
    "changes": [{"asin": "B0DEMO0000", "marketplace": "US", "kind": "added", "product": PRODUCT}],
    "next_cursor": "cursor",
    "has_more": False,
    "checked_at": {},
    "connections": {},
}
NOTHING = CHANGES | {"changes": []}
DROP = """
global $wpdb;
$wpdb->query( "DROP TABLE {$wpdb->prefix}amzlinkr_products, {$wpdb->prefix}amzlinkr_lists" );
"""
LOST = "return array_values( AmzLinkr\\Tables\\find_lost() );"
HELD = "return count( AmzLinkr\\Products\\load( array( 'B0DEMO0000' ) ) );"
PROBLEMS = "return array( AmzLinkr\\Tables\\get_problems(), AmzLinkr\\SiteHealth\\run_test() );"
ADMIN = "wp_set_current_user( $user ); AmzLinkr\\Tables\\repair_for_admin();"
READ_ONLY = """
add_filter( 'dbdelta_create_queries', '__return_empty_array' );
"""


def join(site: Site, service: RecordingService) -> None:
    """Connect the site and sync one product."""
    service.join(site)
    service.replies["GET /v1/changes?limit=100"] = Reply(CHANGES)
    service.replies["GET /v1/changes?limit=100&cursor=cursor"] = Reply(NOTHING)
    site.cron("amzlinkr_sync")
    assert site.php(HELD) == 1
    assert site.php(PROBLEMS)[0] == []


def test_sync_creates_lost_tables_and_reads_all_products(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    site.php(DROP)
    site.cron("amzlinkr_sync")
    assert site.php(LOST) == []
    assert site.php(HELD) == 1
    assert service.lines().count("GET /v1/changes?limit=100") == 2
    assert site.php(PROBLEMS)[0] == []


def test_administrator_sees_that_a_table_was_lost(site: Site, service: RecordingService) -> None:
    join(site, service)
    site.php(DROP)
    author = site.php("return wp_insert_user( array( 'user_login' => 'a', 'user_pass' => 'a' ) );")
    site.php(ADMIN, user=author)
    assert len(site.php(LOST)) == 2
    site.php(ADMIN, user=1)
    assert site.php(LOST) == []
    (problem,), health = site.php(PROBLEMS)
    assert problem.startswith("A database table of the plugin was missing")
    assert problem in health["description"]
    site.cron("amzlinkr_sync_go_on")
    assert site.php(HELD) == 1
    assert site.php(PROBLEMS)[0] == []


def test_activation_creates_lost_tables(site: Site, service: RecordingService) -> None:
    join(site, service)
    site.php("deactivate_plugins( 'amzlinkr/amzlinkr.php' );" + DROP)
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    assert site.php(LOST) == []
    site.cron("amzlinkr_sync")
    assert site.php(HELD) == 1


def test_table_that_cannot_be_created_is_a_critical_problem(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    site.php(DROP)
    result: list[Any] = site.php(READ_ONLY + ADMIN + PROBLEMS, user=1)
    (problem,), health = result
    assert "wp_amzlinkr_products, wp_amzlinkr_lists is missing and could not be" in problem
    assert health["status"] == "critical"
    # The next visit tries again.
    site.php(ADMIN, user=1)
    assert site.php(LOST) == []
    assert site.php(PROBLEMS)[0] != []
