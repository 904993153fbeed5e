"""The names of the steps of a diagnosis, which the service sends in English."""

import pytest

from amzlinkr.domain.diagnosis import STEPS
from tests.plugin.recording_service import RecordingService, Reply
from tests.plugin.site import Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

RUN = """
switch_to_locale( 'de_DE' );
add_filter( 'gettext_amzlinkr', static fn( $translation ) => "translated $translation" );
$request = new WP_REST_Request();
$request->set_param( 'marketplace', 'US' );
return array_column( AmzLinkr\\Rest\\run_diagnostics( $request )['steps'], 'label' );
"""


def test_each_step_has_a_translated_name(site: Site, service: RecordingService) -> None:
    service.join(site)
    steps = [{"step": name, "ok": True, "detail": "x"} for name in (*STEPS, "new_step")]
    service.replies["GET /v1/diagnostics"] = Reply({"steps": steps})
    *labels, last = site.php(RUN)
    assert [label.partition(" ")[0] for label in labels] == ["translated"] * len(STEPS)
    assert len(set(labels)) == len(STEPS)
    assert last == "new_step"
