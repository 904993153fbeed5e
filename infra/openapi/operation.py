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

    `path_parameters` has an example value of each `{name}` in the path. `example` is an example
    of the body, or of the query if there is no body.
    """

    method: str
    path: str
    summary: str
    responses: Mapping[int, Any]
    query: Any = None
    body: Any = None
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    problems: Problems = ()
    public: bool = False
    body_optional: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    cacheable: bool = False
