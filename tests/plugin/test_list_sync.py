"""Lists in the sync: what the feed changes, what expires, and what is read or created again."""

import json
from typing import Any

import pytest

from tests.plugin.list_bodies import (
    AGE_LISTS,
    CREATE_POST,
    READ_PURGES,
    RECORD_PURGES,
    ago,
    asins,
    join,
    product,
    read_lists,
    removal,
    run_sync,
    saved_list,
    unfilled,
)
from tests.plugin.list_bodies import (
    entry as listed,
)
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site, SiteError

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

NOT_FOUND = Reply({"code": "not_found", "detail": "Not found", "status": 404}, 404)
NOT_CONNECTED = Reply({"code": "not_connected", "detail": "No keys.", "status": 409}, 409)
RENDER = "return do_shortcode( '[amzlinkr_list name=tea]' );"
READ_STATE = "return AmzLinkr\\Sync\\get_state();"
READ_ROWS = """
global $wpdb;
return $wpdb->get_results( 'SELECT * FROM wp_amzlinkr_lists ORDER BY name', ARRAY_A );
"""
UNREACHABLE = """
$connection = get_option( 'amzlinkr_connection' );
update_option( 'amzlinkr_connection', array( 'service_url' => $url ) + $connection );
"""
HEALTH = "return AmzLinkr\\SiteHealth\\get_problems();"
DROP_TABLE = """
global $wpdb;
$wpdb->query( 'DROP TABLE wp_amzlinkr_lists' );
delete_option( AmzLinkr\\Lists\\VERSION_OPTION );
"""
CREATE_TABLE_OF_ANOTHER_SITE = """
global $wpdb;
$wpdb->prefix = 'wp_2_';
delete_option( AmzLinkr\\Lists\\VERSION_OPTION );
AmzLinkr\\Lists\\create_table();
return array( apply_filters( 'wpmu_drop_tables', array() ), AmzLinkr\\Lists\\get_all() );
"""
REFUSE_WRITES = """
global $wpdb;
$wpdb->query( "CREATE TRIGGER refuse BEFORE INSERT ON wp_amzlinkr_lists
    FOR EACH ROW SIGNAL SQLSTATE '45000'" );
"""
RUN_AND_CRASH_AFTER_WRITE = """
add_filter( 'query', static function ( $query ) {
    static $written = false;
    if ( $written ) {
        exit;
    }
    $written = false !== strpos( $query, 'INSERT INTO wp_amzlinkr_lists' );
    return $query;
} );
AmzLinkr\\Sync\\run();
"""
AGE_PURGES = """
global $wpdb;
$wpdb->query( 'UPDATE wp_amzlinkr_lists SET cache_purged_at = cache_purged_at - 43201' );
"""
END_DEALS = """
global $wpdb;
$wpdb->query( "UPDATE wp_amzlinkr_lists SET
    items = REPLACE( items, CONCAT( '\\"offer_until\\":', offer_until ), '\\"offer_until\\":1' ),
    offer_until = 1 WHERE offer_until > 0" );
"""
ACTIVATE_AGAIN = """
deactivate_plugins( 'amzlinkr/amzlinkr.php' );
activate_plugin( 'amzlinkr/amzlinkr.php' );
"""


@pytest.fixture
def joined(site: Site, service: RecordingService) -> Site:
    """Return a site that is connected and records purged posts."""
    join(site, service)
    site.get("/")
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGES)
    return site


def rows(site: Site) -> list[dict[str, Any]]:
    """Return the rows of the table as they are stored."""
    found: list[dict[str, Any]] = site.php(READ_ROWS)
    return found


def test_feed_creates_changes_and_removes_lists(joined: Site, service: RecordingService) -> None:
    kettles = saved_list("kettles", 1, query={"keywords": "kettle", "min_price": 500}, size=5)
    assert run_sync(joined, service, listed(saved_list()), listed(kettles)) == []
    assert read_lists(joined) == {
        "kettles": (asins(1), True, "current"),
        "tea": (asins(1, 2, 3), True, "current"),
    }
    row = rows(joined)[0]
    assert json.loads(row["query"]) == {"keywords": "kettle", "min_price": 500}
    assert (row["size"], row["item_count"], row["marketplace"]) == ("5", "1", "US")

    run_sync(joined, service, listed(saved_list(items=2)), removal("kettles"))
    assert read_lists(joined) == {"tea": (asins(1, 2), True, "current")}
    # The list was moved to another marketplace: the removal is that of the earlier one.
    run_sync(joined, service, removal("tea", "DE"))
    assert read_lists(joined) == {"tea": (asins(1, 2), True, "current")}
    assert joined.php("return AmzLinkr\\Products\\count_all();") == 0


def test_other_kinds_are_ignored(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service, listed(saved_list()))
    for kind in ("list_renamed", "added", "", None, ["list"]):
        run_sync(joined, service, listed(saved_list(items=0)) | {"kind": kind})
        assert read_lists(joined) == {"tea": (asins(1, 2, 3), True, "current")}, kind
    assert joined.php("return AmzLinkr\\Products\\count_all();") == 0
    assert joined.php(READ_STATE)["problem"] is None


def test_states_of_lists_without_products(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service, listed(unfilled("new")), listed(saved_list("empty", 0)))
    assert read_lists(joined) == {"empty": ([], True, "empty"), "new": ([], False, "unfilled")}
    run_sync(joined, service, listed(saved_list("new")))
    # The service withholds the products: their times are kept, nothing else is.
    run_sync(joined, service, listed(unfilled("new")))
    assert read_lists(joined)["new"] == ([], False, "expired")
    # Another search: what was found for the former one does not matter.
    run_sync(joined, service, listed(unfilled("new", query={"keywords": "other"})))
    assert read_lists(joined)["new"] == ([], False, "unfilled")


def test_older_data_does_not_replace_newer_data(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service, listed(saved_list(items=3)))
    old = [product(number, observed_at=ago(1)) for number in (7, 8)]
    run_sync(joined, service, listed(saved_list(items=0, observed_at=ago(1)) | {"items": old}))
    assert read_lists(joined)["tea"][0] == asins(1, 2, 3)


def test_a_list_is_as_old_as_its_oldest_product(joined: Site, service: RecordingService) -> None:
    items = [product(1), product(2, observed_at=ago(23.9)), product(3)]
    run_sync(joined, service, listed(saved_list() | {"items": items}), checked_at={})
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "current")
    joined.php(AGE_LISTS, seconds=600)
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "expired")
    assert joined.php(RENDER) == ""


def test_check_time_confirms_lists_of_its_generation_only(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()))
    joined.php(AGE_LISTS, seconds=23 * 3600)
    run_sync(joined, service)
    joined.php(AGE_LISTS, seconds=23 * 3600)
    # Seen 46 hours ago, and confirmed 23 hours ago.
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "current")
    assert "Product 3" in joined.php(RENDER)
    run_sync(joined, service, checked_at={"DE": ago()})
    assert read_lists(joined)["tea"] == ([], False, "expired")
    assert "Product" not in json.dumps(rows(joined))


def test_withheld_list_is_read_again_after_its_marketplace_was_checked(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()), listed(saved_list("gone")))
    run_sync(joined, service, listed(saved_list("empty", 0)))
    url = service.url
    joined.php(UNREACHABLE, url="http://127.0.0.1:9/v1")
    joined.php(AGE_LISTS, seconds=24 * 3600)
    joined.php("AmzLinkr\\Sync\\run();")
    expired: tuple[list[str], bool, str] = ([], False, "expired")
    assert read_lists(joined) == {"empty": ([], True, "empty"), "gone": expired, "tea": expired}
    assert "Product" not in json.dumps(rows(joined))

    joined.php(UNREACHABLE, url=url)
    service.replies["GET /v1/lists/tea"] = Reply(saved_list())
    service.replies["GET /v1/lists/gone"] = NOT_FOUND
    assert run_sync(joined, service, checked_at={"US": ago(24)}) == []
    assert run_sync(joined, service) == ["GET /v1/lists/gone", "GET /v1/lists/tea"]
    assert read_lists(joined) == {
        "empty": ([], True, "empty"),
        "tea": (asins(1, 2, 3), True, "current"),
    }
    # Once.
    assert run_sync(joined, service) == []
    assert joined.php(READ_STATE)["problem"] is None


def test_list_that_cannot_be_read_is_read_in_the_next_run(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()))
    joined.php("AmzLinkr\\Lists\\purge_all();")
    others: list[object] = [
        saved_list("other"), {"items": []}, {"items": "x", "query": {}}, "text",
    ]  # fmt: skip
    for body in others:
        service.replies["GET /v1/lists/tea"] = Reply(body)
        assert run_sync(joined, service) == ["GET /v1/lists/tea"]
        assert joined.php(READ_STATE)["problem"]["code"] == "service_unreachable"
        assert list(read_lists(joined)) == ["tea"]
    service.replies["GET /v1/lists/tea"] = Reply(saved_list())
    run_sync(joined, service)
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "current")


@pytest.mark.parametrize("code", ["cursor_too_old", "invalid_cursor"])
def test_list_that_a_full_read_does_not_contain_is_removed(
    joined: Site, service: RecordingService, code: str
) -> None:
    run_sync(joined, service, listed(saved_list()), listed(saved_list("removed")))
    target = f"GET /v1/changes?limit=100&cursor={joined.php(READ_STATE)['cursor']}"
    service.replies[target] = Reply({"code": code, "detail": "Old", "status": 410}, 410)
    assert run_sync(joined, service, listed(saved_list())) == []
    assert read_lists(joined) == {"tea": (asins(1, 2, 3), True, "current")}


def test_lists_are_created_again_after_a_new_connection(
    joined: Site, service: RecordingService
) -> None:
    query = {"keywords": "tea", "min_price": 500, "in_stock": False, "sort": "Featured"}
    kettles = saved_list("kettles", marketplace="DE")
    run_sync(joined, service, listed(saved_list(query=query, size=15)), listed(kettles))
    joined.php("AmzLinkr\\Sync\\request_restart( true );")
    service.replies["PUT /v1/lists/kettles"] = NOT_CONNECTED
    service.replies["PUT /v1/lists/tea"] = Reply(unfilled(query=query, size=15), 201)

    assert run_sync(joined, service) == ["PUT /v1/lists/kettles", "PUT /v1/lists/tea"]

    (request,) = [each for each in service.requests if each.line == "PUT /v1/lists/tea"]
    assert json.loads(request.body) == {"marketplace": "US", "size": 15, **query}
    found = read_lists(joined)
    assert (found["tea"], found["kettles"][:2]) == (([], False, "unfilled"), ([], False))
    assert "Product" not in json.dumps(rows(joined))
    assert any("“kettles” must be created again" in text for text in joined.php(HEALTH))
    assert not any("“tea”" in text for text in joined.php(HEALTH))

    # A list that is not created yet is neither read nor removed, also by a full read.
    joined.php("AmzLinkr\\Sync\\request_restart();")
    assert run_sync(joined, service, listed(unfilled())) == ["PUT /v1/lists/kettles"]
    assert list(read_lists(joined)) == ["kettles", "tea"]
    service.replies["PUT /v1/lists/kettles"] = Reply(unfilled("kettles", marketplace="DE"), 201)
    assert run_sync(joined, service) == ["PUT /v1/lists/kettles"]
    assert run_sync(joined, service) == []
    assert joined.php(READ_STATE)["pending_lists"] == []


def test_changes_purge_the_posts_that_show_the_list(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()), listed(saved_list("other")))
    create = {"block": '<!-- wp:amzlinkr/list {"name":"tea","limit":2} /-->'}
    block = joined.php(CREATE_POST, content=create["block"])
    shortcode = joined.php(CREATE_POST, content="before [amzlinkr_list name='Tea'] after")
    pattern = joined.php(CREATE_POST, content=create["block"], type="wp_block")
    nested = joined.php(
        CREATE_POST, content=f'<!-- wp:block {{"ref":{pattern}}} /-->', type="wp_block"
    )
    page = joined.php(CREATE_POST, content=f'<!-- wp:block {{"ref":{nested}}} /-->', type="page")
    joined.php(CREATE_POST, content="[amzlinkr_list name=other] [amzlinkr asin=B0LIST0001]")
    joined.php("delete_option( 'recorded_lists' ); delete_option( 'purged_posts' );")
    posts = [block, shortcode, pattern, nested, page]

    # The same products, seen later.
    run_sync(joined, service, listed(saved_list()))
    assert joined.php(READ_PURGES) == []
    run_sync(joined, service, listed(saved_list(items=2)))
    assert joined.php(READ_PURGES) == [[posts, ["tea"]]]
    assert sorted(joined.php("return get_option( 'purged_posts' );")) == posts
    run_sync(joined, service)
    assert joined.php(READ_PURGES) == []
    joined.php(AGE_LISTS, seconds=24 * 3600)
    run_sync(joined, service, checked_at={})
    assert [posts, ["other", "tea"]] in [
        [[post for post in found if post in posts], sorted(names)]
        for found, names in joined.php(READ_PURGES)
    ]
    run_sync(joined, service, removal())
    assert joined.php(READ_PURGES)[0] == [posts, ["tea"]]


def test_posts_are_purged_after_a_crash_and_twice_a_day(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()))
    post = joined.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    joined.php("delete_option( 'recorded_lists' );")
    service.replies["GET /v1/changes"] = Reply(
        {
            "changes": [listed(saved_list(items=1))],
            "next_cursor": "c",
            "has_more": False,
            "checked_at": {},
            "connections": {},
        }
    )
    with pytest.raises(SiteError, match="exited early"):
        joined.php(RUN_AND_CRASH_AFTER_WRITE)
    joined.php("delete_option( AmzLinkr\\Sync\\LOCK );")
    run_sync(joined, service, listed(saved_list(items=1)))
    assert joined.php(READ_PURGES) == [[[post], ["tea"]]]

    joined.php(AGE_PURGES)
    run_sync(joined, service)
    run_sync(joined, service)
    assert joined.php(READ_PURGES) == [[[post], ["tea"]]]


def test_offer_is_removed_when_its_deal_has_ended(joined: Site, service: RecordingService) -> None:
    deal = {"access": "all", "badge": "Deal of the day", "ends_at": ago(-1)}
    items = [product(1), product(2, deal=deal)]
    run_sync(joined, service, listed(saved_list() | {"items": items}))
    assert "Deal of the day" in joined.php(RENDER)
    joined.php(END_DEALS)
    assert "$2.00" not in joined.php(RENDER)
    joined.php(READ_PURGES)
    run_sync(joined, service)
    (row,) = rows(joined)
    assert "$2.00" not in row["items"]
    assert "Deal of the day" not in row["items"]
    assert "$1.00" in row["items"]
    assert row["offer_until"] == "0"
    assert joined.php(READ_PURGES) == [[[], ["tea"]]]
    assert read_lists(joined)["tea"] == (asins(1, 2), True, "current")


def test_content_is_deleted_on_deactivation_and_disconnection(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service, listed(saved_list()))
    joined.php(ACTIVATE_AGAIN)
    assert "Product" not in json.dumps(rows(joined))
    joined.get("/")
    run_sync(joined, service, listed(saved_list()))
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "current")

    joined.php("AmzLinkr\\Disconnect\\disconnect_locally();")
    (row,) = rows(joined)
    assert "Product" not in json.dumps(row)
    # The search stays, so that the list can be created again.
    assert json.loads(row["query"]) == {"keywords": "tea", "in_stock": True}


def test_update_from_a_version_without_lists_reads_the_feed_again(
    joined: Site, service: RecordingService
) -> None:
    run_sync(joined, service)
    assert joined.php(READ_STATE)["cursor"] == "c"
    joined.php(DROP_TABLE)
    joined.get("/")
    sent = len(service.requests)
    run_sync(joined, service, listed(saved_list()))
    assert service.lines()[sent] == "GET /v1/changes?limit=100"
    assert read_lists(joined)["tea"] == (asins(1, 2, 3), True, "current")


def test_each_site_of_a_network_has_its_table(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service, listed(saved_list()))
    dropped, found = joined.php(CREATE_TABLE_OF_ANOTHER_SITE)
    assert dropped == [f"wp_2_amzlinkr_{name}" for name in ("products", "lists", "clicks")]
    assert found == []
    assert list(read_lists(joined)) == ["tea"]


def test_run_without_its_lock_changes_nothing(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service, listed(saved_list()))
    state = joined.php(READ_STATE)
    changed = joined.php(
        "$changes = array( $entry ); $lock = 'of another run';"
        "$applied = AmzLinkr\\ListSync\\apply_changes( $changes, $lock );"
        "return is_wp_error( $applied ) ? $applied->get_error_code() : $applied;",
        entry=listed(saved_list(items=1)),
    )
    assert changed == "sync_overtaken"
    assert read_lists(joined)["tea"][0] == asins(1, 2, 3)
    assert joined.php(READ_STATE) == state


def test_page_that_cannot_be_written_is_read_again(joined: Site, service: RecordingService) -> None:
    run_sync(joined, service)
    service.replies["GET /v1/changes"] = Reply({})
    joined.php(REFUSE_WRITES)
    suppressed = "global $wpdb; $wpdb->suppress_errors(); "
    sent = len(service.requests)
    service.replies["GET /v1/changes"] = Reply(
        {
            "changes": [listed(saved_list())],
            "next_cursor": "later",
            "has_more": False,
            "checked_at": {},
            "connections": {},
        }
    )
    state = joined.php(f"{suppressed} AmzLinkr\\Sync\\run(); {READ_STATE}")
    assert len(service.requests) > sent
    assert (state["cursor"], state["problem"]["code"]) == ("c", "not_written")
    assert "amzlinkr_lists" in state["problem"]["action"]
    joined.php("global $wpdb; $wpdb->query( 'DROP TRIGGER refuse' );")
    run_sync(joined, service, listed(saved_list()))
    assert joined.php(READ_STATE)["problem"] is None
    assert list(read_lists(joined)) == ["tea"]
    (joined.folder / "debug.log").unlink(missing_ok=True)
