"""A call, seen from a story: what is asked for, checked against a schema, and by whom."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from amzlinkr.domain.errors import ApiKeyMissing, BodyTooLarge, InvalidRequest
from amzlinkr.domain.sites import Caller
from amzlinkr.http.events import Event
from amzlinkr.http.schemas.requests import NoInput
from amzlinkr.http.validation import invalid_request_from

MAX_BODY_BYTES = 64 * 1024
S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Request:
    """One call, seen from a story. `site_id` comes from the authorizer and nowhere else."""

    _event: Event = field(repr=False)
    request_id: str
    _left: Callable[[], float] = field(repr=False)
    path: Mapping[str, str]

    @property
    def seconds_left(self) -> float:
        """Seconds until a waiting person gives up, or Lambda does; asked anew, it is less."""
        return self._left()

    @property
    def site_id(self) -> str:
        """The site whose key was used. Raises `ApiKeyMissing`."""
        site_id = self._authorizer.get("site_id")
        if not isinstance(site_id, str) or not site_id or not site_id.isascii():
            raise ApiKeyMissing
        return site_id

    @property
    def kid(self) -> str:
        """Which of the site's API keys the call came with."""
        return str(self._authorizer.get("kid") or "")

    @property
    def caller(self) -> Caller:
        """The site, and which of its keys was used. Raises `ApiKeyMissing`."""
        return Caller(self.site_id, self.kid)

    @property
    def is_suspended(self) -> bool:
        """Whether the operator stopped that site."""
        return self._authorizer.get("suspended") == "true"

    @property
    def _authorizer(self) -> Mapping[str, Any]:
        found = self._event["requestContext"].get("authorizer")
        return found if isinstance(found, dict) else {}

    @property
    def source_ip(self) -> str:
        """The caller's address as API Gateway saw it."""
        return str(self._event["requestContext"].get("identity", {}).get("sourceIp") or "unknown")

    def header(self, name: str) -> str | None:
        """A header's value, whatever the case of its name."""
        headers = self._event.get("headers") or {}
        return next((v for k, v in headers.items() if k.lower() == name and v is not None), None)

    def body_bytes(self) -> bytes:
        """The raw body. Raises `InvalidRequest` or `BodyTooLarge`."""
        text = self._event.get("body") or ""
        if len(text) > 2 * MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            encoded = self._event.get("isBase64Encoded")
            body = base64.b64decode(text, validate=True) if encoded else text.encode()
        except (binascii.Error, ValueError):
            raise InvalidRequest("body", "The body's encoding is broken.") from None
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        return body

    def body(self, schema: type[S]) -> S:
        """The body as a schema. Raises `InvalidRequest` naming the field."""
        body: S = self._body(schema)
        return body

    def optional_body(self, schema: type[S]) -> S:
        """The same; without a body, what the schema says of itself."""
        if self.body_bytes():
            return self.body(schema)
        self.expect_no_input()
        return schema()

    def body_union(self, schema: Any) -> Any:
        """The body as one of several schemas, told apart by their tag."""
        return self._body(schema)

    def query(self, schema: type[S]) -> S:
        """The query string as a schema. Raises `InvalidRequest` naming the field."""
        values = self._event.get("multiValueQueryStringParameters") or {}
        repeated = [name for name, given in values.items() if len(given) != 1]
        if repeated:
            raise InvalidRequest(repeated[0][:60], "This parameter is given more than once.")
        known = schema.__struct_fields__
        flat = {n: given[0] for n, given in values.items() if given[0] != "" or n not in known}
        broken = [name for name, given in flat.items() if not _is_text(name + given)]
        if broken:
            raise InvalidRequest("query", "The query's encoding is broken.", "Send UTF-8.")
        try:
            return msgspec.convert(flat, schema, strict=False)
        except msgspec.ValidationError as error:
            raise invalid_request_from(error, "query") from None

    def expect_no_input(self) -> None:
        """Raises `InvalidRequest` for a body or a query: this call takes neither."""
        self.query(NoInput)
        if self.body_bytes():
            self.body(NoInput)

    def _body(self, schema: Any) -> Any:
        """A call that has a body takes no query."""
        self.query(NoInput)
        body = self.body_bytes()
        try:
            return msgspec.json.decode(body or b"null", type=schema)
        except msgspec.ValidationError as error:
            raise invalid_request_from(error, "body") from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidRequest(
                "body", "The body is not JSON.", "Send a JSON object in UTF-8."
            ) from None


def parse_command(event: object, schema: Any) -> Any:
    """An operator's order out of a Lambda invocation. Raises `InvalidRequest` naming the field."""
    try:
        return msgspec.convert(event, schema)
    except msgspec.ValidationError as error:
        raise invalid_request_from(error, "order") from None


def _is_text(text: str) -> bool:
    """Whether this can be written as UTF-8: lone surrogates cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
