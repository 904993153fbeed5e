"""Smoke test of a deployed service: its main calls, with an API key of the sandbox.

    AMZLINKR_SANDBOX_KEY=amzl_test_… python -m infra.smoke https://amzlinkr.example.com/v1

It connects a marketplace that the sandbox does not use, searches, imports, reads the change feed,
and removes what it created. The exit code is 0 if all checks passed, 1 if one failed, and 2 if the
URL or the API key is wrong, or the service cannot be reached.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from infra.command_failures import EXIT_FAILED, CommandFailure
from infra.local.stack.client import ServiceClient
from infra.smoke_start import (
    FIRST_PATH,
    KEY_PREFIX,
    KEY_VARIABLE,
    SMOKE_PROGRAM,
    check_first_status,
    first_answer_failure,
    parse_arguments,
    service_client,
)

CREDENTIALS = {
    "api": "paapi5",
    "access_key": "AKIASMOKETESTEXAMPLE",
    "secret_key": "SmokeTest0" * 4,
    "partner_tag": "smoke-20",
}
"""Made up: a sandbox accepts any credentials of the correct form."""
UNKNOWN_ASIN = "B0TESTGONE"
EXPECTED_AVAILABILITY = {"B0TESTSOLD": "out_of_stock", "B0TESTUNIT": "in_stock"}
MAX_PAGES = 20
MAX_SHOWN_CHARS = 300
REMOVED = (200, 204, 404)
"""Statuses of a removal: nothing is there afterwards."""
Statuses = tuple[int, ...]


class SmokeFailure(Exception):
    """A check that failed. The message names the expectation and the response."""


class SmokeTest:
    """The checks in their order. Each returns a line that states what was found."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service
        self._marketplace = ""
        self._cursor = ""
        self._last_call = ""
        self._last_body: object = None

    def run(self) -> Iterator[str]:
        """Run all checks, remove what they created, and yield a line per check."""
        with self._named_failures():
            yield self.find_free_marketplace()
            with self._clean_up(), self._named_failures():
                yield self.validate_credentials()
                yield self.search_products()
                yield self.report_amazon_errors()
                yield self.import_products()
                yield self.read_changes()
            yield self.check_removal()

    def find_free_marketplace(self) -> str:
        """Choose a marketplace without a connection and products, and read the feed to its end."""
        codes = [entry["code"] for entry in self._read_marketplaces()]
        used = {entry["marketplace"] for entry in self._get("/connections")["connections"]}
        used |= {one["marketplace"] for one in self._read_feed() if one["kind"] != "removed"}
        free = [code for code in codes if code not in used]
        self._expect(bool(free), "a marketplace that this sandbox does not use", sorted(used))
        self._marketplace = free[0]
        return f"marketplaces: {len(codes)}, this test uses {self._marketplace}"

    def validate_credentials(self) -> str:
        """Store made-up credentials."""
        body = CREDENTIALS | {"marketplace": self._marketplace}
        status = self._call((200,), "POST", "/validate", body)["status"]
        self._expect(status == "valid", "the status valid", status)
        return "validate: the credentials are valid"

    def search_products(self) -> str:
        """Search with hits and without any."""
        found = self._get("/search", keywords="coffee", marketplace=self._marketplace)["items"]
        self._expect(bool(found) and all(item["title"] for item in found), "products", found)
        nothing = self._get("/search", keywords="nothing", marketplace=self._marketplace)["items"]
        self._expect(nothing == [], "no results for 'nothing'", nothing)
        return f"search: {len(found)} products"

    def report_amazon_errors(self) -> str:
        """Search with keywords that make Amazon throttle."""
        code = "amazon_throttled"
        query = {"keywords": code, "marketplace": self._marketplace}
        problem = self._call((503,), "GET", "/search", **query)
        self._expect(
            problem["code"] == code and problem["retryable"], f"a retryable {code}", problem
        )
        return "errors: a problem of Amazon has its code and can be retried"

    def import_products(self) -> str:
        """Import two products and an ASIN that Amazon does not have."""
        items = [*EXPECTED_AVAILABILITY, UNKNOWN_ASIN]
        body = {"items": items, "marketplace": self._marketplace}
        results = self._call((200,), "POST", "/import", body)["results"]
        found = {entry["asin"]: _availability_of(entry) for entry in results}
        expected = EXPECTED_AVAILABILITY | {UNKNOWN_ASIN: "not_found"}
        self._expect(found == expected, str(expected), found)
        return f"import: {len(EXPECTED_AVAILABILITY)} products, one not found"

    def read_changes(self) -> str:
        """Read the imported products from the change feed, and nothing else."""
        seen = {entry["asin"]: entry["kind"] for entry in self._own_changes()}
        self._expect(
            seen == dict.fromkeys(EXPECTED_AVAILABILITY, "added"), "two added products", seen
        )
        return "changes: the feed has the imported products"

    def check_removal(self) -> str:
        """Check that nothing of this test is left."""
        left = [entry["marketplace"] for entry in self._get("/connections")["connections"]]
        self._expect(self._marketplace not in left, "no connection of this test", left)
        products = self._get("/products", marketplace=self._marketplace)["products"]
        self._expect(products == [], "no products of this test", [one["asin"] for one in products])
        return "removal: nothing is left"

    def _read_marketplaces(self) -> Any:
        """Return the marketplaces of the first response. Raise `CommandFailure` at a wrong URL."""
        try:
            found = self._get(FIRST_PATH)
        except requests.RequestException as error:
            raise first_answer_failure(self._service, error) from error
        if not isinstance(found, dict) or "marketplaces" not in found:
            raise first_answer_failure(self._service, None)
        return found["marketplaces"]

    @contextmanager
    def _clean_up(self) -> Iterator[None]:
        """Remove the products and the connection, also after a failed check, which is kept."""
        try:
            yield
        except BaseException as failure:
            for problem in self._remove_everything():
                failure.add_note(problem)
            raise
        for problem in self._remove_everything():
            raise SmokeFailure(problem)

    def _remove_everything(self) -> list[str]:
        """Try each removal. Return what failed."""
        query = {"marketplace": self._marketplace}
        problems = []
        for path, parameters in (
            *((f"/products/{asin}", query) for asin in EXPECTED_AVAILABILITY),
            (f"/connections/{self._marketplace}", {}),
        ):
            try:
                with self._named_failures():
                    self._call(REMOVED, "DELETE", path, **parameters)
            except SmokeFailure as failure:
                problems.append(str(failure))
        return problems

    @contextmanager
    def _named_failures(self) -> Iterator[None]:
        """Raise `SmokeFailure` with the last call for responses that cannot be received or read."""
        try:
            yield
        except requests.RequestException as error:
            text = f"{type(error).__name__}: {_short(error)}"
            raise SmokeFailure(f"{self._last_call}: {text}") from error
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            found = _short(self._last_body)
            raise SmokeFailure(
                f"{self._last_call}: expected a documented response, got {found}"
            ) from error

    def _own_changes(self) -> list[dict[str, Any]]:
        changes = self._read_feed()
        return [entry for entry in changes if entry["marketplace"] == self._marketplace]

    def _read_feed(self) -> list[dict[str, Any]]:
        """Return the changes since the last call."""
        changes: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            query = {"cursor": self._cursor} if self._cursor else {}
            page = self._get("/changes", **query)
            changes += page["changes"]
            self._cursor = page["next_cursor"]
            if not page["has_more"]:
                return changes
        raise SmokeFailure(f"changes: expected an end of the feed within {MAX_PAGES} pages")

    def _get(self, path: str, **query: str) -> Any:
        return self._call((200,), "GET", path, **query)

    def _call(
        self, expected: Statuses, method: str, path: str, body: object = None, **query: str
    ) -> Any:
        self._last_call, self._last_body = f"{method} {path}", None
        response = self._service.call(method, path, body, **query)
        self._last_body = response.json
        if not self._marketplace:
            check_first_status(self._service, path, response.status)
        if response.status not in expected:
            found = f"{response.status} {_short(response.json)}"
            self._expect(False, " or ".join(map(str, expected)), found)
        return response.json

    def _expect(self, is_true: bool, expectation: str, found: object) -> None:
        if not is_true:
            raise SmokeFailure(f"{self._last_call}: expected {expectation}, got {_short(found)}")


def _availability_of(entry: dict[str, Any]) -> str:
    """Return the availability of an imported product, or the status of the import."""
    return str(entry.get("product", {}).get("availability", entry["status"]))


def _short(found: object) -> str:
    """Return a part of a response that fits into a line, without API keys.

    The page of another server could repeat the request.
    """
    text = re.sub(f"{KEY_PREFIX}[0-9A-Za-z]*", f"{KEY_PREFIX}…", " ".join(str(found).split()))
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"


def main(arguments: Sequence[str], api_key: str) -> int:
    """Run the smoke test with a sandbox API key and return the exit code."""
    service_url = parse_arguments(arguments).service_url
    try:
        for line in SmokeTest(service_client(service_url, api_key)).run():
            sys.stdout.write(f"ok  {line}\n")
            sys.stdout.flush()
    except CommandFailure as failure:
        sys.stderr.write(f"{SMOKE_PROGRAM}: {failure}\n")
        return failure.exit_status
    except SmokeFailure as failure:
        problems = [f"not removed: {note}" for note in getattr(failure, "__notes__", ())]
        for line in (str(failure), *problems):
            sys.stderr.write(f"FAILED  {line}\n")
        return EXIT_FAILED
    sys.stdout.write("smoke test passed\n")
    return 0


if __name__ == "__main__":
    # Not an argument: the arguments of a process are visible to others.
    sys.exit(main(sys.argv[1:], os.environ.get(KEY_VARIABLE, "")))  # noqa: TID251 - as above
