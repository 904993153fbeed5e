"""Names of sites in commands: what is neither an ID nor a URL is refused with the reason."""

import pytest

from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.sites import Caller
from amzlinkr.services.operator_names import require_site, require_url
from amzlinkr.wiring import Dependencies


def test_id_that_never_existed_is_not_reported_as_deleted(
    deps: Dependencies, caller: Caller
) -> None:
    assert require_site(deps.sites, caller.site_id).site_id == caller.site_id

    with pytest.raises(NotFound) as refused:
        require_site(deps.sites, "site_unknown")

    assert refused.value.detail == "No site has this ID."
    assert "URL" not in refused.value.action


@pytest.mark.parametrize("name", ["foo", "example.com", "", "SITE_1", "a\nb"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        require_url(name)

    assert refused.value.detail == f"{name!r} is neither a site ID nor a URL."
    assert "https://" in refused.value.action


def test_url_is_checked_by_its_parser() -> None:
    assert require_url("http://example.com") == "http://example.com"
