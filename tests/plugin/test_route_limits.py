"""Every REST route that calls the service counts for users who are not administrators."""

from typing import Any

import pytest

from tests.plugin.list_bodies import CREATE_POST, READ_PURGES, RECORD_PURGES, run_sync, saved_list
from tests.plugin.list_bodies import entry as listed
from tests.plugin.recording_service import TEA, RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

SAMPLES = {
    "asin": "B0DEMO0000",
    "items": ["B0DEMO0000"],
    "job": "job_1",
    "marketplace": "US",
    "name": "tea",
    "size": 10,
}
"""A value of each parameter in a path, and of each required field."""
LIMITED_ROUTES = {
    "contributor": {"GET /search"},
    "author": {
        "GET /search", "POST /import", "GET /import/job_1", "GET /lists/tea", "PUT /lists/tea",
    },
}  # fmt: skip
LIMITED_ROUTES["editor"] = LIMITED_ROUTES["author"] | {
    "DELETE /lists/tea",
    "DELETE /products/US/B0DEMO0000",
    "POST /refresh",
}
CREATE_USER = """
$user = get_user_by( 'login', $role );
$user = $user ? $user->ID : wp_insert_user( array(
    'user_login' => $role,
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) );
wp_set_current_user( $user );
"""
SET_COUNTERS = """
foreach ( array( AmzLinkr\\UserLimits\\COUNTER, AmzLinkr\\UserLimits\\CALL_COUNTER ) as $counter ) {
    $hour = intdiv( time(), HOUR_IN_SECONDS );
    AmzLinkr\\Options\\write_row( $counter . $user, "$hour $counted", true );
}
"""
CALL_ALL_ROUTES = """
$sent = 0;
add_filter( 'http_request_args', static function ( $arguments ) use ( &$sent ) {
    ++$sent;
    return $arguments;
} );
$outcomes = array();
foreach ( rest_get_server()->get_routes( 'amzlinkr/v1' ) as $route => $handlers ) {
    $fill = static fn( $found ) => $samples[ $found[1] ];
    $path = preg_replace_callback( '/\\(\\?P<(\\w+)>[^)]*\\)/', $fill, $route );
    foreach ( $handlers as $handler ) {
        $required = array_filter( $handler['args'], static fn( $field ) => $field['required'] ?? false );
        $fields   = array_intersect_key( $samples, $required );
        preg_match_all( '/\\(\\?P<(\\w+)>/', $route, $found );
        foreach ( array_keys( $handler['methods'] ) as $method ) {
            $request = new WP_REST_Request( $method, $path );
            $request->set_query_params( array_diff_key( $fields, array_flip( $found[1] ) ) );
            $before = $sent;
            $status = rest_do_request( $request )->get_status();
            $name   = "$method " . substr( $path, strlen( '/amzlinkr/v1' ) );
            $outcomes[ $name ] = array( $status, $sent - $before );
            delete_option( AmzLinkr\\Sync\\LOCK );
        }
    }
}
return $outcomes;
"""  # noqa: E501 -- PHP
SEND = """
$statuses = array();
foreach ( $routes as list( $method, $path ) ) {
    $statuses[] = rest_do_request( new WP_REST_Request( $method, "/amzlinkr/v1$path" ) )->get_status();
}
return $statuses;
"""  # noqa: E501 -- PHP
RECORD_PRODUCT_PURGES = """
$GLOBALS['product_purges'] = 0;
add_action( 'amzlinkr_products_changed', static fn() => ++$GLOBALS['product_purges'] );
"""
STORE_PRODUCT = """
$product = array( 'asin' => 'B0DEMO0000', 'marketplace' => 'US', 'price_status' => 'missing' );
AmzLinkr\\Products\\store( array( $product ), 0 );
"""
REMOVE_PRODUCT = RECORD_PRODUCT_PURGES + SEND.replace(
    "return $statuses;", "return array( $statuses, $GLOBALS['product_purges'] );"
)


def call_all_routes(site: Site, role: str, prepare: str = "", **more: object) -> dict[str, Any]:
    """Call every route of the plugin, and return the status and number of calls of each."""
    code = CREATE_USER + prepare + CALL_ALL_ROUTES
    outcomes: dict[str, Any] = site.php(code, role=role, samples=SAMPLES, **more)
    return outcomes


@pytest.mark.parametrize("role", LIMITED_ROUTES)
def test_each_route_that_calls_the_service_is_limited(
    role: str, site: Site, service: RecordingService
) -> None:
    service.join(site)
    # An author saves only a list with the search that it has.
    for method in ("GET", "PUT"):
        service.replies[f"{method} /v1/lists/tea"] = Reply(TEA | {"query": {}})

    fresh = call_all_routes(site, role)
    used_up = call_all_routes(site, role, SET_COUNTERS, counted=10**6)

    # With a route that requires other fields, add them to SAMPLES.
    assert {name for name, (status, _) in fresh.items() if status not in {200, 403}} == set()
    assert {name for name, (_, sent) in fresh.items() if sent} == LIMITED_ROUTES[role]
    refused = {name for name, (status, _) in used_up.items() if status == 429}
    assert refused == LIMITED_ROUTES[role]
    assert sum(sent for _, sent in used_up.values()) == 0


def test_administrators_have_no_limit(site: Site, service: RecordingService) -> None:
    service.join(site)
    used_up = call_all_routes(site, "administrator", SET_COUNTERS, counted=10**6)
    assert {name for name, (_, sent) in used_up.items() if sent} > LIMITED_ROUTES["editor"]
    assert {status for status, _ in used_up.values()} == {200}


@pytest.mark.parametrize(
    ("role", "calls", "requests"), [("author", 600, 120), ("editor", 2400, 480)]
)
def test_editors_have_higher_limits(
    role: str, calls: int, requests: int, site: Site, service: RecordingService
) -> None:
    service.join(site)
    for route, limit in ((["GET", "/import/job_1"], calls), (["GET", "/search"], requests)):
        code = CREATE_USER + SET_COUNTERS + SEND
        assert site.php(code, role=role, counted=limit - 1, routes=[route] * 3) == [200, 429, 429]
    assert len(service.requests) == 2


def test_posts_of_an_unknown_list_are_not_searched(site: Site, service: RecordingService) -> None:
    service.join(site)
    run_sync(site, service, listed(saved_list()))
    (site.root / "wp-content/mu-plugins/recorder.php").write_text(RECORD_PURGES)
    post = site.php(CREATE_POST, content="[amzlinkr_list name=tea]")
    other = site.php(CREATE_POST, content="[amzlinkr_list name=other]")
    unknown = Reply({"code": "not_found", "detail": "No such list.", "status": 404}, 404)
    service.replies["DELETE /v1/lists/none"] = unknown
    service.replies["DELETE /v1/lists/tea"] = unknown
    purges = []
    # Neither has it; only this site; only the service.
    for name in ("none", "tea", "other"):
        code = CREATE_USER + SEND
        assert site.php(code, role="editor", routes=[["DELETE", f"/lists/{name}"]]) == [200]
        purges.append(site.php(READ_PURGES))
    assert purges == [[], [[[post], ["tea"]]], [[[other], ["other"]]]]


def test_posts_of_an_unknown_product_are_not_searched(
    site: Site, service: RecordingService
) -> None:
    service.join(site)
    unknown = Reply({"code": "not_found", "detail": "Not imported.", "status": 404}, 404)
    routes = [["DELETE", "/products/US/B0DEMO0000"]]
    code = CREATE_USER + REMOVE_PRODUCT
    # Only the service has it; neither; only this site.
    assert site.php(code, role="editor", routes=routes) == [[200], 1]
    service.replies["DELETE /v1/products/B0DEMO0000"] = unknown
    assert site.php(code, role="editor", routes=routes) == [[200], 0]
    site.php(STORE_PRODUCT)
    assert site.php(code, role="editor", routes=routes) == [[200], 1]
