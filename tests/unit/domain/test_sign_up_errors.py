"""Errors of sign-ups: their codes, and what the owner of the site does next."""

import pytest

from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.sign_up_errors import (
    InviteRequired,
    InviteUsed,
    SignupExpired,
    SiteNotProven,
)


@pytest.mark.parametrize(
    ("error", "code", "status", "remedy"),
    [
        (SignupExpired, "signup_not_found", 404, "Start the sign-up again."),
        (InviteRequired, "invite_required", 403, "for an invite, and sign up with it."),
        (InviteUsed, "invite_used", 422, "for a new invite and sign up with it."),
        (SiteNotProven, "site_not_proven", 422, "Then verify again."),
    ],
)
def test_error_names_the_remedy(
    error: type[AmzlinkrError], code: str, status: int, remedy: str
) -> None:
    assert (error.code, error.status) == (code, status)
    assert error().action.endswith(remedy)


def test_only_a_site_without_the_token_can_be_verified_again() -> None:
    errors = (SignupExpired, InviteRequired, InviteUsed, SiteNotProven)
    assert [error for error in errors if error.retryable] == [SiteNotProven]
