"""Errors of new connections: the limit that is reached, and what to do."""

from amzlinkr.domain.connection_errors import ConnectionLimitReached


def test_limit_of_amazon_keys_is_named() -> None:
    error = ConnectionLimitReached.of_account(50)

    assert (error.status, error.code, error.retryable) == (409, "connection_limit_reached", False)
    assert "50 times" in error.detail
    assert "Delete the keys" in error.action


def test_limit_of_the_service_is_a_matter_of_the_operator() -> None:
    error = ConnectionLimitReached.of_service()

    assert (error.status, error.code) == (409, "connection_limit_reached")
    assert "operator" in error.action
