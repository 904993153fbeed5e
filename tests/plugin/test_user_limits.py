"""Limits per user and hour: who is limited, what counts, and when a new hour begins."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from amzlinkr.domain.imports import chunks_of, entry_of
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site
from tests.unit.domain.pasted_links import table

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

LIMIT = 120
CALL_LIMIT = 600
SHARED_LIMIT = 40
CREATE_USER = """
return wp_insert_user( array(
    'user_login' => $name ?? "the_$role",
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) );
"""
CALL = """
wp_set_current_user( $user );
if ( isset( $limit ) ) {
    add_filter( 'amzlinkr_hourly_limit', static fn( $default, $of ) => $of->ID === $user ? $limit : $default, 10, 2 );
}
$outcomes = array();
for ( ; $times > 0; $times-- ) {
    $request = new WP_REST_Request( $items ? 'POST' : 'GET', '/amzlinkr/v1/' . ( $items ? 'import' : 'search' ) );
    $items ? $request->set_param( 'items', array_fill( 0, $items, 'B0DEMO0000' ) ) : $request->set_param( 'keywords', 'tea' );
    $response   = rest_do_request( $request );
    $outcomes[] = array( $response->get_status(), $response->get_data() );
}
return $outcomes;
"""  # noqa: E501 -- PHP
START_NEW_HOUR = """
$name  = AmzLinkr\\UserLimits\\COUNTER . $user;
$value = explode( ' ', AmzLinkr\\Options\\get_row( $name ) );
AmzLinkr\\Options\\write_row( $name, ( $value[0] - 1 ) . ' ' . $value[1], true );
"""
POLL = """
wp_set_current_user( $user );
$statuses = array();
for ( ; $times > 0; $times-- ) {
    $statuses[] = rest_do_request( new WP_REST_Request( 'GET', '/amzlinkr/v1/import/job_1' ) )->get_status();
}
return $statuses;
"""  # noqa: E501 -- PHP
CONNECT_ACCOUNTS = """
update_option( AmzLinkr\\Accounts\\OPTION, array(
    'primary'  => 'US',
    'accounts' => array_map( static fn( $code ) => array( 'marketplace' => $code, 'state' => $state ?? 'valid' ), $accounts ),
) );
"""  # noqa: E501 -- PHP
NAME_MARKETPLACES = """
return array_map( 'AmzLinkr\\UserLimits\\name_marketplace', $texts );
"""
CONNECTED = ["US", "DE", "UK", "FR", "IT", "ES"]
HIDDEN_MARKETPLACES = [
    [
        "https://www.amazon%2Ede/dp/B08N5WRWN1",
        "https://www.amazon%2Eco%2Euk/dp/B08N5WRWN2",
        "https://www.amazon&#46;fr/dp/B08N5WRWN3",
        "https://www.amazon。it/dp/B08N5WRWN4",
        "https://www.amazon%252Ees/dp/B08N5WRWN5",
    ],
    [
        f"https://www.amazon.com/%3Fu=www.amazon.{end}%2Fdp%2FB08N5WRWN5/dp/B08N5WRWN5"
        for end in ("de", "fr", "it")
    ],
    [
        f"https://www.amazon.xyz/dp/B08N5WRWN1?x=&#32;https://www.amazon.{end}/dp/B08N5WRWN2"
        for end in ("de", "fr", "it")
    ],
    [
        f"https://www.google.com/url?q=https://www.amazon.{end}/dp/B08N5WRWN2"
        for end in ("de", "fr")
    ],
    [f"kettle amazon.xx www.amazon.{end}/dp/B08N5WRWN2" for end in ("de", "fr", "it")],
]
COMMON_ENTRIES = [
    "https://www.amazon.de/dp/B08N5WRWN0",
    "http://amazon.de/gp/product/B08N5WRWN1/",
    " https://www.amazon.de/K%C3%BCche-1.5_l/dp/B08N5WRWN2/ref=sr_1_1?keywords=tea%20pot&qid=1#x ",
    *(f"HTTPS://WWW.AMAZON.DE/Title/dp/B08N5WRW0{digit}?th=1" for digit in range(7)),
]
COUNT_ROWS = """
global $wpdb;
return (int) $wpdb->get_var( "SELECT COUNT(*) FROM $wpdb->options
    WHERE option_name LIKE 'amzlinkr\\_requests\\_of\\_user\\_%'" );
"""


def join(site: Site, service: RecordingService) -> None:
    """Connect the site, with an Amazon account that works."""
    service.join(site)
    site.php(CONNECT_ACCOUNTS, accounts=["US"])


def send(site: Site, user: int, *, times: int = 1, items: int = 0, **more: object) -> list[Any]:
    """Send searches, or imports of a number of items, and return their statuses and bodies."""
    outcomes: list[Any] = site.php(CALL, user=user, times=times, items=items, **more)
    return outcomes


def statuses(outcomes: list[Any]) -> list[int]:
    """Return the statuses of responses."""
    return [status for status, _ in outcomes]


def test_contributor_is_limited_until_the_next_hour(site: Site, service: RecordingService) -> None:
    join(site, service)
    contributor = site.php(CREATE_USER, role="contributor")
    other = site.php(CREATE_USER, role="author")

    outcomes = send(site, contributor, times=LIMIT + 2)

    assert statuses(outcomes) == [200] * LIMIT + [429] * 2
    assert len(service.requests) == LIMIT
    body = outcomes[-1][1]
    assert body["code"] == "user_limit_reached"
    assert "120 requests" in body["message"]
    assert "next full hour" in body["data"]["action"]
    assert 0 < body["data"]["retry_after"] <= 3600
    assert statuses(send(site, other)) == [200]
    site.php(START_NEW_HOUR, user=contributor)
    assert statuses(send(site, contributor, times=2)) == [200, 200]


def test_import_counts_for_every_ten_products(site: Site, service: RecordingService) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    assert statuses(send(site, author, items=1000)) == [200]
    # A refused import does not count.
    assert statuses(send(site, author, items=201)) == [429]
    assert statuses(send(site, author, items=181)) == [200]
    assert statuses(send(site, author, items=11)) == [429]
    assert statuses(send(site, author, items=10)) == [200]
    assert statuses(send(site, author)) == [429]


def test_administrators_have_no_limit(site: Site, service: RecordingService) -> None:
    join(site, service)
    assert statuses(send(site, 1, times=LIMIT + 5)) == [200] * (LIMIT + 5)
    assert statuses(send(site, 1, items=1000, times=6)) == [200] * 6
    assert site.php(COUNT_ROWS) == 0


def test_editors_have_four_times_the_limit(site: Site, service: RecordingService) -> None:
    join(site, service)
    editor = site.php(CREATE_USER, role="editor")
    assert statuses(send(site, editor, items=1000, times=5)) == [200] * 4 + [429]
    assert statuses(send(site, editor, items=800)) == [200]
    (outcome,) = send(site, editor)
    assert outcome[0] == 429
    assert "480 requests" in outcome[1]["message"]


def test_filter_changes_the_limit_of_a_user(site: Site, service: RecordingService) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    assert statuses(send(site, author, limit=2, times=3)) == [200, 200, 429]
    assert statuses(send(site, author, limit=0)) == [429]
    assert statuses(send(site, author, limit=-1, times=3)) == [200] * 3
    assert statuses(send(site, 1, limit=1, times=2)) == [200, 429]


def test_simultaneous_requests_do_not_exceed_the_limit(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    send(site, author, limit=40)
    with ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda _: send(site, author, limit=40, times=15), range(4))
    found = [status for outcomes in results for status in statuses(outcomes)]
    assert found.count(200) == 39
    assert found.count(429) == 21


def test_import_counts_for_each_marketplace(site: Site, service: RecordingService) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    items = [f"https://www.amazon.{end}/dp/B0DEMO0000" for end in ("com", "de", "co.uk")]
    import_items = CALL.replace("array_fill( 0, $items, 'B0DEMO0000' )", "$items")
    calls = {"user": author, "times": 1}
    # Two products of each of three marketplaces, and two of the default one: four requests.
    entries = [*items, *items, "B0DEMO0000", "B0DEMO0001"]
    for limit, status in ((3, 429), (4, 200)):
        outcomes = site.php(import_items, **calls, items=entries, limit=limit)
        assert statuses(outcomes) == [status]


def import_entries(site: Site, entries: list[str], **more: object) -> int:
    """Import entries as the author and return the status."""
    code = CALL.replace("array_fill( 0, $items, 'B0DEMO0000' )", "$items")
    ((status, _),) = site.php(CONNECT_ACCOUNTS + code, times=1, items=entries, **more)
    return int(status)


def count_calls(entries: list[str]) -> int:
    """Return how many requests to Amazon the service sends for an import."""
    return len(chunks_of([entry_of(text, index, "US") for index, text in enumerate(entries)]))


@pytest.mark.parametrize("entries", HIDDEN_MARKETPLACES, ids=range(len(HIDDEN_MARKETPLACES)))
def test_marketplaces_that_only_the_service_can_read_are_counted(
    site: Site, service: RecordingService, entries: list[str]
) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    needed = count_calls(entries)
    assert needed > 1
    calls = {"user": author, "accounts": CONNECTED}
    assert import_entries(site, entries, limit=needed - 1, **calls) == 429
    assert service.lines() == []
    assert import_entries(site, entries, limit=len(entries), **calls) == 200


def test_entries_count_for_connected_marketplaces_only(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    entries = [*HIDDEN_MARKETPLACES[0], *(f"kettle B08N5WRWN{digit}" for digit in range(10))]
    for accounts, most in (([], 2), (["US"], 2), (["US", "DE"], 3), (CONNECTED[:5], 6)):
        author = site.php(CREATE_USER, role="author", name=f"author-{len(accounts)}")
        calls = {"user": author, "accounts": accounts}
        assert import_entries(site, entries, limit=most - 1, **calls) == 429, accounts
        assert import_entries(site, entries, limit=most, **calls) == 200, accounts


def test_common_entries_count_for_their_marketplace_only(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    calls = {"user": author, "accounts": CONNECTED}
    entries = [*COMMON_ENTRIES, *(f"B0DEMO000{digit}" for digit in range(10))]
    assert count_calls(entries) == 2
    assert import_entries(site, entries, limit=1, **calls) == 429
    assert import_entries(site, entries, limit=2, **calls) == 200


def test_entries_with_one_name_are_of_one_marketplace(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    texts = [text for *_, text in table()] + [
        text for group in HIDDEN_MARKETPLACES for text in group
    ]
    names = site.php(NAME_MARKETPLACES, texts=[*texts, *COMMON_ENTRIES])
    found: dict[str, set[str | None]] = {}
    for text, name in zip([*texts, *COMMON_ENTRIES], names, strict=True):
        if name is not None:
            found.setdefault(name, set()).add(entry_of(text, 0, "US").marketplace)
    assert len(found) > 5
    assert {name: codes for name, codes in found.items() if len(codes) > 1} == {}


def test_polls_have_a_limit_of_their_own(site: Site, service: RecordingService) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    editor = site.php(CREATE_USER, role="editor")
    assert set(site.php(POLL, user=author, times=CALL_LIMIT - 1)) == {200}
    assert site.php(POLL, user=author, times=3) == [200, 429, 429]
    assert len(service.requests) == CALL_LIMIT
    # Neither limit uses up the other, and editors have a higher one.
    assert statuses(send(site, author)) == [200]
    assert set(site.php(POLL, user=editor, times=CALL_LIMIT + 5)) == {200}
    site.php("wp_delete_user( $user );", user=author)
    assert site.php("return get_option( 'amzlinkr_calls_of_user_' . $user );", user=author) is False


@pytest.mark.parametrize("state", ["not_eligible", "access_denied", "unverified", None])
def test_users_share_a_limit_until_an_account_has_access(
    site: Site, service: RecordingService, state: str | None
) -> None:
    """Leave calls to administrators, who need them to enter the keys."""
    join(site, service)
    site.php(CONNECT_ACCOUNTS, accounts=["US"] if state else [], state=state)
    author = site.php(CREATE_USER, role="author")
    editor = site.php(CREATE_USER, role="editor")
    assert statuses(send(site, author, times=SHARED_LIMIT - 5)) == [200] * (SHARED_LIMIT - 5)
    assert site.php(POLL, user=editor, times=7) == [200] * 5 + [429] * 2
    (outcome,) = send(site, author)
    assert (outcome[0], outcome[1]["code"]) == (429, "user_limit_reached")
    assert f"share {SHARED_LIMIT} calls" in outcome[1]["message"]
    assert len(service.requests) == SHARED_LIMIT
    assert statuses(send(site, 1, times=3)) == [200] * 3
    site.php(CONNECT_ACCOUNTS, accounts=["DE", "US"], state="valid")
    assert statuses(send(site, author)) == [200]


@pytest.mark.parametrize(("state", "limit"), [("valid", 6), ("not_eligible", 3)])
def test_users_share_the_imports_that_are_jobs(
    site: Site, service: RecordingService, state: str, limit: int
) -> None:
    """One author could otherwise use up the jobs of a day for all users."""
    join(site, service)
    site.php(CONNECT_ACCOUNTS, accounts=["US"], state=state)
    author = site.php(CREATE_USER, role="author")
    editor = site.php(CREATE_USER, role="editor")
    assert statuses(send(site, author, items=11, times=limit - 1)) == [200] * (limit - 1)
    assert statuses(send(site, editor, items=11, times=2)) == [200, 429]
    (outcome,) = send(site, author, items=11)
    assert f"share {limit} imports of more than 10 products" in outcome[1]["message"]
    assert statuses(send(site, author, items=10)) == [200]
    assert statuses(send(site, 1, items=11, times=2)) == [200] * 2


def test_account_that_lost_its_access_has_had_it(site: Site, service: RecordingService) -> None:
    service.join(site)
    service.replies["GET /v1/site"] = Reply(
        {
            "connections": [
                {"marketplace": "US", "state": "not_eligible", "last_ok_at": "2026-11-01"}
            ]
        }
    )
    site.php("AmzLinkr\\Accounts\\refresh();")
    author = site.php(CREATE_USER, role="author")
    outcomes = send(site, author, times=SHARED_LIMIT + 1)
    assert statuses(outcomes) == [200] * (SHARED_LIMIT + 1)


def test_amount_above_the_limit_is_refused_in_a_new_hour(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    assert statuses(send(site, author, items=51, limit=5)) == [429]
    send(site, author)
    site.php(START_NEW_HOUR, user=author)
    assert statuses(send(site, author, items=51, limit=5)) == [429]
    assert service.lines() == ["GET /v1/search?keywords=tea"]


def test_counter_is_deleted_with_its_user(site: Site, service: RecordingService) -> None:
    join(site, service)
    author = site.php(CREATE_USER, role="author")
    send(site, author)
    assert site.php(COUNT_ROWS) == 1
    site.php("wp_delete_user( $user );", user=author)
    assert site.php(COUNT_ROWS) == 0
