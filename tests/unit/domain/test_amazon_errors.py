"""Amazon's errors: the status and retry rule of each class, and unambiguous upstream codes."""

from collections import Counter

import pytest

from amzlinkr.domain.amazon_errors import (
    CREATORS_KEYS_ACTION,
    AmazonAccessDenied,
    AmazonClockSkew,
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)

STATUSES: dict[type[AmazonError], int] = {
    AmazonKeysRejected: 422,
    AmazonPartnerTagRejected: 422,
    AmazonRejectedRequest: 422,
    AmazonAccessDenied: 424,
    AmazonNotEligible: 424,
    AmazonPaapiRetired: 424,
    AmazonThrottled: 503,
    AmazonClockSkew: 503,
    AmazonUnavailable: 503,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items())
def test_status_separates_wrong_input_from_the_account_and_from_outages(
    kind: type[AmazonError], status: int
) -> None:
    assert kind.status == status
    assert kind.code.startswith("amazon_")
    if kind is not AmazonNotEligible:
        assert kind.retryable is (status == 503)


def test_upstream_code_belongs_to_one_class() -> None:
    codes = Counter(code for kind in AmazonError.__subclasses__() for code in kind.amazon_codes)

    assert [code for code, count in codes.items() if count > 1] == []


def test_error_carries_the_response_it_stands_for() -> None:
    upstream = Upstream("creators", 403, "AccessDenied", "request-1")
    error = AmazonAccessDenied("Detail.", "Do this.", 7, upstream)

    assert (error.detail, error.action, error.retry_after) == ("Detail.", "Do this.", 7)
    assert error.upstream is upstream
    assert AmazonAccessDenied().upstream is None


def test_advice_for_a_creators_credential_names_every_region() -> None:
    for region in ("1 for North America", "2 for Europe", "3 for the Far East"):
        assert region in CREATORS_KEYS_ACTION
