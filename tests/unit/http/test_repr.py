"""What holds a secret does not show it, however it is printed."""

from amzlinkr.domain.clock import Deadline
from amzlinkr.http.request import Request
from amzlinkr.http.schemas.requests import CreatorsCredentialsInput, PaapiCredentialsInput
from amzlinkr.http.schemas.sites import SignupDone
from tests.clock import FakeClock

SECRET = "do-not-show-this"


def test_keys_and_requests_do_not_print_what_they_hold() -> None:
    deadline = Deadline.after(FakeClock(), 1)
    holders = [
        PaapiCredentialsInput(
            access_key=SECRET, secret_key=SECRET, partner_tag="t", marketplace="US"
        ),
        CreatorsCredentialsInput(
            credential_id=SECRET,
            credential_secret=SECRET,
            credential_version="3.1",
            partner_tag="t",
            marketplace="US",
        ),
        SignupDone("site", SECRET, "https://example.com"),
        Request({"body": SECRET, "headers": {"Authorization": SECRET}}, "id", deadline, {}),
    ]

    shown = [f"{holder!r} {holder}" for holder in holders]

    assert not [text for text in shown if SECRET in text]
