"""Diagnostic steps: the parts of a connection that one call to Amazon tests.

Amazon checks in a fixed order: the keys, the eligibility of the account, the tag, the request. A
call that fails at one step has therefore passed all steps before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from amzlinkr.domain.amazon_errors import (
    TOKEN_SERVICE,
    AmazonClockSkew,
    AmazonError,
    AmazonKeysRejected,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonUnavailable,
    Upstream,
)
from amzlinkr.domain.connection_errors import AmazonNoCredentials
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.products import Product

StepName = Literal["token", "eligibility", "tag", "marketplace", "item"]
"""The name of a step of the diagnostics, in their order.

- `token`: Amazon accepts the credentials.
- `eligibility`: Amazon grants the account access to its product API.
- `tag`: The partner tag belongs to the account.
- `marketplace`: The marketplace accepts the request.
- `item`: Amazon returns a product.
"""
STEPS: tuple[StepName, ...] = get_args(StepName)
NOT_CHECKED = "Not checked."
NO_STORE_CODE = "InvalidAssociate"
"""Amazon's code for keys without an approved store in the marketplace (PA-API 5.0, errors)."""


@dataclass(frozen=True, slots=True)
class DiagnosticResult:
    """A successful call: the requested ASIN, its product if Amazon returned it, and the request ID.

    `asin` is None if the call was a test search.
    """

    asin: str | None
    product: Product | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one step; `ok` is None if an earlier step failed."""

    name: StepName
    ok: bool | None
    detail: str
    code: str | None = None
    action: str | None = None
    upstream: Upstream | None = None


def steps_of(connection: Connection, outcome: DiagnosticResult | AmazonError) -> list[Step]:
    """Return all five steps, in order, for the outcome of one call."""
    details = _success_details(connection)
    if isinstance(outcome, DiagnosticResult):
        upstream = Upstream(connection.api or "", 200, None, outcome.request_id)
        steps = [
            Step(name, ok=True, detail=details[name], upstream=upstream) for name in STEPS[:-1]
        ]
        return [*steps, _item_step(outcome, upstream)]
    failed = STEPS.index(_failed_step(outcome, connection))
    return [
        *(Step(name, ok=True, detail=details[name]) for name in STEPS[:failed]),
        Step(
            STEPS[failed],
            ok=False,
            detail=outcome.detail,
            code=outcome.code,
            action=outcome.action,
            upstream=outcome.upstream,
        ),
        *(Step(name, ok=None, detail=NOT_CHECKED) for name in STEPS[failed + 1 :]),
    ]


def steps_without_credentials() -> list[Step]:
    """Return the steps for a link-only connection: no call can be made."""
    error = AmazonNoCredentials()
    first = Step(STEPS[0], ok=False, detail=error.detail, code=error.code, action=error.action)
    return [first, *(Step(name, ok=None, detail=NOT_CHECKED) for name in STEPS[1:])]


def _success_details(connection: Connection) -> dict[str, str]:
    is_creators = connection.api == "creators"
    accepted = "issued a token for" if is_creators else "accepted the signature of"
    marketplace = MARKETPLACES[connection.marketplace]
    return {
        "token": f"Amazon {accepted} the keys {connection.key_hint}.",
        "eligibility": "The account has access to the product API.",
        "tag": f"The tag {connection.partner_tag} belongs to the account.",
        "marketplace": f"{marketplace.domain} accepted the request.",
    }


def _failed_step(error: AmazonError, connection: Connection) -> StepName:
    upstream = error.upstream
    at_token = upstream is not None and upstream.service == TOKEN_SERVICE
    if at_token or isinstance(error, AmazonKeysRejected | AmazonClockSkew):
        return "token"
    if isinstance(error, AmazonPartnerTagRejected):
        return "marketplace" if upstream is not None and upstream.code == NO_STORE_CODE else "tag"
    if isinstance(error, AmazonRejectedRequest):
        return "marketplace"
    # PA-API has no separate token call: without a response, not even the keys were checked.
    if isinstance(error, AmazonUnavailable) and connection.api == "paapi5":
        return "token"
    return "eligibility"


def _item_step(result: DiagnosticResult, upstream: Upstream) -> Step:
    if result.product is not None:
        detail = f"Amazon returned {result.product.asin}."
        return Step("item", ok=True, detail=detail, upstream=upstream)
    cause = (
        f"Amazon did not return {result.asin}" if result.asin else "The test search found nothing"
    )
    return Step(
        "item",
        ok=False,
        detail=f"{cause}. All earlier steps succeeded.",
        code="not_found",
        action="The account works. Remove the product, or choose another product.",
        upstream=upstream,
    )
