"""Both APIs behind one function: a request in, an answer out, without sockets.

The Host header selects the service, as with Amazon: a token endpoint, the Creators API, or the
PA-API host of a marketplace.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.second_amazon import faults, parameters
from tests.second_amazon.accounts import Account, find_paapi_account
from tests.second_amazon.answers import creators_answer, paapi_answer
from tests.second_amazon.catalog import products
from tests.second_amazon.faults import Fault, Json, creators_error, paapi_error
from tests.second_amazon.locales import BY_PAAPI_HOST, BY_WEBSITE, Locale
from tests.second_amazon.operations import Call, Catalog, Outcome
from tests.second_amazon.sigv4 import (
    SignatureError,
    SignedRequest,
    parse_authorization,
    verify,
)
from tests.second_amazon.spelling import camel, camel_resource, pascal
from tests.second_amazon.tokens import ENDPOINTS, Tokens

CREATORS_HOST = "creatorsapi.amazon"
TARGET = "com.amazon.paapi5.v1.ProductAdvertisingAPIv1."
PAAPI_PATHS = {
    f"/paapi5/{name.lower()}": name
    for name in ("searchItems", "getItems", "getVariations", "getBrowseNodes")
}
CREATORS_PATHS = {f"/catalog/v1/{name}": name for name in PAAPI_PATHS.values()}
SKEW = timedelta(hours=1)
_STATUS = {"IncompleteSignature": 400, "InvalidSignature": 401, "RequestExpired": 401}
TAG_OF_OTHER_STORE = "otherstore-20"


@dataclass(eq=False)
class Rejected(Exception):
    """A call that Amazon does not perform, with its answer."""

    fault: Fault


@dataclass(eq=False)
class BadTag(Exception):
    """A partner tag of another store or marketplace, with Amazon's code."""

    code: str


@dataclass
class Service:
    """Amazon: the catalog, the tokens, and the calls that were answered."""

    catalog: Catalog = field(default_factory=lambda: Catalog(products(datetime.now(UTC))))
    tokens: Tokens = field(default_factory=Tokens)
    calls: list[Call] = field(default_factory=list)

    def answer(self, request: SignedRequest) -> Fault:
        """Return Amazon's answer to a request."""
        host = request.headers.get("host", "").partition(":")[0].lower()
        try:
            if version := ENDPOINTS.get((host, request.path)):
                return self.tokens.issue(version, request.headers, request.body)
            if host == CREATORS_HOST:
                return self._creators(request)
            if locale := BY_PAAPI_HOST.get(host):
                return self._paapi(request, locale)
        except Rejected as exc:
            return exc.fault
        return Fault(404, b"no such host")

    def clock_offset(self, request: SignedRequest) -> timedelta:
        """Return how far Amazon's clock is ahead, which its Date header shows too."""
        skewed = "SECSKEWED" in request.headers.get("authorization", "")
        return SKEW if skewed else timedelta(0)

    def _paapi(self, request: SignedRequest, locale: Locale) -> Fault:
        operation = PAAPI_PATHS.get(request.path)
        target = request.headers.get("x-amz-target")
        if not operation or request.method != "POST" or target != TARGET + pascal(operation):
            raise Rejected(faults.PAAPI_FAULTS["operation"])
        if request.headers.get("content-encoding") != "amz-1.0":
            raise Rejected(faults.PAAPI_FAULTS["parameter"])
        account = self._signer(request, locale)
        body = _decoded(request.body, paapi=True)
        if body is None:
            raise Rejected(faults.PAAPI_FAULTS["parameter"])
        _raise_chosen_fault(account, body, faults.PAAPI_FAULTS)
        call = Call(operation, locale, body, paapi=True)
        try:
            return paapi_answer(call, self._run(call))
        except parameters.BadParameter as exc:
            text = f"The value of {pascal(exc.name)} provided in the request is invalid or missing."
            raise Rejected(paapi_error(exc.code, 400, text, "Validation")) from exc
        except BadTag as exc:
            name = "associate" if exc.code == "InvalidAssociate" else "tag"
            raise Rejected(faults.PAAPI_FAULTS[name]) from exc

    def _signer(self, request: SignedRequest, locale: Locale) -> Account:
        try:
            authorization = parse_authorization(request.headers)
            account = find_paapi_account(authorization.access_key)
            if not account:
                raise Rejected(faults.PAAPI_FAULTS["client"])
            now = datetime.now(UTC) + self.clock_offset(request)
            verify(request, authorization, account.secret, locale.aws_region, now)
        except SignatureError as exc:
            code = str(exc)
            text = "The request is not correctly signed."
            raise Rejected(paapi_error(code, _STATUS[code], text)) from exc
        return account

    def _creators(self, request: SignedRequest) -> Fault:
        operation = CREATORS_PATHS.get(request.path)
        if not operation or request.method != "POST":
            raise Rejected(creators_error(400, "ValidationException", "UnknownOperation"))
        account = self.tokens.check(request.headers.get("authorization", ""))
        if isinstance(account, str):
            raise Rejected(creators_error(401, "UnauthorizedException", account))
        body = _decoded(request.body, paapi=False)
        locale = BY_WEBSITE.get(request.headers.get("x-marketplace", ""))
        if body is None or not locale:
            raise Rejected(faults.CREATORS_FAULTS["parse"])
        _raise_chosen_fault(account, body, faults.CREATORS_FAULTS)
        call = Call(operation, locale, body, paapi=False)
        try:
            return creators_answer(call, self._run(call))
        except parameters.BadParameter as exc:
            reason, names = "FieldValidationFailed", [exc.name]
            fault = creators_error(400, "ValidationException", reason, fieldList=names)
            raise Rejected(fault) from exc
        except BadTag as exc:
            raise Rejected(creators_error(400, "ValidationException", exc.code)) from exc

    def _run(self, call: Call) -> Outcome:
        parameters.check(call.operation, call.body, call.locale, paapi=call.paapi)
        tag = call.body["partnerTag"]
        if tag != call.locale.partner_tag:
            raise BadTag("InvalidAssociate" if tag == TAG_OF_OTHER_STORE else "InvalidPartnerTag")
        self.calls.append(call)
        return self.catalog.run(call)


def _decoded(content: bytes, *, paapi: bool) -> Json | None:
    """Return the body of a call in the Creators API's spelling, or None if it is not JSON."""
    try:
        parsed: Any = json.loads(content)
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    body: Json = parsed
    if not paapi:
        return body
    # A name that is not PascalCase is unknown to PA-API.
    body = {camel(name) if name[:1].isupper() else f"?{name}": part for name, part in body.items()}
    if isinstance(body.get("resources"), list):
        body["resources"] = [
            camel_resource(name) if str(name)[:1].isupper() else f"?{name}"
            for name in body["resources"]
        ]
    return body


def _raise_chosen_fault(account: Account, body: Json, known: Mapping[str, Fault]) -> None:
    """Raise the fault that the credential or an ASIN asked for selects, if any."""
    asked = " ".join(
        map(str, [*(body.get("itemIds") or []), body.get("asin"), body.get("keywords")])
    )
    named = [name for asin, name in faults.FAULT_ASINS.items() if asin in asked]
    for name in (account.behavior, *named):
        if name in known:
            raise Rejected(known[name])
