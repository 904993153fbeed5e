"""The commands of WP-CLI: requests, output, exit codes, permissions, and what is never shown."""

import json
from pathlib import Path

import pytest

from tests.plugin.command_line import Command, wp
from tests.plugin.list_bodies import asin_of, entry, feed, join, product, saved_list
from tests.plugin.recording_service import API_KEY, Recorded, RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

ACTIVATE = "activate_plugin( 'amzlinkr/amzlinkr.php' );"
STORE = "AmzLinkr\\Products\\store( $products, 0 );"
COUNT = "return AmzLinkr\\Products\\count_all();"
CREATE_USER = """
wp_insert_user( array(
    'user_login' => $role,
    'user_pass'  => wp_generate_password(),
    'role'       => $role,
) );
"""
SYNCED_NOW = """
$state = array( 'succeeded_at' => time(), 'ran_at' => time() );
update_option( AmzLinkr\\Sync\\STATE_OPTION, $state );
"""
REJECT_KEYS = """
$option = get_option( AmzLinkr\\Accounts\\OPTION );
$option['accounts'][0] = array( 'state' => 'keys_rejected', 'action' => 'Enter new keys.' ) + $option['accounts'][0];
update_option( AmzLinkr\\Accounts\\OPTION, $option );
"""  # noqa: E501 -- PHP
SEARCH = "GET /v1/search"
IMPORT = "POST /v1/import"
PROBLEM = {
    "code": "amazon_not_eligible",
    "title": "Not eligible",
    "detail": "Amazon refuses the account.",
    "action": "Make three sales.",
    "status": 424,
    "request_id": "req_7",
    "upstream": {"code": "AssociateNotEligible"},
}


def found(*numbers: int, **fields: object) -> Reply:
    """Return the reply of a search that has found products."""
    items = [product(number, **fields) for number in numbers]
    return Reply({"items": items, "total": len(items), "page": 1, "pages": 1})


def result(number: int, status: str = "imported", **fields: object) -> dict[str, object]:
    """Return a result of an import."""
    asin = asin_of(number)
    return {"input": asin, "asin": asin, "marketplace": "US", "status": status, **fields}


def imported(*numbers: int) -> list[dict[str, object]]:
    """Return the results of imported products."""
    return [result(number, product=product(number)) for number in numbers]


def rows(command: Command) -> dict[str, object]:
    """Return the rows of `status --format=json` by name."""
    return {row["name"]: row["value"] for row in json.loads(command.output)}


def test_status_shows_the_stored_state(site: Site, service: RecordingService) -> None:
    join(site, service)
    site.php(STORE, products=[product(1), product(2, price_status="missing")])
    site.php(SYNCED_NOW)
    command = wp(site, "status", "--format=json")
    assert (command.code, command.errors) == (0, "")
    shown = rows(command)
    assert shown["connected"] == "yes"
    assert shown["service_url"] == service.url
    assert shown["account_US"] == "valid demo-20"
    assert (shown["products"], shown["missing"], shown["lists"]) == (2, 1, 0)
    assert service.lines() == []
    assert wp(site, "status").output.startswith("name\tvalue\nconnected\tyes\n")


def test_status_warns_of_each_problem_with_its_remedy(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    site.php(SYNCED_NOW)
    site.php(REJECT_KEYS)
    command = wp(site, "status", "--format=csv")
    assert command.code == 1
    assert command.errors == "Warning: US: Amazon rejects the keys. Enter new keys.\n"
    assert 'account_US,"keys_rejected demo-20"\n' in command.output


def test_site_without_a_connection_has_a_remedy(site: Site) -> None:
    site.php(ACTIVATE)
    command = wp(site, "status", "--format=json")
    assert (command.code, rows(command)["connected"]) == (1, "no")
    error = "Error: This site is not connected to a service. Connect it under AmzLinkr in the dashboard.\n"  # noqa: E501 -- one line
    for arguments in (["sync"], ["search", "tea"], ["import", asin_of(1)], ["lists"]):
        command = wp(site, *arguments)
        assert (command.code, command.output, command.errors) == (1, "", error)


def test_search_sends_its_options_and_prints_rows(site: Site, service: RecordingService) -> None:
    join(site, service)
    site.php(STORE, products=[product(2)])
    service.replies[SEARCH] = found(1, 2)
    command = wp(site, "search", "green", "tea", "--marketplace=us", "--max_price=500")
    assert command.code == 0
    assert service.requests[0].target == (
        "/v1/search?keywords=green+tea&marketplace=US&max_price=500"
    )
    lines = [line.split("\t") for line in command.output.splitlines()]
    assert lines[0] == ["asin", "marketplace", "title", "price", "availability", "imported"]
    assert [(line[0], line[-1]) for line in lines[1:]] == [(asin_of(1), "no"), (asin_of(2), "yes")]
    columns = ["--fields=asin,url", "--format=json"]
    assert json.loads(wp(site, "search", "tea", *columns).output)[0]["asin"] == asin_of(1)
    ids = wp(site, "search", "tea", "--format=ids").output
    assert ids == f"{asin_of(1)} {asin_of(2)}"
    assert wp(site, "search", "tea", "--format=count").output == "2"


def test_texts_from_amazon_cannot_control_a_terminal(site: Site, service: RecordingService) -> None:
    join(site, service)
    service.replies[SEARCH] = found(1, title="Red\x1b[31m\u202e\x9b1m\r\nkettle\x07")
    command = wp(site, "search", "tea", "--format=csv", "--fields=title")
    assert command.output == 'title\n"Red [31m 1m kettle"\n'
    problem = PROBLEM | {"detail": "No\x1b]0;title\x07 access."}
    service.replies[SEARCH] = Reply(problem, 424)
    assert "\x1b" not in wp(site, "search", "tea").errors


def test_invalid_options_are_refused_before_a_request(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    for option in ("--marketplace=usa", "--min_rating=9", "--page=first", "--in_stock=maybe"):
        command = wp(site, "search", "tea", option)
        assert (command.code, command.output) == (1, "")
        assert option[2:].partition("=")[0] in command.errors
        assert "wp help" in command.errors
        assert command.errors.count("\n") == 1
    assert wp(site, "search", "tea", "--format=xml").code == 1
    assert service.lines() == []


def test_error_of_the_service_has_its_remedy_and_code(
    site: Site, service: RecordingService
) -> None:
    join(site, service)
    service.replies[IMPORT] = Reply(PROBLEM, 424)
    command = wp(site, "import", asin_of(1))
    assert (command.code, command.output) == (1, "")
    assert command.errors.splitlines()[-1] == (
        "Error: Amazon refuses the account. Make three sales."
        " (amazon_code: AssociateNotEligible) (request_id: req_7)"
    )


def test_import_stores_products_and_prints_each_result(
    site: Site, service: RecordingService, tmp_path: Path
) -> None:
    join(site, service)
    service.replies[IMPORT] = Reply({"results": imported(1, 2)})
    file = tmp_path / "asins.txt"
    file.write_text(f"# kettles\n\n{asin_of(2)}\n")
    command = wp(site, "import", asin_of(1), f"--file={file}", "--marketplace=us")
    assert command.code == 0
    body = json.loads(service.requests[0].body)
    assert body == {"items": [asin_of(1), asin_of(2)], "marketplace": "US"}
    assert len(service.requests[0].headers["Idempotency-Key"]) == 36
    assert command.output.splitlines()[1].split("\t") == [
        asin_of(1), asin_of(1), "US", "imported", "Imported."
    ]  # fmt: skip
    assert command.errors.splitlines()[-2:] == [
        "Progress: Importing 2 of 2", "Progress: finished"
    ]  # fmt: skip
    assert site.php(COUNT) == 2
    command = wp(site, "import", "--file=-", "--format=ids", stdin=f"{asin_of(1)}\n")
    assert (command.code, command.output) == (0, f"{asin_of(1)} {asin_of(2)}")
    assert "Progress" not in command.errors


def test_entry_that_is_not_imported_is_an_error(site: Site, service: RecordingService) -> None:
    join(site, service)
    failed = result(2, "not_found", problem={"detail": "Not found.", "action": "Check it."})
    waiting = result(3, "waiting")
    service.replies[IMPORT] = Reply({"results": [*imported(1), failed, waiting]})
    command = wp(site, "import", asin_of(1), asin_of(2), asin_of(3), "--format=csv")
    assert command.code == 1
    assert f'{asin_of(2)},{asin_of(2)},US,not_found,"Not found. Check it."\n' in command.output
    assert command.errors == (
        "Error: 1 of 3 entries were not imported. The column “detail” states why.\n"
    )
    ids = wp(site, "import", asin_of(1), asin_of(2), asin_of(3), "--format=ids")
    assert (ids.code, ids.output) == (1, f"{asin_of(1)} {asin_of(3)}")


def test_import_waits_for_its_job(site: Site, service: RecordingService) -> None:
    join(site, service)
    job = {"job_id": "job_1", "total": 12, "results": [], "next_cursor": None}
    pages = [
        Reply(job | {"status": "running", "done": 5}),
        Reply(PROBLEM | {"code": "amazon_unavailable", "retryable": True}, 503),
        Reply(job | {"status": "done", "done": 12}),
        Reply(job | {"status": "done", "results": imported(*range(7)), "next_cursor": "c2"}),
        Reply(job | {"status": "done", "results": imported(*range(7, 12))}),
    ]

    def reply_to(request: Recorded) -> Reply:
        return Reply({"job_id": "job_1"}, 202) if request.method == "POST" else pages.pop(0)

    service.reply_to = reply_to  # type: ignore[method-assign]
    command = wp(site, "import", *(asin_of(number) for number in range(12)))
    assert command.code == 0
    assert pages == []
    assert [request.target for request in service.requests[1:]] == [
        *["/v1/import/job_1?limit=1"] * 3,
        "/v1/import/job_1?limit=100",
        "/v1/import/job_1?limit=100&cursor=c2",
    ]
    ticks = [line for line in command.errors.splitlines() if " of " in line]
    assert ticks == ["Progress: Importing 5 of 12", "Progress: Importing 12 of 12"]
    assert site.php(COUNT) == 12


def test_nothing_to_import_is_an_error(site: Site, service: RecordingService) -> None:
    join(site, service)
    command = wp(site, "import", "--file=-", stdin="\n# nothing\n")
    assert (command.code, command.output) == (1, "")
    assert "nothing to import" in command.errors
    command = wp(site, "import", "--file=/missing/asins.txt")
    assert (command.code, "cannot be read" in command.errors) == (1, True)
    assert service.lines() == []


def test_sync_reads_the_feed_to_its_end(site: Site, service: RecordingService) -> None:
    join(site, service)
    service.replies["GET /v1/changes"] = feed(entry(saved_list()))
    command = wp(site, "sync")
    assert (command.code, command.errors) == (0, "")
    assert command.output == "Success: Synced. Products: 0, lists: 1.\n"
    assert "POST /v1/sync" not in service.lines()
    assert wp(site, "sync", "--refresh").code == 0
    assert "POST /v1/sync" in service.lines()
    service.replies["GET /v1/changes"] = Reply(PROBLEM, 424)
    assert wp(site, "sync").code == 1


def test_sync_continues_until_no_run_is_due(site: Site, service: RecordingService) -> None:
    join(site, service)
    site.php("wp_schedule_single_event( time() - 1, AmzLinkr\\Sync\\CONTINUE_HOOK );")
    assert wp(site, "sync").code == 0
    assert sum(line.startswith("GET /v1/changes") for line in service.lines()) == 2
    assert site.php("return wp_next_scheduled( AmzLinkr\\Sync\\CONTINUE_HOOK );") is False


def test_lists_are_printed_without_a_request(site: Site, service: RecordingService) -> None:
    join(site, service)
    service.replies["GET /v1/changes"] = feed(entry(saved_list()))
    wp(site, "sync")
    service.requests.clear()
    command = wp(site, "lists", "--format=csv", "--fields=name,marketplace,count,state")
    assert command.output == "name,marketplace,count,state\ntea,US,3,current\n"
    assert wp(site, "lists", "--format=ids").output == "tea"
    assert service.lines() == []


def test_user_of_a_command_needs_the_capability(site: Site, service: RecordingService) -> None:
    join(site, service)
    for role in ("subscriber", "contributor", "author", "editor"):
        site.php(CREATE_USER, role=role)
    commands = {
        "status": (["status"], "editor"),
        "sync": (["sync"], "author"),
        "import": (["import", asin_of(1)], "contributor"),
        "search": (["search", "tea"], "subscriber"),
        "lists": (["lists"], "subscriber"),
    }
    for arguments, role in commands.values():
        command = wp(site, *arguments, f"--user={role}")
        assert (command.code, command.output) == (1, "")
        assert f"The user {role} may not do this." in command.errors
    assert service.lines() == []
    assert wp(site, "search", "tea", "--user=contributor").code == 0


def test_commands_without_a_user_have_no_limit(site: Site, service: RecordingService) -> None:
    join(site, service)
    stored = "return AmzLinkr\\Options\\get_row( AmzLinkr\\UserLimits\\COUNTER . $user );"
    site.php(CREATE_USER, role="author")
    assert wp(site, "search", "tea").code == 0
    assert site.php(stored, user=0) is None
    assert wp(site, "search", "tea", "--user=author").code == 0
    assert site.php(stored, user=2) is not None


def test_no_command_prints_the_api_key(site: Site, service: RecordingService) -> None:
    join(site, service)
    encrypted = site.php("return get_option( 'amzlinkr_api_key' );")
    reflected = PROBLEM | {"detail": "Refused.", "authorization": f"Bearer {API_KEY}"}
    service.replies[SEARCH] = Reply(reflected, 424)
    service.replies["GET /v1/changes"] = Reply(reflected, 424)
    service.replies[IMPORT] = Reply(reflected, 424)
    for arguments in (["status"], ["sync"], ["search", "tea"], ["import", asin_of(1)], ["lists"]):
        for chosen in ([], ["--format=json"] if arguments[0] != "sync" else []):
            command = wp(site, *arguments, *chosen)
            for secret in (API_KEY, encrypted, "owner@example.com"):
                assert secret not in command.output + command.errors


def test_dashboard_does_not_load_the_commands(site: Site, service: RecordingService) -> None:
    join(site, service)
    assert site.php("return function_exists( 'AmzLinkr\\\\CLI\\\\fail' );") is False
