"""Beginning of the smoke test: service URL, API key, client, and why the test cannot begin."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import requests

from amzlinkr.security.api_keys import is_well_formed
from infra.base_urls import base_url_flaw, is_loopback, parse_base_url
from infra.command_failures import EXIT_BAD_INPUT, CommandFailure
from infra.command_options import OneLineParser
from infra.local.stack.client import ServiceClient

SMOKE_PROGRAM = "python -m infra.smoke"
KEY_VARIABLE = "AMZLINKR_SANDBOX_KEY"
KEY_PREFIX = "amzl_test_"
KEY_SOURCE = 'POST /v1/keys with {"mode": "test"} returns such a key'
FIRST_PATH = "/marketplaces"
_UNAUTHORIZED = 401
_NO_SUCH_PATH = (400, _UNAUTHORIZED, 403, 404, 405, 410)
"""Statuses with which another server refuses the first path, which needs no API key."""
_EXAMPLE = "https://amzlinkr.example.com/v1"


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the arguments; exit with one line if they are wrong."""
    parser = OneLineParser(
        prog=SMOKE_PROGRAM,
        description="Check the main calls of a deployed service, and remove what they created.",
        epilog=f"The environment variable {KEY_VARIABLE} must be an API key of the sandbox "
        f"({KEY_PREFIX}…): {KEY_SOURCE}.",
    )
    parser.add_argument(
        "service_url", type=_service_url, help=f"URL of the service, such as {_EXAMPLE}"
    )
    return parser.parse_args(arguments)


def service_client(service_url: str, api_key: str) -> ServiceClient:
    """Return a client of the service. It uses the proxies of the environment, except on loopback.

    Raises:
        CommandFailure: The API key is not one of a sandbox.
    """
    if not api_key.startswith(KEY_PREFIX) or not is_well_formed(api_key):
        raise CommandFailure(
            f"The environment variable {KEY_VARIABLE} must be a complete API key of the sandbox "
            f"({KEY_PREFIX}…), without spaces or line breaks. {KEY_SOURCE}.",
            EXIT_BAD_INPUT,
        )
    is_local = is_loopback(parse_base_url(service_url))
    service = ServiceClient(service_url, uses_environment=not is_local)
    service.api_key = api_key
    return service


def first_answer_failure(service: ServiceClient, error: Exception | None) -> CommandFailure:
    """Return the failure of a first call that the service did not answer, with its remedy.

    `error` is None if a response arrived which is not of the service.
    """
    url = service.api_url
    if isinstance(error, (requests.ConnectionError, requests.Timeout)):
        text = f"The service could not be reached at {url} ({type(error).__name__}). Check the URL"
        return CommandFailure(f"{text} and the network.", EXIT_BAD_INPUT)
    text = f"{url} did not answer as an AmzLinkr service. Check the URL."
    return CommandFailure(text, EXIT_BAD_INPUT)


def check_first_status(service: ServiceClient, path: str, status: int) -> None:
    """Raise `CommandFailure` if the status of a first response shows a wrong URL or API key."""
    if path == FIRST_PATH and status in _NO_SUCH_PATH:
        raise first_answer_failure(service, None)
    if status == _UNAUTHORIZED:
        text = f"The service does not accept the API key in {KEY_VARIABLE}. {KEY_SOURCE}."
        raise CommandFailure(text, EXIT_BAD_INPUT)


def _service_url(text: str) -> str:
    url = text.rstrip("/")
    if not (flaw := base_url_flaw(url) or _service_url_flaw(url)):
        return url
    raise argparse.ArgumentTypeError(f"this is not a URL such as {_EXAMPLE}: it {flaw}")


def _service_url_flaw(url: str) -> str:
    parts = parse_base_url(url)
    if parts.scheme == "http" and not is_loopback(parts):
        return "begins with http://, which would send the API key unencrypted"
    return "" if parts.path.endswith("/v1") else "does not end with /v1"
