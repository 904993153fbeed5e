"""The life of a site, which each generated client plays: settings of a program, and its steps.

A journey is a program in the language of the client. It prints each step that succeeded, and ends
with an error at the first response that is not the expected one.
"""

import json
from copy import deepcopy
from typing import Any

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from tests.api.uploads import UploadSite

STEPS = (
    "sign-up", "verify", "validate", "valid credentials", "search page 1", "search page 2",
    "more than ten products", "import", "imported and failed entries", "import job",
    "absolute status_url", "finished job", "changes", "problem", "products", "304", "key", "keys",
    "two keys", "scope of the key", "revoked key", "deletion", "deleted host", "401",
    "unknown values",
)  # fmt: skip
"""What a journey prints, a line each."""


UNKNOWN = "from_the_future"
"""A value of an enum that no client has seen when it was generated."""


def settings_of(site: UploadSite, document: dict[str, Any]) -> dict[str, str]:
    """Return the environment variables of a journey: what the owner of a site has.

    `FUTURE_URL` is an API of a later version, which answers `GET /changes` only.
    """
    names = ("credential_id", "credential_secret", "credential_version", "partner_tag")
    credentials = {name.upper(): CREATORS_CREDENTIALS[name] for name in names}
    content = json.dumps(future_changes(document)).encode()
    site.pages["/future/changes"] = "application/json", content
    return {
        "API_URL": server_url(document),
        "SITE_URL": site.url,
        "FUTURE_URL": f"{site.url}/future",
        **credentials,
    }


def server_url(document: dict[str, Any]) -> str:
    """Return the URL of the API that the document names."""
    (server,) = document["servers"]
    url: str = server["url"]
    return url


def future_changes(document: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the change feed with two changes of one product and with unknown values.

    It is the example of the document with other enum values, and with a field that is new.
    """
    content = document["paths"]["/changes"]["get"]["responses"]["200"]["content"]
    page: dict[str, Any] = deepcopy(content["application/json"]["example"])
    known = next(change for change in page["changes"] if "product" in change)
    product = known["product"] | {"price_status": UNKNOWN, "availability": UNKNOWN, "new": {}}
    page["changes"] = [known, known | {"kind": UNKNOWN, "product": product, "new": [1]}]
    for state in page["connections"].values():
        state["state"] = UNKNOWN
    return page
