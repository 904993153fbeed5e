"""Response types about connections: absent members, and times with a zone."""

import msgspec
import pytest

from amzlinkr.http.schemas import connections
from amzlinkr.http.schemas.connections import StepOut
from tests.unit.http.schemas.inspection import schemas_of, types_in


@pytest.mark.parametrize("schema", schemas_of(connections))
def test_every_time_has_a_zone(schema: type[msgspec.Struct]) -> None:
    times = [kind for _, kind in types_in(schema) if isinstance(kind, msgspec.inspect.DateTimeType)]

    assert all(time.tz for time in times)


def test_members_that_do_not_apply_are_absent() -> None:
    assert msgspec.json.encode(StepOut("tag", "Not checked.")) == (
        b'{"step":"tag","detail":"Not checked."}'
    )
