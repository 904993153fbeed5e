"""The expected duration of a write that reserves a moment."""

import pytest

from amzlinkr.domain.write_time import (
    FIRST_WRITE_MS,
    MAX_WRITE_MS,
    MIN_WRITE_MS,
    WRITE_SAMPLES,
    WriteTime,
)


@pytest.mark.parametrize(
    ("seconds", "expected_ms"),
    [
        ([], FIRST_WRITE_MS),
        ([0.012], FIRST_WRITE_MS),
        ([0.012, 0.020], 30),
        ([0.012, 0.020, 0.400], FIRST_WRITE_MS),
        ([0.0] * WRITE_SAMPLES, MIN_WRITE_MS),
        ([0.0] * WRITE_SAMPLES + [0.400], MIN_WRITE_MS),
        ([0.0] * WRITE_SAMPLES + [0.300, 0.400], 450),
        ([0.300, 0.400] + [0.014] * (WRITE_SAMPLES - 2), 450),
        ([0.300, 0.400] + [0.014] * (WRITE_SAMPLES - 1), 21),
        ([0.3329] * WRITE_SAMPLES, 499),
        ([60.0] * WRITE_SAMPLES, MAX_WRITE_MS),
    ],
)
def test_second_slowest_of_the_last_writes_is_expected(
    seconds: list[float], expected_ms: int
) -> None:
    time = WriteTime()

    for one in seconds:
        time.record(one)

    assert time.expected_ms == expected_ms
