"""The description of an operation of the API, and the problems of calls to Amazon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain import amazon_errors as amazon
from amzlinkr.domain import errors
from amzlinkr.domain.connection_errors import AmazonNoCredentials

Problems = tuple[type[errors.AmzlinkrError], ...]
AMAZON_PROBLEMS: Problems = tuple(amazon.AmazonError.__subclasses__())
CALL_PROBLEMS: Problems = (errors.NotConnected, AmazonNoCredentials, *AMAZON_PROBLEMS)
"""The problems of calls to Amazon with stored credentials."""


@dataclass(frozen=True)
class Operation:
    """Operation of the API.

    `returns` describes the successful response, or each one by its status. `path_parameters` has an
    example value of each `{name}` in the path. `example` is an example of the body, or of the query
    if there is no body; `examples` are several of the body by name, each with a summary. `required`
    names parameters without which the call is refused, although their type has a default. `located`
    are the statuses of responses with the header `Location`.
    """

    id: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    responses: Mapping[int, Any]
    returns: str | Mapping[int, str]
    query: Any = None
    body: Any = None
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    problems: Problems = ()
    required: tuple[str, ...] = ()
    located: tuple[int, ...] = ()
    public: bool = False
    body_optional: bool = False
    is_idempotent: bool = False
    cacheable: bool = False

    def text_of(self, status: int) -> str:
        """Return the description of the response with a status."""
        return self.returns if isinstance(self.returns, str) else self.returns[status]
