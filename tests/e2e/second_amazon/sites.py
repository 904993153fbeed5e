"""Sites of a stack with the second fake Amazon upstream, and the reading of their responses."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from infra.local.stack.client import Scheduler, ServiceClient, ServiceResponse
from infra.local.stack.stack import Stack
from tests.e2e.conftest import sign_up
from tests.second_amazon.accounts import Account, creators_account, paapi_account
from tests.second_amazon.locales import LOCALES
from tests.second_amazon.service import Service

APIS = ("paapi5", "creators")
MAX_THROTTLED_CALLS = 5
SITES_IN_TURN = 4


def credentials(account: Account, marketplace: str = "US", **changes: str) -> dict[str, str]:
    """Return the body of `POST /validate` for an account, with changed fields."""
    if account.version:
        body = {
            "api": "creators",
            "credential_id": account.identifier,
            "credential_secret": account.secret,
            "credential_version": account.version,
        }
    else:
        body = {
            "api": "paapi5",
            "access_key": account.identifier,
            "secret_key": account.secret,
        }
    tag = LOCALES[marketplace].partner_tag
    return body | {"partner_tag": tag, "marketplace": marketplace} | changes


@dataclass
class World:
    """The running stack, the second Amazon, and a source of accounts that are not in use."""

    stack: Stack
    amazon: Service
    scheduler: Scheduler
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def account(self, api: str, behavior: str = "ok", version: str = "3.1") -> Account:
        """Return an account that no call has used, so that its rate limit is idle."""
        number = next(self.numbers)
        if api == "paapi5":
            return paapi_account(behavior, number)
        return creators_account(behavior, number, version)

    def connected_site(self, api: str, *marketplaces: str) -> ServiceClient:
        """Return a client of a new site with one account for these marketplaces."""
        site = sign_up(self.stack)
        for code in marketplaces:
            version = f"3.{LOCALES[code].token_region}"
            body = credentials(self.account(api, version=version), code)
            response = site.call("POST", "/validate", body)
            assert response.status == 200, response.json
        return site

    def sites_in_turn(self, api: str, *marketplaces: str) -> Iterator[ServiceClient]:
        """Return clients of new sites in turn, because an account has one call per second."""
        sites = [self.connected_site(api, *marketplaces) for _ in range(SITES_IN_TURN)]
        return itertools.cycle(sites)


def patiently(send: Callable[[], ServiceResponse]) -> ServiceResponse:
    """Repeat a call while the account's own limit of one call per second postpones it."""
    for _ in range(MAX_THROTTLED_CALLS):
        response = send()
        if response.status != 503 or response.json["code"] != "amazon_throttled":
            break
        time.sleep(min(response.json.get("retry_after", 1), 5))
    return response


def lookup(value: Any, path: str) -> Any:
    """Return the field at a dotted path, or ABSENT."""
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return ABSENT
        value = value[name]
    return value


class Absent:
    """The type of ABSENT, a field that is not in the JSON at all; null is not absent."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()
