"""Diagnostic steps: one call to Amazon, read as the result of five steps."""

import pytest

from amzlinkr.domain.amazon_errors import (
    TOKEN_SERVICE,
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
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.diagnosis import (
    STEPS,
    DiagnosticResult,
    Step,
    steps_of,
    steps_without_credentials,
)
from tests.clock import START
from tests.fakes import product

ASIN = "B000000001"
APIS: tuple[Api, ...] = ("paapi5", "creators")
KINDS = AmazonError.__subclasses__()


def connection(api: Api) -> Connection:
    return Connection("DE", api, "shop-21", "…WXYZ", "secret-id", "v", "account", START)


def failed_step(error: AmazonError, api: Api) -> Step:
    """Return the first step that did not pass."""
    return next(step for step in steps_of(connection(api), error) if not step.ok)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", KINDS)
def test_steps_pass_up_to_the_failed_one_and_later_ones_are_not_checked(
    kind: type[AmazonError], api: Api
) -> None:
    error = kind("Detail.", "Do this.", upstream=Upstream(api, 400, "Code", "request-1"))
    steps = steps_of(connection(api), error)
    failed = [step.ok for step in steps].index(False)

    assert tuple(step.name for step in steps) == STEPS
    assert [step.ok for step in steps] == [True] * failed + [False] + [None] * (4 - failed)
    assert steps[failed] == Step(
        STEPS[failed], False, "Detail.", kind.code, "Do this.", error.upstream
    )
    assert {step.code for step in steps[:failed] + steps[failed + 1 :]} <= {None}


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (AmazonKeysRejected, "token"),
        (AmazonClockSkew, "token"),
        (AmazonNotEligible, "eligibility"),
        (AmazonAccessDenied, "eligibility"),
        (AmazonThrottled, "eligibility"),
        (AmazonPaapiRetired, "eligibility"),
        (AmazonPartnerTagRejected, "tag"),
        (AmazonRejectedRequest, "marketplace"),
    ],
)
def test_error_fails_the_step_that_amazon_checks(
    kind: type[AmazonError], name: str, api: Api
) -> None:
    assert failed_step(kind(upstream=Upstream(api, 400, "Code")), api).name == name
    assert failed_step(kind(), api).name == name


@pytest.mark.parametrize("kind", KINDS)
def test_any_error_of_the_token_service_fails_the_token(kind: type[AmazonError]) -> None:
    error = kind(upstream=Upstream(TOKEN_SERVICE, 400, "InvalidAssociate"))

    assert failed_step(error, "creators").name == "token"


def test_account_without_a_store_fails_the_marketplace() -> None:
    error = AmazonPartnerTagRejected(upstream=Upstream("paapi5", 403, "InvalidAssociate"))

    assert failed_step(error, "paapi5").name == "marketplace"


def test_missing_response_proves_the_keys_only_if_a_token_was_issued() -> None:
    assert failed_step(AmazonUnavailable(), "paapi5").name == "token"
    assert failed_step(AmazonUnavailable(), "creators").name == "eligibility"


@pytest.mark.parametrize(("api", "words"), [("paapi5", "signature"), ("creators", "token")])
def test_passed_steps_name_the_hint_the_tag_and_the_store(api: Api, words: str) -> None:
    result = DiagnosticResult(ASIN, product(ASIN), "request-1")
    steps = {step.name: step for step in steps_of(connection(api), result)}

    assert all(step.ok for step in steps.values())
    assert {step.upstream for step in steps.values()} == {Upstream(api, 200, None, "request-1")}
    assert words in steps["token"].detail
    assert "…WXYZ" in steps["token"].detail
    assert "shop-21" in steps["tag"].detail
    assert "www.amazon.de" in steps["marketplace"].detail
    assert ASIN in steps["item"].detail


@pytest.mark.parametrize(("asin", "words"), [(ASIN, ASIN), (None, "test search")])
def test_missing_product_fails_the_item_step_only(asin: str | None, words: str) -> None:
    *passed, item = steps_of(connection("creators"), DiagnosticResult(asin, None, "request-1"))

    assert all(step.ok for step in passed)
    assert (item.name, item.ok, item.code) == ("item", False, "not_found")
    assert words in item.detail
    assert item.action


def test_connection_without_credentials_fails_at_the_first_step() -> None:
    first, *others = steps_without_credentials()

    assert (first.name, first.ok, first.code) == ("token", False, "amazon_no_credentials")
    assert first.action
    assert [(step.name, step.ok) for step in others] == [(name, None) for name in STEPS[1:]]
