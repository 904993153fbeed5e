"""The signing secret: its age in memory, its rotation, and failures to read it."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
from botocore.exceptions import ClientError

from amzlinkr.domain.errors import InvalidCursor, StoreUnavailable
from amzlinkr.security.hmac_signer import HmacSigner
from amzlinkr.security.signing_secret import (
    ACTIVATION_DELAY,
    MAX_SECRET_AGE_SECONDS,
    SigningSecret,
    SigningSecretContent,
    rotated,
)
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import credentials

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

FIRST = "0123456789abcdef" * 4


class Secrets:
    """Secrets Manager with one secret, reduced to the call that a signer makes."""

    def __init__(self) -> None:
        self.content = SigningSecretContent(FIRST)
        self.is_failing = False
        self.reads = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        self.reads += 1
        if self.is_failing:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        return {"SecretString": msgspec.json.encode(self.content).decode()}

    def signer(self, clock: FakeClock) -> HmacSigner:
        """Return the signer of another process."""
        return HmacSigner(cast("SecretsManagerClient", self), "service", clock)


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


def sign(signer: HmacSigner) -> str:
    return signer.sign_cursor("changes", "site_a", 7)


def verify(signer: HmacSigner, cursor: str) -> int:
    return signer.verify_cursor("changes", "site_a", cursor, int)


def test_processes_accept_all_cursors_of_each_other_during_two_rotations(
    secrets: Secrets, clock: FakeClock
) -> None:
    signers = []
    for _ in range(6):
        signers.append(secrets.signer(clock))
        sign(signers[-1])
        clock.advance(seconds=MAX_SECRET_AGE_SECONDS / 5)
    account_key = signers[0].account_key(credentials())
    before, used = sign(signers[0]), set()
    for minute in range(45):
        if minute == 10:
            secrets.content = rotated(secrets.content, clock.now())
        for signer in signers:
            cursor = sign(signer)
            used.add(cursor)
            assert [verify(other, cursor) for other in signers] == [7] * len(signers)
            assert verify(signer, before) == 7
            assert signer.account_key(credentials()) == account_key
        clock.advance(minutes=1)
    assert len(used) == 2, "all processes sign with the new key, and did with the former one"

    secrets.content = rotated(secrets.content, clock.now())
    clock.advance(seconds=MAX_SECRET_AGE_SECONDS)

    with pytest.raises(InvalidCursor):
        verify(signers[0], before)
    assert verify(signers[0], cursor) == 7
    assert signers[0].account_key(credentials()) == account_key


def test_secret_is_read_once_per_interval(secrets: Secrets, clock: FakeClock) -> None:
    signer = secrets.signer(clock)
    for _ in range(3):
        sign(signer)
    clock.advance(seconds=MAX_SECRET_AGE_SECONDS - 1)
    sign(signer)
    assert secrets.reads == 1
    clock.advance(seconds=1)
    for _ in range(3):
        sign(signer)
    assert secrets.reads == 2


def test_forgotten_secret_is_read_again(secrets: Secrets, clock: FakeClock) -> None:
    signer = secrets.signer(clock)
    cursor = sign(signer)
    secrets.content = rotated(rotated(secrets.content, clock.now()), clock.now())
    signer.reset()

    with pytest.raises(InvalidCursor):
        verify(signer, cursor)
    assert secrets.reads == 2


def test_known_secret_is_used_while_it_cannot_be_read(
    secrets: Secrets, clock: FakeClock, metrics: Counter[str]
) -> None:
    signer = secrets.signer(clock)
    cursor = sign(signer)
    secrets.is_failing = True
    clock.advance(seconds=MAX_SECRET_AGE_SECONDS)

    assert verify(signer, cursor) == 7
    assert sign(signer) == cursor
    assert (secrets.reads, metrics) == (2, {"SigningSecretNotRead": 1})
    with pytest.raises(StoreUnavailable):
        sign(secrets.signer(clock))


@pytest.mark.parametrize("text", ["", "{}", FIRST, '{"current": 1}'])
def test_other_content_is_not_used_as_a_key(text: str, clock: FakeClock) -> None:
    class Broken(Secrets):
        def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - as above
            return {"SecretString": text}

    with pytest.raises(StoreUnavailable) as error:
        sign(Broken().signer(clock))

    assert error.value.__cause__ is None


def test_new_key_signs_15_minutes_after_its_rotation(secrets: Secrets, clock: FakeClock) -> None:
    secrets.content = rotated(secrets.content, clock.now())
    secret = SigningSecret(cast("SecretsManagerClient", secrets), "service", clock)
    new = secrets.content.current.encode()
    signs = []
    for minute in (0, 14.999, 15):
        clock.set(START + timedelta(minutes=minute))
        signs.append(secret.keys().signing == new)
        assert new in secret.keys().accepted

    assert signs == [False, False, True]


def test_secret_is_read_every_five_minutes() -> None:
    assert timedelta(minutes=5) == timedelta(seconds=MAX_SECRET_AGE_SECONDS)


def test_reads_that_fail_twice_are_made_up_for_before_the_new_key_signs() -> None:
    assert timedelta(seconds=2 * MAX_SECRET_AGE_SECONDS) < ACTIVATION_DELAY


def test_keys_are_redacted(secrets: Secrets, clock: FakeClock) -> None:
    secret = SigningSecret(cast("SecretsManagerClient", secrets), "service", clock)

    for value in (secret, secret.keys(), secrets.content):
        assert FIRST not in f"{value!r} {value}"
