"""The result of each call is reported, with the time of its request."""

from datetime import datetime
from unittest import mock

import pytest

from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.clock import Deadline
from amzlinkr.services.amazon_accounts import TEST_SEARCH
from amzlinkr.services.recording_catalog import RecordingCatalog
from tests.clock import START, FakeClock
from tests.fakes import FakeCatalog, product


def test_each_result_is_recorded_with_the_time_of_its_request(clock: FakeClock) -> None:
    results: list[tuple[AmazonError | None, datetime]] = []
    catalog = FakeCatalog([product("B000000001")], clock)
    recording = RecordingCatalog(catalog, lambda error, at: results.append((error, at)), clock)

    recording.items(["B000000001"], Deadline.after(clock, 1))
    clock.advance(seconds=30)
    with pytest.raises(AmazonUnavailable) as failure:
        recording.search(TEST_SEARCH, Deadline.after(clock, 0))

    assert results == [(None, START), (failure.value, clock.now())]


def test_fault_of_our_own_is_not_recorded_as_a_result(clock: FakeClock) -> None:
    catalog = mock.create_autospec(FakeCatalog, instance=True)
    catalog.browse_nodes.side_effect = ZeroDivisionError
    on_result = mock.Mock()

    with pytest.raises(ZeroDivisionError):
        RecordingCatalog(catalog, on_result, clock).browse_nodes(["1"], Deadline.after(clock, 1))
    on_result.assert_not_called()
