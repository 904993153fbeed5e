"""Command `python -m infra.reference`: write the reference page of the API.

It needs npm, and no other package of Python. The page is one file that needs no network.
"""

import sys

from infra.reference.page import ROOT, reference_page
from infra.reference.redoc import NotInstalled, install_redoc, render_markdown

PAGE_FILE = ROOT / "docs" / "api.html"


def main() -> None:
    """Write the page and print its path."""
    try:
        page = reference_page(install_redoc(), render_markdown)
    except NotInstalled as exc:
        sys.exit(str(exc))
    PAGE_FILE.write_text(page, encoding="utf-8")
    print(f"The reference page is {PAGE_FILE}")


if __name__ == "__main__":
    main()
