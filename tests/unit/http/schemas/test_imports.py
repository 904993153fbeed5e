"""Response types about imports: members that are present only if they apply."""

from typing import get_args

import msgspec
import pytest

from amzlinkr.http.schemas.imports import ImportResult, JobProgress, ResultStatus


@pytest.mark.parametrize("status", get_args(ResultStatus))
def test_each_status_of_a_result_is_encoded(status: ResultStatus) -> None:
    shown = msgspec.json.decode(msgspec.json.encode(ImportResult(input="x", status=status)))

    assert shown == {"input": "x", "status": status}


def test_last_page_of_a_job_has_no_cursor() -> None:
    shown = msgspec.json.decode(
        msgspec.json.encode(JobProgress("job_1", "done", 0, 0, 0, [], has_more=False))
    )

    assert (shown["has_more"], "next_cursor" in shown) == (False, False)
