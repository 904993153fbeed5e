"""Redaction of secrets in the text forms of requests, responses, and schemas."""

from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.clock import Deadline
from amzlinkr.http.request import Request
from amzlinkr.http.schemas.requests import CreatorsCredentialsInput, PaapiCredentialsInput
from amzlinkr.http.schemas.sign_ups import SignupDone
from tests.clock import FakeClock

SECRET = "do-not-show-this"


def test_text_forms_do_not_contain_secrets() -> None:
    deadline = Deadline.after(FakeClock(), 1)
    values = [
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
        AmazonResponse(200, {}, SECRET.encode()),
    ]

    texts = [f"{value!r} {value}" for value in values]

    assert not [text for text in texts if SECRET in text]
