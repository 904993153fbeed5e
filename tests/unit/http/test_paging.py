"""Cursors of pages: their positions, and the list and site that they belong to."""

from typing import TYPE_CHECKING, cast

import pytest
from msgspec import UNSET

from amzlinkr.domain.errors import InvalidCursor
from amzlinkr.http.paging import Paging
from amzlinkr.security.hmac_signer import HmacSigner
from tests.clock import FakeClock

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class Secrets:
    """Secrets Manager, reduced to the call that a signer makes."""

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        return {"SecretString": f'{{"current": "secret of {SecretId}"}}'}


SIGNER = HmacSigner(cast("SecretsManagerClient", Secrets()), "service", FakeClock())
PAGING = Paging(SIGNER, "products/US", "site_a")


@pytest.mark.parametrize("cursor", [None, ""])
def test_first_page_has_no_position(cursor: str | None) -> None:
    assert PAGING.start(cursor, str) is None


def test_last_page_has_no_next_cursor() -> None:
    assert PAGING.next(None) is UNSET


@pytest.mark.parametrize("position", ["B000000001", "", 7, 0])
def test_next_cursor_returns_its_position(position: str | int) -> None:
    assert PAGING.start(PAGING.next(position), type(position)) == position


@pytest.mark.parametrize(
    "other", [Paging(SIGNER, "products/DE", "site_a"), Paging(SIGNER, "products/US", "site_b")]
)
def test_cursor_of_another_list_or_site_is_rejected(other: Paging) -> None:
    with pytest.raises(InvalidCursor):
        PAGING.start(other.next("B000000001"), str)


def test_cursor_with_a_position_of_another_type_is_rejected() -> None:
    with pytest.raises(InvalidCursor):
        PAGING.start(PAGING.next("B000000001"), int)
