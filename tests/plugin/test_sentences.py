"""Texts of the service beside each other: titles of problems have no period."""

import pytest

from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

JOIN = "return array_map( static fn( $texts ) => AmzLinkr\\Sentences\\join( ...$texts ), $all );"
TEXTS = {
    ("The site is suspended", "Ask the operator."): "The site is suspended. Ask the operator.",
    ("It failed.", "", "Again"): "It failed. Again.",
    ("Fünf …", "“So?”"): "Fünf … “So?”",
    ("", ""): "",
}
PROBLEM = {"code": "site_suspended", "detail": "This site is suspended", "action": "Ask the owner."}


def test_sentences_do_not_run_together(site: Site, service: RecordingService) -> None:
    service.join(site)
    assert site.php(JOIN, all=list(TEXTS)) == list(TEXTS.values())
    service.replies["GET /v1/changes"] = Reply(PROBLEM, 403)
    site.cron("amzlinkr_sync")
    problems = site.php("return AmzLinkr\\SiteHealth\\get_problems();")
    assert "This site is suspended. Ask the owner." in problems
