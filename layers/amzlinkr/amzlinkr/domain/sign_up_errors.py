"""Errors of sign-ups."""

from __future__ import annotations

from amzlinkr.domain.errors import AmzlinkrError


class SignupExpired(AmzlinkrError):
    """A sign-up that does not exist or has expired, or a secret that is not its own."""

    status = 404
    code = "signup_not_found"
    title = "This sign-up does not exist or has expired"
    default_action = "Start the sign-up again."


class InviteRequired(AmzlinkrError):
    """A sign-up without an invite, on a service that accepts sign-ups by invite only."""

    status = 403
    code = "invite_required"
    title = "This service accepts sign-ups by invite only"
    default_action = "Ask the operator of this service for an invite, and sign up with it."


class InviteUsed(AmzlinkrError):
    """An invite that another sign-up used, or that has expired."""

    status = 422
    code = "invite_used"
    title = "The invite of this sign-up was already used or has expired"
    default_action = "Ask the operator of this service for a new invite and sign up with it."


class SiteNotProven(AmzlinkrError):
    """A site that did not serve the token of its challenge."""

    status = 422
    code = "site_not_proven"
    title = "The site did not return the challenge token"
    retryable = True
    default_action = (
        "Make sure that the site is reachable from the internet over HTTPS and that it returns "
        "exactly the token at the challenge path or query. Then verify again."
    )
