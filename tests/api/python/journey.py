"""The life of a site with the client of openapi-python-client; `mypy --strict` checks it."""

import os
import time
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from amzlinkr_client import AuthenticatedClient, Client
from amzlinkr_client.api.amazon_accounts import validate_credentials
from amzlinkr_client.api.api_keys import create_api_key, delete_api_key, list_api_keys
from amzlinkr_client.api.catalog import search_products
from amzlinkr_client.api.change_feed import list_changes, request_sync
from amzlinkr_client.api.products import (
    get_import_job,
    get_product,
    import_products,
    list_products,
)
from amzlinkr_client.api.sign_up import start_signup, verify_signup
from amzlinkr_client.api.site import delete_site, get_site
from amzlinkr_client.models import (
    ApiKeyList,
    ApiKeyRequest,
    ApiKeyRequestScope,
    ChangePage,
    CreatorsCredentials,
    DeletedSite,
    ImportJob,
    ImportRequest,
    ImportResultList,
    MarketplaceCode,
    NewApiKey,
    Problem,
    ProductPage,
    SearchResultPage,
    SignupRequest,
    StartedImportJob,
    StartedSignup,
    ValidationResult,
    VerifiedSite,
    VerifyRequest,
)
from amzlinkr_client.types import UNSET, Response, Unset

API_URL, SITE_URL = os.environ["API_URL"], os.environ["SITE_URL"]
HOST = urlsplit(SITE_URL).netloc
DEADLINE_SECONDS = 60
T = TypeVar("T")


def parsed(response: Response[Any], kind: type[T], step: str = "") -> T:
    """Return the content of a response if it has the type, and print the step."""
    content = response.parsed
    assert isinstance(content, kind), f"{step}: {response.status_code} {content}"
    if step:
        print(step)
    return content


def expect(step: str, condition: bool) -> None:
    """Print a step that succeeded."""
    assert condition, step
    print(step)


def signed_up(visitor: Client) -> str:
    """Sign the site up and return its API key."""
    body = SignupRequest(site_url=SITE_URL, email="owner@example.com")
    response = start_signup.sync_detailed(client=visitor, body=body)
    signup = parsed(response, StartedSignup, "sign-up")
    httpx.put(SITE_URL + signup.challenge.path, content=signup.challenge.token)
    done = verify_signup.sync_detailed(
        signup.signup_id, client=visitor, body=VerifyRequest(signup_secret=signup.signup_secret)
    )
    return parsed(done, VerifiedSite, "verify").api_key


def connect(owner: AuthenticatedClient) -> None:
    """Enter the credentials of the Creators API."""
    credentials = CreatorsCredentials(
        api="creators",
        credential_id=os.environ["CREDENTIAL_ID"],
        credential_secret=os.environ["CREDENTIAL_SECRET"],
        credential_version=os.environ["CREDENTIAL_VERSION"],
        partner_tag=os.environ["PARTNER_TAG"],
        marketplace=MarketplaceCode.US,
    )
    response = validate_credentials.sync_detailed(client=owner, body=credentials)
    validated = parsed(response, ValidationResult, "validate")
    expect("valid credentials", validated.status == "valid")


def search(owner: AuthenticatedClient) -> list[str]:
    """Return the ASINs of two pages of a search."""
    asins: list[str] = []
    for page in (1, 2):
        response = search_products.sync_detailed(client=owner, keywords="coffee grinder", page=page)
        found = parsed(response, SearchResultPage, f"search page {page}")
        asins += [item.asin for item in found.items if item.asin not in asins]
    expect("more than ten products", len(asins) > 10)
    return asins


def import_directly(owner: AuthenticatedClient, asins: list[str]) -> None:
    """Import two products, and an entry that fails."""
    body = ImportRequest(items=[*asins[:2], "https://amzn.to/3xYz"])
    response = import_products.sync_detailed(client=owner, body=body)
    results = parsed(response, ImportResultList, "import").results
    statuses = [result.status for result in results]
    problem = results[2].problem
    expect(
        "imported and failed entries",
        statuses == ["imported", "imported", "failed"]
        and not isinstance(problem, Unset)
        and problem.code == "short_link",
    )


def import_as_job(owner: AuthenticatedClient, asins: list[str]) -> None:
    """Import all products as a job, and wait for its end."""
    response = import_products.sync_detailed(client=owner, body=ImportRequest(items=asins))
    started = parsed(response, StartedImportJob, "import job")
    status = owner.get_httpx_client().get(started.status_url)
    expect("absolute status_url", status.status_code == HTTPStatus.OK)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        read = get_import_job.sync_detailed(started.job_id, client=owner)
        job = parsed(read, ImportJob)
        if job.status in ("done", "failed"):
            break
        time.sleep(0.3)
    counts = (job.status, job.done, job.failed)
    expect("finished job", counts == ("done", len(asins), 0))


def follow_the_feed(owner: AuthenticatedClient, asins: list[str]) -> None:
    """Read all pages of the change feed."""
    added: set[str] = set()
    cursor: str | Unset = UNSET
    has_more = True
    while has_more:
        page = parsed(list_changes.sync_detailed(client=owner, limit=7, cursor=cursor), ChangePage)
        for change in page.changes:
            if change.kind == "added" and not isinstance(change.asin, Unset):
                assert not isinstance(change.product, Unset)
                assert str(change.product.url).startswith("https://")
                added.add(change.asin)
        cursor, has_more = page.next_cursor, page.has_more
    expect("changes", added >= set(asins))


def read_products(owner: AuthenticatedClient) -> None:
    """Read a product that does not exist, and a page again with its ETag."""
    missing = get_product.sync_detailed("B000000000", client=owner)
    problem = parsed(missing, Problem)
    is_expected = missing.status_code == HTTPStatus.NOT_FOUND and problem.code == "not_found"
    expect("problem", is_expected and bool(problem.action))
    first = list_products.sync_detailed(client=owner, limit=3)
    page = parsed(first, ProductPage)
    expect("products", len(page.products) == 3 and page.has_more)
    again = list_products.sync_detailed(client=owner, limit=3, if_none_match=first.headers["ETag"])
    expect("304", again.status_code == HTTPStatus.NOT_MODIFIED)


def use_keys(owner: AuthenticatedClient) -> None:
    """Create a key that may only read, and revoke it."""
    body = ApiKeyRequest(scope=ApiKeyRequestScope.READ)
    key = parsed(create_api_key.sync_detailed(client=owner, body=body), NewApiKey, "key")
    keys = parsed(list_api_keys.sync_detailed(client=owner), ApiKeyList, "keys").keys
    scopes = sorted(str(entry.scope) for entry in keys)
    expect("two keys", scopes == ["full", "read"] and sum(entry.current for entry in keys) == 1)
    refused = request_sync.sync_detailed(client=authenticated(key.api_key))
    expect("scope of the key", parsed(refused, Problem).code == "scope_insufficient")
    revoked = delete_api_key.sync_detailed(key.kid, client=owner)
    expect("revoked key", revoked.status_code == HTTPStatus.NO_CONTENT)


def delete(owner: AuthenticatedClient) -> None:
    """Delete the site; its key ends."""
    response = delete_site.sync_detailed(client=owner, confirm=HOST)
    expect("deleted host", parsed(response, DeletedSite, "deletion").host == HOST)
    afterwards = get_site.sync_detailed(client=owner)
    problem = parsed(afterwards, Problem)
    is_rejected = afterwards.status_code == HTTPStatus.UNAUTHORIZED
    expect("401", is_rejected and problem.code == "api_key_rejected")


def read_unknown_values() -> None:
    """Read a page of a later version, with values that the document does not have."""
    later = AuthenticatedClient(base_url=os.environ["FUTURE_URL"], token="any")
    first, second = parsed(list_changes.sync_detailed(client=later), ChangePage).changes
    expect("unknown values", first.asin == second.asin)


def authenticated(api_key: str) -> AuthenticatedClient:
    """Return a client with an API key."""
    return AuthenticatedClient(base_url=API_URL, token=api_key)


def main() -> None:
    """Play the life of a site."""
    owner = authenticated(signed_up(Client(base_url=API_URL)))
    connect(owner)
    asins = search(owner)
    import_directly(owner, asins)
    import_as_job(owner, asins)
    follow_the_feed(owner, asins)
    read_products(owner)
    use_keys(owner)
    delete(owner)
    read_unknown_values()


if __name__ == "__main__":
    main()
