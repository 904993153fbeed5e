"""Items that Amazon refuses: the codes about items, and the ASINs that an error names.

Sources: PA-API 5.0 documentation, "Error messages" and "Processing of errors"; Creators API
documentation, error page (404 with the first of several IDs as `resourceId`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus

from amzlinkr.amazon.error_bodies import ErrorBody, ErrorPart, code_name, read_error_body
from amzlinkr.amazon.sanitize import sanitize
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonRejectedRequest, Upstream
from amzlinkr.domain.catalog import INACCESSIBLE_CODES

NOT_FOUND = (404, 410)
_SPELLINGS = {code_name(code): code for code in INACCESSIBLE_CODES}
_INVALID_VALUE = frozenset({"invalidparametervalue", "fieldvalidationfailed"})
"""Names of codes for an unknown ASIN, and for any other invalid value."""
_NOTHING = frozenset(_SPELLINGS) - _INVALID_VALUE
_CREATORS_ONLY = frozenset({"resourcenotfound"})
"""A name that shows, in a response of PA-API 5.0, that its host does not serve it any more."""
_ANY_STATUS = frozenset({"validation"})
"""The name of a type that only repeats the status."""
_ITEM_FIELDS = frozenset({"itemid", "itemids", "asin", "asins", "browsenodeid", "browsenodeids"})
_ITEM_IN_TEXT = re.compile(r"\b(?:ItemId|ASIN|BrowseNodeId)s?\b", re.IGNORECASE)
# PA-API 5.0 names the parameter in its message: "… provided in the request for PartnerTag is …".
_OTHER_PARAMETER = re.compile(
    r"\b(?:request for|parameter) (?!(?:ItemId|ASIN|BrowseNodeId)s?\b)[A-Z]\w+|\bPartnerTag\b"
)
_ERROR_MEMBER = re.compile(rb'"errors?"', re.IGNORECASE)


def is_about_items(body: ErrorBody, service: str) -> bool:
    """Return True if a code reports that items do not exist, or that a search has no hits."""
    names = frozenset(body.names)
    is_about_a_value = not names.isdisjoint(_INVALID_VALUE) and _names_items(body)
    return is_about_a_value or not names.isdisjoint(_no_result_names(service))


def has_item_codes_only(body: ErrorBody, service: str) -> bool:
    """Return True if all codes report that items do not exist, or that a search has no hits."""
    known = _no_result_names(service) | (_INVALID_VALUE if _names_items(body) else frozenset())
    return is_about_items(body, service) and (known | _ANY_STATUS).issuperset(body.names)


def is_nothing_found(status: int, body: ErrorBody, service: str) -> bool:
    """Return True if an error response, not about the account, only refuses items.

    With a 404, Amazon found none of the items. With another status, it names those that it refuses.
    """
    if not is_about_items(body, service):
        return False
    is_named = any(part.asins or part.resource_asins for part in body.parts)
    return status in NOT_FOUND or is_named or not _NOTHING.isdisjoint(body.names)


def refused_items(response: AmazonResponse, asins: Sequence[str], service: str) -> dict[str, str]:
    """Return the code by ASIN of the requested items that a response refuses.

    Raises:
        AmazonRejectedRequest: The response is an error about items, but about none of these.
    """
    is_success = response.status == HTTPStatus.OK
    if is_success and not _ERROR_MEMBER.search(response.body):
        return {}
    body = read_error_body(response)
    refused: dict[str, str] = {}
    for part in body.parts[:-1] if is_success else body.parts:
        code = _code_of(part.codes if is_success else (*part.codes, *body.codes))
        for asin in _named(part, response.status, asins, is_body=part is body.parts[-1]):
            if asin not in refused or code in INACCESSIBLE_CODES:
                refused[asin] = code
    requested = {asin: code for asin, code in refused.items() if asin in asins}
    if is_success or requested:
        return requested
    if not refused and (response.status in NOT_FOUND or len(asins) == 1):
        return dict.fromkeys(asins, "ItemNotFound")
    raise AmazonRejectedRequest(
        "Amazon refused the request without naming one of its products.",
        upstream=Upstream(service, response.status, _code_of(body.codes), response.request_id),
    )


def _named(part: ErrorPart, status: int, asins: Sequence[str], *, is_body: bool) -> Sequence[str]:
    # The documented 404 is about all items: its resource ID is only the first of them.
    is_first_only = status in NOT_FOUND and is_body
    named = part.asins if is_first_only else part.asins + part.resource_asins
    # An error that repeats the whole list, for example because it is too long, refuses no item.
    is_list = len(asins) > 1 and set(named).issuperset(asins)
    return () if is_list and status not in (HTTPStatus.OK, *NOT_FOUND) else named


def _code_of(codes: Sequence[str]) -> str:
    """Return the code that decides about an item, in the spelling of `INACCESSIBLE_CODES`."""
    known = [_SPELLINGS[name] for name in map(code_name, codes) if name in _SPELLINGS]
    return next(iter(known), None) or sanitize(next(iter(codes), None), 80) or "Unknown"


def _names_items(body: ErrorBody) -> bool:
    fields = {code_name(name) for name in body.field_names}
    if not fields <= _ITEM_FIELDS or any(map(_OTHER_PARAMETER.search, body.texts)):
        return False
    return bool(fields) or any(map(_names_item, body.parts))


def _names_item(part: ErrorPart) -> bool:
    return bool(part.asins or part.resource_asins) or any(map(_ITEM_IN_TEXT.search, part.texts))


def _no_result_names(service: str) -> frozenset[str]:
    return _NOTHING if service == "creators" else _NOTHING - _CREATORS_ONLY
