"""Checks of e-mail addresses. The import takes 20 ms, so only functions that need it pay for it."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from amzlinkr.domain.errors import InvalidRequest

MAX_EMAIL_CHARS = 254


def email_address(text: str) -> str:
    """Return the trimmed and normalized e-mail address: the domain in lower case and Unicode.

    Addresses with international domains and local parts (RFC 6531) are accepted. Quoted local
    parts, IP addresses as domains, and domains that receive no mail, such as `.test`, are not.
    Nothing is looked up in the DNS.

    Raises:
        InvalidRequest: The text is not an e-mail address.
    """
    address = text.strip()
    try:
        # The length first: the checks of a long text take time.
        if len(address) <= MAX_EMAIL_CHARS:
            checked = validate_email(address, check_deliverability=False, strict=True)
            return checked.normalized
    except (EmailNotValidError, UnicodeError):
        # The library's messages repeat parts of the text.
        pass
    raise InvalidRequest(
        "email",
        "This is not an e-mail address that can receive mail.",
        "Use an address such as you@example.com, with at most 254 characters. Addresses with "
        "quotation marks, an IP address, or a reserved domain such as .test are not accepted.",
    )
