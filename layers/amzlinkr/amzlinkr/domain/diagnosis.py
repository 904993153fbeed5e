"""What one answer of Amazon's says about each step on the way to a product.

Amazon checks in an order: the keys, then whether the account may use the API, then the tag, then
the request. So an answer that fails at one step has passed all before it.
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
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.products import Product

StepName = Literal["token", "eligibility", "tag", "marketplace", "item"]
STEPS: tuple[StepName, ...] = get_args(StepName)
NO_STORE = "InvalidAssociate"
"""Amazon's word for keys without an approved store in this marketplace."""


@dataclass(frozen=True, slots=True)
class DiagnosticResult:
    """A good answer: the product that was asked for, if it came, and Amazon's request id."""

    asin: str | None
    product: Product | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `ok` is None for what an earlier failure kept from being checked."""

    name: StepName
    ok: bool | None
    detail: str
    code: str | None = None
    action: str | None = None
    upstream: Upstream | None = None


def steps_of(connection: Connection, outcome: DiagnosticResult | AmazonError) -> list[Step]:
    """All five steps, in order."""
    passed = _passed(connection)
    if isinstance(outcome, DiagnosticResult):
        said = Upstream(connection.api, 200, None, outcome.request_id)
        steps = [Step(name, ok=True, detail=passed[name], upstream=said) for name in STEPS[:-1]]
        return [*steps, _item(outcome, said)]
    broken = STEPS.index(_failed_step(outcome, connection))
    return [
        *(Step(name, ok=True, detail=passed[name]) for name in STEPS[:broken]),
        Step(
            STEPS[broken],
            ok=False,
            detail=outcome.detail,
            code=outcome.code,
            action=outcome.action,
            upstream=outcome.upstream,
        ),
        *(Step(name, ok=None, detail="Not checked.") for name in STEPS[broken + 1 :]),
    ]


def _passed(connection: Connection) -> dict[str, str]:
    accepted = "issues a token for" if connection.api == "creators" else "accepts the signature of"
    shop = MARKETPLACES[connection.marketplace]
    return {
        "token": f"Amazon {accepted} the keys {connection.key_hint}.",
        "eligibility": "The account may use the product API.",
        "tag": f"The tag {connection.partner_tag} belongs to the account.",
        "marketplace": f"{shop.domain} answers.",
    }


def _failed_step(error: AmazonError, connection: Connection) -> StepName:
    said = error.upstream
    at_token = said is not None and said.service == TOKEN_SERVICE
    if at_token or isinstance(error, AmazonKeysRejected | AmazonClockSkew):
        return "token"
    if isinstance(error, AmazonPartnerTagRejected):
        return "marketplace" if said is not None and said.code == NO_STORE else "tag"
    if isinstance(error, AmazonRejectedRequest):
        return "marketplace"
    if isinstance(error, AmazonUnavailable) and connection.api == "paapi5":
        return "token"
    return "eligibility"


def _item(seen: DiagnosticResult, said: Upstream) -> Step:
    if seen.product is not None:
        return Step("item", ok=True, detail=f"{seen.product.asin} came back.", upstream=said)
    named = (
        f"Amazon does not give out {seen.asin}" if seen.asin else "The test search found nothing"
    )
    return Step(
        "item",
        ok=False,
        detail=f"{named}; everything before works.",
        code="not_found",
        action="Nothing is wrong with the account. Remove the product, or choose another one.",
        upstream=said,
    )
