"""Abilities: their schemas, who may use them, and what they send and return."""

import json
from typing import Any

import pytest

from tests.plugin.list_bodies import asin_of, join, product
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["newest"])]

LIST = """
$found = array();
foreach ( wp_get_abilities() as $name => $ability ) {
    if ( 0 === strpos( $name, 'amzlinkr/' ) ) {
        $found[ $name ] = array( $ability->get_category(), $ability->get_meta()['annotations']['readonly'] );
    }
}
return $found;
"""  # noqa: E501 -- PHP
RUN = """
if ( is_string( $role ?? 1 ) ) {
    $known = get_user_by( 'login', $role );
    $user  = $known ? $known->ID : wp_insert_user( array(
        'user_login' => $role,
        'user_pass'  => wp_generate_password(),
        'role'       => $role,
    ) );
}
wp_set_current_user( $user ?? 1 );
$result = wp_get_ability( "amzlinkr/$name" )->execute( $fields );
if ( is_wp_error( $result ) ) {
    return array( $result->get_error_code(), $result->get_error_message(), $result->get_error_data() );
}
return array( 'ok', $result );
"""  # noqa: E501 -- PHP
RUN_BY_REST = """
wp_set_current_user( $user );
$request = new WP_REST_Request( $method, "/wp-abilities/v1/abilities/amzlinkr/$name/run" );
$request->set_query_params( array( 'input' => $fields ) );
return rest_do_request( $request )->get_status();
"""
SEARCH = "GET /v1/search"
IMPORT = "POST /v1/import"
KETTLE = {"keywords": "kettle"}
DENIED = "ability_invalid_permissions"


def run(site: Site, name: str, fields: object, **more: object) -> Any:
    """Run an ability as the administrator or as a `role`, and return its result or error."""
    return site.php(RUN, name=name, fields=fields, **more)


def test_abilities_are_registered(site: Site, service: RecordingService) -> None:
    join(site, service)
    assert site.php(LIST) == {
        "amzlinkr/search-products": ["amzlinkr", True],
        "amzlinkr/import-products": ["amzlinkr", False],
        "amzlinkr/get-product": ["amzlinkr", True],
    }


def test_search_returns_products(site: Site, service: RecordingService) -> None:
    join(site, service)
    service.replies[SEARCH] = Reply({"items": [product(1)], "total": 1, "page": 1, "pages": 1})
    outcome, found = run(site, "search-products", {**KETTLE, "max_price": 5000})
    assert outcome == "ok"
    assert [item["asin"] for item in found["items"]] == [asin_of(1)]
    assert service.requests[0].target == "/v1/search?keywords=kettle&max_price=5000"


def test_import_stores_products(site: Site, service: RecordingService) -> None:
    join(site, service)
    imported = {"input": asin_of(1), "asin": asin_of(1), "marketplace": "US", "status": "imported"}
    service.replies[IMPORT] = Reply({"results": [imported | {"product": product(1)}]})
    outcome, found = run(site, "import-products", {"items": [asin_of(1)], "marketplace": "US"})
    assert outcome == "ok"
    assert found["results"][0]["status"] == "imported"
    assert json.loads(service.requests[0].body) == {"items": [asin_of(1)], "marketplace": "US"}
    outcome, shown = run(site, "get-product", {"asin": asin_of(1), "marketplace": "US"})
    assert (outcome, shown["title"], shown["price"]) == ("ok", "Product 1", "$1.00")
    age = "global $wpdb; $wpdb->query( 'UPDATE ' . AmzLinkr\\Products\\get_table_name() . ' SET seen_at = seen_at - 90000' );"  # noqa: E501 -- PHP
    site.php(age)
    _, expired = run(site, "get-product", {"asin": asin_of(1), "marketplace": "US"})
    assert (expired["asin"], expired["title"], expired["price"]) == (asin_of(1), "", "")


def test_errors_have_a_status_and_a_remedy(site: Site, service: RecordingService) -> None:
    join(site, service)
    code, _, data = run(site, "get-product", {"asin": asin_of(9), "marketplace": "US"})
    assert (code, data["status"], data["action"]) == ("not_imported", 404, "Import it first.")
    problem = {"code": "api_key_rejected", "detail": "No.", "action": "Connect.", "status": 401}
    service.replies[SEARCH] = Reply(problem, 401)
    code, _, data = run(site, "search-products", KETTLE)
    assert (code, data["status"], data["action"]) == ("api_key_rejected", 424, "Connect.")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("search-products", {"min_rating": 9}),
        ("search-products", {"marketplace": "usa"}),
        ("import-products", {"items": []}),
        ("import-products", {"items": [asin_of(1)] * 11}),
        ("import-products", {"marketplace": "US"}),
        ("get-product", {"asin": "' OR 1=1 --", "marketplace": "US"}),
        ("get-product", {"asin": asin_of(1)}),
    ],
    ids=str,
)
def test_invalid_input_is_refused(
    name: str, fields: dict[str, object], site: Site, service: RecordingService
) -> None:
    join(site, service)
    assert run(site, name, fields)[0] == "ability_invalid_input"
    assert service.lines() == []


def test_each_ability_requires_its_capability(site: Site, service: RecordingService) -> None:
    join(site, service)
    abilities = {
        "search-products": (KETTLE, "subscriber", "contributor"),
        "get-product": ({"asin": asin_of(1), "marketplace": "US"}, "subscriber", "contributor"),
        "import-products": ({"items": [asin_of(1)]}, "contributor", "author"),
    }
    for name, (fields, denied, _) in abilities.items():
        assert run(site, name, fields, role=denied)[0] == DENIED
    assert service.lines() == []
    for name, (fields, _, allowed) in abilities.items():
        assert run(site, name, fields, role=allowed)[0] != DENIED
    assert site.php(RUN_BY_REST, name="search-products", method="GET", fields=KETTLE, user=0) == 401
    assert site.php(RUN_BY_REST, name="search-products", method="GET", fields=KETTLE, user=1) == 200


def test_searches_count_for_the_limit_of_the_user(site: Site, service: RecordingService) -> None:
    join(site, service)
    limit = "add_filter( 'amzlinkr_hourly_limit', static fn() => 1 );" + RUN
    for expected in ("ok", "user_limit_reached"):
        outcome = site.php(limit, name="search-products", fields=KETTLE, role="author")
        assert outcome[0] == expected
    assert outcome[2]["status"] == 429
