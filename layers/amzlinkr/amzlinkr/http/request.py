"""A request as an endpoint receives it: decoded input, caller, and deadline."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import ApiKeyMissing, BodyTooLarge, InvalidRequest
from amzlinkr.domain.scopes import Scope, scope_of
from amzlinkr.domain.sites import Caller
from amzlinkr.http.events import Event, api_url_of, header_of, printable_text
from amzlinkr.http.schemas.requests import NoInput
from amzlinkr.http.validation import check_members, invalid_request_from

MAX_BODY_BYTES = 64 * 1024
RESPONSE_SECONDS = 0.5
"""The part of the remaining time that is reserved for writes and the response."""
S = TypeVar("S", bound=msgspec.Struct)
_URL = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+/[!-~]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the API. `deadline` is when the client or Lambda stops waiting."""

    _event: Event = field(repr=False)
    request_id: str
    deadline: Deadline = field(repr=False)
    path: Mapping[str, str]

    @property
    def upstream_deadline(self) -> Deadline:
        """Return the deadline of calls to Amazon, which leaves time for the response."""
        return self.deadline.with_reserve(RESPONSE_SECONDS)

    @property
    def site_id(self) -> str:
        """Return the site of the API key, from the authorizer only. Raises `ApiKeyMissing`."""
        site_id = self._authorizer.get("site_id")
        if not isinstance(site_id, str) or not site_id or not site_id.isascii():
            raise ApiKeyMissing
        return site_id

    @property
    def kid(self) -> str:
        """Return the public ID of the API key."""
        return str(self._authorizer.get("kid") or "")

    @property
    def caller(self) -> Caller:
        """Return the site and the ID of the API key used. Raises `ApiKeyMissing`."""
        return Caller(self.site_id, self.kid)

    @property
    def scope(self) -> Scope:
        """Return the scope of the API key; `read` if the authorizer states none."""
        return scope_of(self._authorizer.get("scope"))

    @property
    def is_suspended(self) -> bool:
        """Return True if the operator suspended the site."""
        return self._authorizer.get("suspended") == "true"

    @property
    def _authorizer(self) -> Mapping[str, Any]:
        found = self._event["requestContext"].get("authorizer")
        return found if isinstance(found, dict) else {}

    @property
    def source_ip(self) -> str:
        """Return the client's IP address, from API Gateway."""
        identity = self._event["requestContext"].get("identity")
        source_ip = identity.get("sourceIp") if isinstance(identity, dict) else None
        return str(source_ip or "unknown")

    @property
    def api_url(self) -> str:
        """Return the URL of the API at which the request arrived: it ends in `/v1`."""
        return api_url_of(self._event)

    @property
    def url(self) -> str | None:
        """Return the public URL of the request without its query, or None if it is unknown."""
        # From API Gateway and not from the header `Host`, which a client may choose.
        context = self._event["requestContext"]
        url = f"https://{context.get('domainName')}{context.get('path')}"
        return url if _URL.fullmatch(url) else None

    def header(self, name: str) -> str | None:
        """Return a header's value. `name` is in lower case."""
        return header_of(self._event, name)

    def body_bytes(self) -> bytes:
        """Return the raw body. Raises `InvalidRequest` or `BodyTooLarge`."""
        text = self._event.get("body") or ""
        # Before decoding: Base64 takes four characters for three bytes, never twice as many.
        if len(text) > 2 * MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            encoded = self._event.get("isBase64Encoded")
            body = base64.b64decode(text, validate=True) if encoded else text.encode()
        except (binascii.Error, ValueError):
            raise InvalidRequest("body", "The encoding of the body is invalid.") from None
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        return body

    def body(self, schema: type[S]) -> S:
        """Return the body, decoded by a schema. Raises `InvalidRequest` with the field."""
        body: S = self._body(schema)
        return body

    def optional_body(self, schema: type[S]) -> S:
        """Return the decoded body, or the schema's defaults if there is no body."""
        if self.body_bytes():
            return self.body(schema)
        self.expect_no_input()
        return schema()

    def body_union(self, schema: Any) -> Any:
        """Return the body, decoded by the schema of a union that its tag selects."""
        return self._body(schema)

    def query(self, schema: type[S]) -> S:
        """Return the query string, decoded by a schema. Raises `InvalidRequest` with the field.

        An endpoint with parameters takes no body, as one without input.
        """
        decoded = self._query(schema)
        if self.body_bytes():
            self._decoded_body(NoInput)
        return decoded

    def _query(self, schema: type[S]) -> S:
        values = self._event.get("multiValueQueryStringParameters") or {}
        repeated = [name for name, given in values.items() if len(given) != 1]
        if repeated:
            raise InvalidRequest(
                repeated[0][:60], "This parameter occurs more than once.", "Send it once."
            )
        known = schema.__struct_fields__
        # An empty parameter of the schema counts as absent; an unknown one is rejected.
        flat = {n: given[0] for n, given in values.items() if given[0] != "" or n not in known}
        undecodable = [name for name, given in flat.items() if not _is_text(name + given)]
        if undecodable:
            raise InvalidRequest("query", "The encoding of the query is invalid.", "Send UTF-8.")
        try:
            return msgspec.convert(flat, schema, strict=False)
        except msgspec.ValidationError as error:
            problem = invalid_request_from(error, "query", schema)
            raise _with_all_fields(problem, flat, schema, "query") from None

    def expect_no_input(self) -> None:
        """Raise `InvalidRequest` for a body or a query string."""
        # An endpoint without input rejects it: a misspelled call must not seem to work.
        self.query(NoInput)

    def _body(self, schema: Any) -> Any:
        # An endpoint with a body accepts no query string.
        self._query(NoInput)
        return self._decoded_body(schema)

    def _decoded_body(self, schema: Any) -> Any:
        body = self.body_bytes()
        if not body:
            raise InvalidRequest("body", "The request has no body.", "Send a JSON object in UTF-8.")
        try:
            decoded = msgspec.json.decode(body, type=schema)
            # After the schema, which limits the depth.
            check_members(body)
        except msgspec.ValidationError as error:
            problem = invalid_request_from(error, "body", schema)
            raise _with_all_fields(problem, _untyped(body), schema, "body") from None
        except InvalidRequest as problem:
            raise _with_all_fields(problem, _untyped(body), schema, "body") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidRequest(
                "body", "The body is not valid JSON.", "Send a JSON object in UTF-8."
            ) from None
        return decoded


def _untyped(body: bytes) -> object:
    """Return the JSON of a body, or None if it is malformed after its first wrong field."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _with_all_fields(
    problem: InvalidRequest, value: object, schema: Any, source: str
) -> InvalidRequest:
    """Return the problem with the other wrong fields of the request."""
    from amzlinkr.http.field_errors import add_wrong_fields  # not needed by accepted requests

    add_wrong_fields(problem, value, schema, source)
    return problem


def parse_command(event: object, schema: Any) -> Any:
    """Decode an operator's command. Raises `InvalidRequest` with the field."""
    try:
        return msgspec.convert(event, schema)
    except msgspec.ValidationError as error:
        raise invalid_request_from(error, "order", schema) from None


def caller_of_invocation(context: Any) -> str | None:
    """Return the Cognito identity of an invocation, or `caller` of its client context, if any."""
    identity = getattr(context, "identity", None)
    client_context = getattr(context, "client_context", None)
    custom = getattr(client_context, "custom", None)
    # Set by the client, like `by`: only the IAM identity in CloudTrail is proven.
    stated = custom.get("caller") if isinstance(custom, dict) else None
    return printable_text(getattr(identity, "cognito_identity_id", None) or stated)


def _is_text(text: str) -> bool:
    """Return False for text that UTF-8 cannot encode: lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
