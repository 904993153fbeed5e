"""Bodies of the service with lists, and steps of tests about them."""

import time
from typing import Any

from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

CHANGES = "GET /v1/changes"
DISCLAIMER = "Prices are accurate as of the time indicated."
READ_LISTS = """
$found = array();
foreach ( AmzLinkr\\Lists\\get_rows( '1 = %d ORDER BY name', array( 1 ) ) as $list ) {
    $found[ $list['name'] ] = array(
        array_column( $list['items'], 'asin' ),
        $list['seen_at'] > 0,
        AmzLinkr\\Lists\\get_state( AmzLinkr\\Lists\\apply_expiry( $list ) ),
    );
}
return (object) $found;
"""
AGE_LISTS = """
global $wpdb;
foreach ( AmzLinkr\\Lists\\get_rows( 'seen_at > %d', array( 0 ) ) as $list ) {
    $age = static fn( $item ) => array( 'seen_at' => $item['seen_at'] - $seconds ) + $item;
    $row = array(
        'items'        => wp_json_encode( array_map( $age, $list['items'] ) ),
        'seen_at'      => $list['seen_at'] - $seconds,
        'refreshed_at' => $list['refreshed_at'] - $seconds,
    );
    $wpdb->update( AmzLinkr\\Lists\\get_table_name(), $row, array( 'name' => $list['name'] ) );
}
$option = get_option( 'amzlinkr_checked' );
foreach ( $option['checked_at'] ?? array() as $code => $time ) {
    $option['checked_at'][ $code ] = gmdate( 'Y-m-d\\TH:i:s\\Z', strtotime( $time ) - $seconds );
}
update_option( 'amzlinkr_checked', $option );
"""
CREATE_POST = """
return wp_insert_post( array(
    'post_title'   => 'A post',
    'post_content' => $content,
    'post_type'    => $type ?? 'post',
    'post_status'  => 'publish',
    'post_author'  => 1,
) );
"""
RECORD_PURGES = """<?php
add_action( 'amzlinkr_lists_changed', static function ( $posts, $names ) {
    sort( $posts );
    $calls   = get_option( 'recorded_lists', array() );
    $calls[] = array( $posts, $names );
    update_option( 'recorded_lists', $calls );
}, 10, 2 );
add_action( 'clean_post_cache', static function ( $post ) {
    $posts = array_merge( get_option( 'purged_posts', array() ), array( $post ) );
    update_option( 'purged_posts', $posts );
} );
"""
READ_PURGES = """
$purges = get_option( 'recorded_lists', array() );
delete_option( 'recorded_lists' );
return $purges;
"""


def ago(hours: float = 0) -> str:
    """Return a time in the format of the service."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600))


def asin_of(number: int) -> str:
    """Return an ASIN."""
    return f"B0LIST{number:04d}"


def product(number: int, **fields: object) -> dict[str, object]:
    """Return a product of the service."""
    return {
        "asin": asin_of(number),
        "marketplace": "US",
        "title": f"Product {number}",
        "url": f"https://www.amazon.com/dp/{asin_of(number)}?tag=demo-20",
        "price": {"amount": 100 * number, "currency": "USD", "display": f"${number}.00"},
        "price_status": "current",
        "availability": "in_stock",
        "observed_at": ago(),
        "disclaimer": DISCLAIMER,
        **fields,
    }


def saved_list(name: str = "tea", items: int = 3, **fields: object) -> dict[str, object]:
    """Return a list of the service with a number of products."""
    return {
        "name": name,
        "marketplace": "US",
        "query": {"keywords": name, "in_stock": True},
        "size": 10,
        "items": [product(number) for number in range(1, items + 1)],
        "observed_at": ago(),
        "fresh_until": ago(-24),
        **fields,
    }


def unfilled(name: str = "tea", **fields: object) -> dict[str, object]:
    """Return a list of the service without products and times."""
    found = saved_list(name, 0, **fields)
    return {field: found[field] for field in found if field not in {"observed_at", "fresh_until"}}


def entry(content: dict[str, object], kind: str = "list") -> dict[str, object]:
    """Return an entry of the feed."""
    return {"marketplace": content["marketplace"], "kind": kind, "list": content}


def removal(name: str = "tea", marketplace: str = "US") -> dict[str, object]:
    """Return the entry of a removed list."""
    return entry({"name": name, "marketplace": marketplace}, "list_removed")


def feed(*changes: object, **members: object) -> Reply:
    """Return the last page of the feed, which confirms the marketplace US now."""
    page = {
        "changes": list(changes),
        "next_cursor": "c",
        "has_more": False,
        "checked_at": {"US": ago()},
        "connections": {},
    }
    return Reply(page | members)


def join(site: Site, service: RecordingService) -> None:
    """Connect the site without a sign-up, and start a feed generation as a sign-up does."""
    service.join(site)
    site.php("AmzLinkr\\Sync\\request_restart();")


def run_sync(
    site: Site, service: RecordingService, *changes: object, **members: object
) -> list[str]:
    """Run the sync with a page of the feed, and return the requests to lists."""
    sent = len(service.requests)
    service.replies[CHANGES] = feed(*changes, **members)
    site.php("AmzLinkr\\Sync\\run();")
    return [line for line in service.lines()[sent:] if "/lists" in line]


def read_lists(site: Site) -> dict[str, tuple[list[str], bool, str]]:
    """Return the ASINs of each stored list, whether it has a time, and its state."""
    found: dict[str, Any] = site.php(READ_LISTS)
    return {name: tuple(values) for name, values in found.items()}


def asins(*numbers: int) -> list[str]:
    """Return ASINs."""
    return [asin_of(number) for number in numbers]
