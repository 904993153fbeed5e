"""The file `security.txt` (RFC 9116): where to report a vulnerability."""

from __future__ import annotations

from datetime import datetime, timedelta

VALIDITY = timedelta(days=180)
"""RFC 9116 (section 2.5.5) recommends less than a year."""


def security_txt(contact: str, canonical: str | None, now: datetime) -> str:
    """Return the file. It expires `VALIDITY` after the day on which it is read.

    Args:
        contact: A URI: `mailto:`, `https:` or `tel:`.
        canonical: The URL of the file, or None if it is unknown.
        now: The current time.
    """
    # The same text for a whole day, so that its ETag matches.
    fields = [("Contact", contact), ("Expires", f"{now + VALIDITY:%Y-%m-%dT00:00:00Z}")]
    if canonical is not None:
        fields.append(("Canonical", canonical))
    return "".join(f"{name}: {value}\n" for name, value in fields)
