"""Response types about sites: times with a zone, and redaction."""

from typing import Any

import msgspec
import pytest

from amzlinkr.http.schemas import api_keys, sign_ups, sites, sync
from tests.unit.http.schemas.inspection import schemas_of, shown_with, types_in

SCHEMAS = [*schemas_of(sites), *schemas_of(sync)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_time_has_a_zone(schema: type[msgspec.Struct]) -> None:
    times = [kind for _, kind in types_in(schema) if isinstance(kind, msgspec.inspect.DateTimeType)]

    assert all(time.tz for time in times)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_secrets_are_hidden_in_text_forms(schema: type[msgspec.Struct]) -> None:
    names: set[Any] = {"api_key", "secret_key", "credential_secret", "signup_secret"}

    if names & set(schema.__struct_fields__):
        assert "do-not-show" not in shown_with(schema, "do-not-show")


def test_a_new_api_key_is_shown_in_two_responses_only() -> None:
    schemas = [*SCHEMAS, *schemas_of(sign_ups), *schemas_of(api_keys)]
    named = {schema.__name__ for schema in schemas if "api_key" in schema.__struct_fields__}

    assert named == {"SignupDone", "NewApiKey"}
