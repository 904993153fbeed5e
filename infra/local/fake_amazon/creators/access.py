"""Creators API access: authentication by access token, and the errors of accounts without it."""

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.errors import CreatorsError
from infra.local.fake_amazon.state import FakeAmazonState

_SCHEME = "Bearer "


def authenticate(header: str, state: FakeAmazonState) -> Account:
    """Return the account of `Bearer <token>` (3.x) or `Bearer <token>, Version 2.N`."""
    if not header.startswith(_SCHEME):
        raise errors.unauthorized("InvalidToken")
    text, comma, version = header.removeprefix(_SCHEME).partition(",")
    token = state.tokens.find(text)
    account = state.find_account("creators", token.credential_id) if token else None
    if token is None or account is None:
        raise errors.unauthorized("InvalidToken")
    # A token of Cognito (versions 2.x) is followed by its version, one of Login with Amazon is not.
    expected = "" if token.version.startswith("3") else f", Version {token.version}"
    if comma + version != expected or account.version != token.version:
        raise errors.unauthorized("InvalidIssuer")
    if state.now() >= token.expires_at:
        raise errors.unauthorized("TokenExpired")
    return account


def account_error(account: Account) -> CreatorsError | None:
    """Return Amazon's error for an account that may not use the API, or None."""
    match account.state:
        case "not_eligible":
            return errors.not_eligible()
        case "access_denied":
            return errors.access_denied()
        case "invalid_associate":
            return errors.invalid_associate()
        case _:
            return None
