"""Response types about API keys: absent members, and redaction."""

import msgspec

from amzlinkr.http.schemas.api_keys import ApiKeyOut, NewApiKey
from tests.clock import START
from tests.unit.http.schemas.inspection import shown_with


def test_key_that_was_not_used_or_replaced_has_no_such_times() -> None:
    key = ApiKeyOut(kid="k", mode="live", scope="read", created_at=START, current=True)

    assert set(msgspec.json.decode(msgspec.json.encode(key))) == {
        "kid", "mode", "scope", "created_at", "current",
    }  # fmt: skip


def test_new_key_is_hidden_in_its_text_form() -> None:
    assert "do-not-show" not in shown_with(NewApiKey, "do-not-show")
