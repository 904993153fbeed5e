"""The life of a site, which each generated client plays: settings of a program, and its steps.

A journey is a program in the language of the client. It prints each step that succeeded, and ends
with an error at the first response that is not the expected one.
"""

from infra.local.demo.onboarding import CREATORS_CREDENTIALS
from tests.api.uploads import UploadSite

STEPS = (
    "sign-up", "verify", "validate", "valid credentials", "search page 1", "search page 2",
    "more than ten products", "import", "imported and failed entries", "import job",
    "absolute status_url", "finished job", "changes", "problem", "products", "304", "key", "keys",
    "two keys", "scope of the key", "revoked key", "deletion", "deleted host", "401",
)  # fmt: skip
"""What a journey prints, a line each."""


def settings_of(site: UploadSite, api_url: str) -> dict[str, str]:
    """Return the environment variables of a journey: what the owner of a site has."""
    names = ("credential_id", "credential_secret", "credential_version", "partner_tag")
    credentials = {name.upper(): CREATORS_CREDENTIALS[name] for name in names}
    return {"API_URL": api_url, "SITE_URL": site.url, **credentials}


def server_url(document: dict[str, object]) -> str:
    """Return the URL of the API that the document names."""
    servers = document["servers"]
    assert isinstance(servers, list)
    (server,) = servers
    url: str = server["url"]
    return url
