"""REST routes: what each role makes the site ask the service, whatever else a request contains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest

from tests.plugin.recording_service import API_KEY, RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ROLES = ("administrator", "editor", "author", "contributor", "subscriber", "")
PLACES = ("query", "form", "json")
ASIN = "B0DEMO0000"
URL_PARAMETERS = ("asin", "job", "marketplace", "name")
KEYS = {
    "api": "creators",
    "credential_id": "id",
    "credential_secret": "secret",
    "credential_version": "2.1",
    "partner_tag": "demo-20",
    "marketplace": "US",
}


@dataclass(frozen=True)
class Route:
    """A route, the least role that may call it, and the requests that it sends to the service.

    `further` is a request that depends on the state of the site.
    """

    method: str
    path: str
    least_role: str
    requests: tuple[str, ...]
    fields: dict[str, object]
    further: str = ""

    @property
    def has_url_parameters(self) -> bool:
        """Return True if the path contains parameters."""
        return self.path.count("/") > 1

    def is_open_to(self, role: str) -> bool:
        """Return True if users of a role may call the route."""
        return ROLES.index(role) <= ROLES.index(self.least_role)


ACCOUNTS = "GET /v1/site"
PRODUCT = f"DELETE /v1/products/{ASIN}?marketplace=US"
SYNC = ("POST /v1/sync", "GET /v1/changes")
ROUTES = (
    Route("POST", "/accounts", "administrator", ("POST /v1/validate", ACCOUNTS), {**KEYS}),
    Route("GET", "/accounts", "administrator", (ACCOUNTS,), {}),
    Route("DELETE", "/accounts/US", "administrator", ("DELETE /v1/connections/US", ACCOUNTS), {}),
    Route(
        "PUT",
        "/accounts/US",
        "administrator",
        ("PUT /v1/connections/US", ACCOUNTS),
        {"partner_tag": "demo-20"},
    ),
    Route("GET", "/diagnostics", "administrator", ("GET /v1/diagnostics",), {}),
    Route("GET", "/search", "contributor", ("GET /v1/search",), {"keywords": "tea"}),
    Route("POST", "/import", "author", ("POST /v1/import",), {"items": [ASIN]}),
    Route("GET", "/import/job_1", "author", ("GET /v1/import/job_1",), {}),
    Route("GET", "/products", "contributor", (), {"keywords": "tea"}),
    Route("DELETE", f"/products/US/{ASIN}", "editor", (PRODUCT,), {}),
    Route("POST", "/refresh", "editor", SYNC, {}),
    Route("GET", "/lists", "contributor", (), {}),
    # The editor shows why a list has no products, if the account of its marketplace can be asked.
    Route("GET", "/lists/tea", "author", ("GET /v1/lists/tea",), {}, "GET /v1/sync"),
    Route("PUT", "/lists/tea", "author", ("PUT /v1/lists/tea",), {"keywords": "tea", "size": 10}),
    Route("DELETE", "/lists/tea", "editor", ("DELETE /v1/lists/tea",), {}),
)
HOSTILE_VALUES: tuple[object, ...] = (
    "../site?confirm=kitchen.example#",
    "../connections/US#",
    "..%2fsite",
    "%2e%2e/site",
    "%252e%252e%252fsite",
    "..\\site",
    "US/../../site",
    "../export",
    "../keys",
    "..",
    f"{ASIN}?marketplace=DE",
    f"{ASIN}#",
    f"{ASIN}\n",
    "US\r\nX-Injected: yes",
    "job_1\x00",
    "job_2",
    "DE",
    "B0OTHER000",
    "",
    "ＵＳ",
    "B0ÄÖÜ\u202e000",
    "x" * 5000,
    ["US"],
    {"a": {"b": "../site"}},
    0,
    True,
    None,
)
# The number of a REST request reaches the service in a header.
SEND_ALL = """
wp_set_current_user( '' === $role ? 0 : wp_insert_user( array(
    'user_login' => "the_$role",
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) ) );
add_filter( 'amzlinkr_hourly_limit', static fn() => -1 );
$number = null;
add_filter( 'http_request_args', static function ( $arguments ) use ( &$number ) {
    $arguments['headers']['X-Test-Number'] = (string) $number;
    return $arguments;
} );
$outcomes = array();
foreach ( $requests as $number => list( $method, $path, $fields, $place, $extra ) ) {
    $request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
    $query   = 'GET' === $method || 'query' === $place ? $fields : array();
    $request->set_query_params( 'query' === $place ? $extra + $query : $query );
    if ( 'form' === $place ) {
        $request->set_header( 'Content-Type', 'application/x-www-form-urlencoded' );
        $request->set_body_params( $extra + $fields );
    } elseif ( 'json' === $place ) {
        $request->set_header( 'Content-Type', 'application/json' );
        $request->set_body( wp_json_encode( $extra + $fields ) );
    }
    try {
        $outcomes[] = rest_do_request( $request )->get_status();
    } catch ( Throwable $error ) {
        $outcomes[] = get_class( $error ) . ': ' . $error->getMessage();
    }
    delete_option( AmzLinkr\\Sync\\LOCK );
}
return $outcomes;
"""
HOSTILE_PATHS = (
    "/products/US/..%2fsite",
    "/products/US/../site",
    "/products/us/b0demo0000",
    "/products/US/B0DEMO0000%0a",
    "/products/US/B0DEMO000%3f",
    "/accounts/us",
    "/accounts/US%0A",
    "/accounts/..",
    "/import/..%2fsite",
    "/import/job_1%0a",
    "/import/%2e%2e",
    "/import/job%201",
    "/import/" + "x" * 200,
    "/lists/..%2fsite",
    "/lists/TEA",
    "/lists/tea%0a",
    "/lists/t%C3%A9",
    "/lists/a_b",
    "/lists/" + "x" * 65,
)


def send_all(site: Site, role: str, requests: Sequence[tuple[object, ...]]) -> list[Any]:
    """Send requests as a new user of a role and return the status of each, or its exception."""
    outcomes: list[Any] = site.php(SEND_ALL, role=role, requests=requests)
    assert len(outcomes) == len(requests)
    return outcomes


def asked_by(service: RecordingService) -> dict[int, list[str]]:
    """Return what the service was asked because of each request, by the request's number."""
    asked: dict[int, list[str]] = {}
    for request in service.requests:
        asked.setdefault(int(request.headers["X-Test-Number"]), []).append(request.line)
    return asked


def is_expected(lines: list[str], route: Route) -> bool:
    """Return True if the service was asked what the route asks, and nothing else."""
    if lines[len(route.requests) :] == [route.further]:
        lines = lines[:-1]
    matches = [
        line == expected or ("?" not in expected and line.partition("?")[0] == expected)
        for line, expected in zip(lines, route.requests, strict=False)
    ]
    return len(lines) == len(route.requests) and all(matches)


def changes_list(route: Route, role: str, name: str) -> bool:
    """Return True if the field moves a list that exists, which only editors may do."""
    return (route.method, role, name) == ("PUT", "author", "marketplace")


@pytest.mark.parametrize("role", ROLES)
def test_url_parameters_come_from_the_url_only(
    role: str, site: Site, service: RecordingService
) -> None:
    service.join(site)
    calls: list[tuple[Route, str, object]] = [(route, "", None) for route in ROUTES]
    calls += [
        (route, name, value)
        for route in ROUTES
        for name in URL_PARAMETERS
        for value in (HOSTILE_VALUES if route.has_url_parameters else HOSTILE_VALUES[:2])
    ]
    requests = [
        (route.method, route.path, route.fields, place, {name: value} if name else {})
        for route, name, value in calls
        for place in PLACES
    ]
    routes = [(route, name) for route, name, _ in calls for _ in PLACES]

    outcomes = send_all(site, role, requests)

    asked = asked_by(service)
    wrong = []
    for number, ((route, name), outcome) in enumerate(zip(routes, outcomes, strict=True)):
        lines = asked.get(number, [])
        if outcome == 400:
            passed = bool(name) and not lines
        elif not route.is_open_to(role) or (outcome == 403 and changes_list(route, role, name)):
            passed = outcome in {401, 403} and not lines
        else:
            passed = outcome == 200 and is_expected(lines, route)
        if not passed:
            wrong.append((requests[number], outcome, lines))
    assert wrong == []


def test_url_parameters_in_other_places_are_refused(site: Site, service: RecordingService) -> None:
    service.join(site)
    routes = [route for route in ROUTES if route.has_url_parameters]
    names = ("marketplace", "marketplace", "job", "asin", "name", "name", "name")
    others = {"asin": "B0OTHER000", "job": "job_2", "marketplace": "DE", "name": "other"}
    requests = [
        (route.method, route.path, route.fields, place, {name: others[name]})
        for route, name in zip(routes, names, strict=True)
        for place in PLACES
        # WordPress does not read the body of a GET request.
        if route.method != "GET" or place == "query"
    ]
    assert set(send_all(site, "administrator", requests)) == {400}
    assert service.lines() == []


def test_hostile_urls_are_refused(site: Site, service: RecordingService) -> None:
    service.join(site)
    paths = [*HOSTILE_PATHS, *map(unquote, HOSTILE_PATHS)]
    requests: list[tuple[object, ...]] = [
        (method, path, {}, "query", {}) for path in paths for method in ("GET", "DELETE")
    ]

    outcomes = send_all(site, "administrator", requests)

    # WordPress removes one line feed at the end of a URL, and nothing else of these is a name.
    harmless = {"GET /v1/import/job_1", "DELETE /v1/connections/US", PRODUCT, ACCOUNTS}
    harmless |= {"DELETE /v1/lists/tea", "GET /v1/lists/tea"}
    assert set(service.lines()) <= harmless
    assert set(outcomes) <= {200, 400, 404}
    assert outcomes.count(200) == 5


# The functions of the routes read the URL as well, whatever the checks of the routes let through.
CALL_FUNCTIONS = """
wp_set_current_user( 1 );
foreach ( $calls as list( $method, $function, $url ) ) {
    $request = new WP_REST_Request( $method, '/' );
    $request->set_url_params( $url );
    $request->set_query_params( array_fill_keys( array_keys( $url ), 'OTHER' ) );
    call_user_func( "AmzLinkr\\\\$function", $request );
}
"""


def test_functions_of_routes_read_the_url(site: Site, service: RecordingService) -> None:
    service.join(site)
    calls = [
        ("GET", "Rest\\get_import_job", {"job": "job_1"}),
        ("DELETE", "Rest\\remove_product", {"asin": ASIN, "marketplace": "US"}),
        ("DELETE", "Rest\\delete_account", {"marketplace": "US"}),
        ("PUT", "LinkOnly\\save_tag", {"marketplace": "US"}),
        ("DELETE", "Rest\\delete_list", {"name": "tea"}),
        ("GET", "Rest\\get_list", {"name": "tea"}),
    ]
    site.php(CALL_FUNCTIONS, calls=calls)
    asked = ["GET /v1/import/job_1", PRODUCT, "DELETE /v1/connections/US", ACCOUNTS]
    asked += ["PUT /v1/connections/US", ACCOUNTS]
    asked += ["DELETE /v1/lists/tea", "GET /v1/lists/tea"]
    assert service.lines() == asked


BUILD_PATHS = """
return array_map( static function ( $case ) {
    $path = AmzLinkr\\Service\\build_path( ...$case );
    return is_wp_error( $path )
        ? array( $path->get_error_code(), $path->get_error_data()['action'] )
        : $path;
}, $cases );
"""
SAFE_PATHS: list[tuple[str, dict[str, object], str]] = [
    ("/site", {}, "/site"),
    ("/signup/su_1/verify", {}, "/signup/su_1/verify"),
    ("/products/{asin}", {"asin": ASIN}, f"/products/{ASIN}"),
    ("/lists/{name}", {"name": "a b&c=d+e"}, "/lists/a%20b%26c%3Dd%2Be"),
    ("/lists/{name}", {"name": "Küche"}, "/lists/K%C3%BCche"),
    ("/lists/{name}", {"name": "{asin}"}, "/lists/%7Basin%7D"),
    ("/{a}/{b}", {"a": "{b}", "b": "1"}, "/%7Bb%7D/1"),
]
UNSAFE_PATHS: list[tuple[str, dict[str, object]]] = [
    ("/products/../site", {}),
    ("/products?confirm=x", {}),
    ("/products#x", {}),
    ("/products\\site", {}),
    ("/products\r\nX: y", {}),
    ("/products/a%2f..", {}),
    ("/signup/..%2Fsite/verify", {}),
    ("/signup/%2e%2e/verify", {}),
    ("/signup/x%0d%0a/verify", {}),
    ("/products/{asin}", {}),
]
UNSAFE_SEGMENTS: list[object] = [
    "", ".", "..", "../site", "a/b", "a\\b", "a?b", "a#b", "a%2fb", "a%b", "a\nb", "a\x00", "a\x7f",
    "x" * 201, ["a"], {"a": "b"}, None, True, 1, 1.5,
]  # fmt: skip


def test_paths_are_encoded_or_refused(site: Site, service: RecordingService) -> None:
    service.join(site)
    cases = [(template, values or {"unused": "x"}) for template, values, _ in SAFE_PATHS]
    assert site.php(BUILD_PATHS, cases=cases) == [path for *_, path in SAFE_PATHS]
    cases = [(template, values or {"unused": "x"}) for template, values in UNSAFE_PATHS]
    cases += [("/products/{asin}", {"asin": value}) for value in UNSAFE_SEGMENTS]
    results = site.php(BUILD_PATHS, cases=cases)
    for case, result in zip(cases, results, strict=True):
        assert result[0] == "invalid_path", case
        assert result[1], case


SEND_UNSAFE = """
$result = AmzLinkr\\Service\\call( 'DELETE', $path, array( 'path' => $values ) );
return array( is_wp_error( $result ) ? $result->get_error_code() : $result );
"""


def test_unsafe_path_is_not_sent(site: Site, service: RecordingService) -> None:
    service.join(site)
    values = {"asin": "../site?confirm=kitchen.example#"}
    assert site.php(SEND_UNSAFE, path="/products/{asin}", values=values) == ["invalid_path"]
    assert site.php(SEND_UNSAFE, path="/products/../site", values=values) == ["invalid_path"]
    assert service.lines() == []


ROUTES_WITH_OWN_RESPONSE = {
    "GET /v1/search": ("GET", "/search?keywords=tea"),
    "GET /v1/diagnostics": ("GET", "/diagnostics"),
    "GET /v1/site": ("GET", "/accounts"),
    "GET /v1/import/job_1": ("GET", "/import/job_1"),
    "POST /v1/import": ("POST", "/import"),
    "POST /v1/validate": ("POST", "/accounts"),
    "PUT /v1/connections/US": ("PUT", "/accounts/US"),
    "PUT /v1/lists/tea": ("PUT", "/lists/tea"),
    "GET /v1/lists/tea": ("GET", "/lists/tea"),
    "GET /v1/changes": ("POST", "/refresh"),
}
GADGET = b'O:15:"Amzlinkr_Gadget":0:{}'
OTHER_RESPONSES = ["text", {"results": 1, "items": "x", "steps": None}, GADGET]
SEND_TO_OTHER_SERVICE = """
class Amzlinkr_Gadget {
    public function __wakeup() {
        update_option( 'gadget_ran', 1 );
    }
}
wp_set_current_user( 1 );
list( $path, $query ) = array_pad( explode( '?', $path ), 2, '' );
$request = new WP_REST_Request( $method, "/amzlinkr/v1$path" );
parse_str( $query, $parameters );
$request->set_query_params( $parameters + $fields );
try {
    return array( rest_do_request( $request )->get_status(), get_option( 'gadget_ran' ) );
} catch ( Throwable $error ) {
    return array( get_class( $error ) . ': ' . $error->getMessage(), get_option( 'gadget_ran' ) );
}
"""


def test_other_responses_are_an_error_of_the_service(site: Site, service: RecordingService) -> None:
    service.join(site)
    for answered, (method, path) in ROUTES_WITH_OWN_RESPONSE.items():
        bodies: dict[str, dict[str, object]] = {
            "POST": {"items": [ASIN], **KEYS},
            "PUT": {"keywords": "tea", "size": 10},
        }
        fields = bodies.get(method, {})
        for body in OTHER_RESPONSES:
            service.replies = {answered: Reply(body)}
            values = {"method": method, "path": path, "fields": fields}
            assert site.php(SEND_TO_OTHER_SERVICE, **values) == [424, False], (answered, body)


def test_redirects_are_not_followed(site: Site, service: RecordingService) -> None:
    service.join(site)
    elsewhere = {"Location": service.url.replace("127.0.0.1", "localhost") + "/elsewhere"}
    service.replies["GET /v1/site"] = Reply({}, 302, elsewhere)
    site.php("AmzLinkr\\Accounts\\refresh();")
    assert service.lines() == ["GET /v1/site"]
    assert service.requests[0].headers["Authorization"] == f"Bearer {API_KEY}"
