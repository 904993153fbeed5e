"""Lookups of items in as many calls as Amazon's responses require: as a rule, in one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from amzlinkr.amazon.reader import Reader
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.catalog import LookupResult

GetItems = Callable[[Sequence[str]], tuple[AmazonResponse, datetime]]
"""Calls GetItems for some ASINs. Returns the response and the time before the request."""


def look_up(reader: Reader, get_items: GetItems, asins: Sequence[str]) -> LookupResult:
    """Return the result of a lookup.

    An error response that names some of the ASINs does not describe the others. They are requested
    again without those. Each call has its own reservation.

    Raises:
        AmazonError: A call failed.
    """
    response, requested_at = get_items(asins)
    result = reader.lookup(response, asins, requested_at)
    rest = [asin for asin in asins if asin not in result.refused]
    if response.status == HTTPStatus.OK or not rest:
        return result
    # The reader refuses at least one ASIN of an error response, so that the recursion ends.
    others = look_up(reader, get_items, rest)
    return replace(others, requested_at=requested_at, refused={**result.refused, **others.refused})
