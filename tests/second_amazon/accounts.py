"""Credentials that the fake accepts: any number, each an account, named after its behavior.

A credential's identifier contains a name and a number: `ok` works, the name of a fault (see
`faults`) fails with it, `skewed` works at an Amazon with a fast clock, `stale` receives a token
that has expired already, and then one that works. All other identifiers are unknown.
"""

import re
from dataclasses import dataclass

from tests.second_amazon.faults import CREATORS_FAULTS, PAAPI_FAULTS, TOKEN_FAULTS

PAAPI_SECRET = "second/Amazon+PaapiSecret0123456789abcde"
V3_SECRET = "amzn1.oa2-cs.v1." + "5ec0d" * 12 + "abcd"
V2_SECRET = "5ec0dsecretofthesecondamazonforversion2credentials0"
VERSIONS = ("2.1", "2.2", "2.3", "3.1", "3.2", "3.3")
_PAAPI_KEY = re.compile(r"AKIASEC([A-Z]+)\d+")
_V3_ID = re.compile(r"amzn1\.application-oa2-client\.([a-z]+)\d+([123])")
_V2_ID = re.compile(r"([a-z]+)\d+([123])")
_OTHER = {"ok", "skewed"}
_PAAPI_NAMES = _OTHER | set(PAAPI_FAULTS)
_CREATORS_NAMES = _OTHER | {"stale"} | set(CREATORS_FAULTS) | set(TOKEN_FAULTS)


@dataclass(frozen=True)
class Account:
    """A credential of one of the APIs; `version` is empty for PA-API."""

    identifier: str
    behavior: str
    secret: str
    version: str = ""


def paapi_account(name: str, number: int = 1) -> Account:
    """Return the credential with this behavior and number."""
    width = 20 - len("AKIASEC") - len(name)
    return Account(f"AKIASEC{name.upper()}{number:0{width}}", name, PAAPI_SECRET)


def creators_account(name: str, number: int = 1, version: str = "3.1") -> Account:
    """Return the credential with this behavior, number and version."""
    generation, region = version.split(".")
    if generation == "2":
        identifier = f"{name}{number:0{25 - len(name)}}{region}"
        return Account(identifier, name, V2_SECRET, version)
    digits = f"{number:0{31 - len(name)}}{region}"
    return Account(f"amzn1.application-oa2-client.{name}{digits}", name, V3_SECRET, version)


def find_paapi_account(access_key: str) -> Account | None:
    """Return the account of an access key, or None if Amazon has none."""
    found = _PAAPI_KEY.fullmatch(access_key)
    name = found.group(1).lower() if found else ""
    return Account(access_key, name, PAAPI_SECRET) if name in _PAAPI_NAMES else None


def find_creators_account(identifier: str) -> Account | None:
    """Return the account of a credential ID, or None if Amazon has none."""
    for pattern, secret, generation in ((_V3_ID, V3_SECRET, 3), (_V2_ID, V2_SECRET, 2)):
        found = pattern.fullmatch(identifier)
        if found and found.group(1) in _CREATORS_NAMES:
            return Account(identifier, found.group(1), secret, f"{generation}.{found.group(2)}")
    return None
