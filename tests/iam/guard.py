"""Holds every function to its role while tests run it, and remembers what it used of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.iam.calls import asks_of
from tests.iam.policy import decide
from tests.iam.roles import roles

_running: ContextVar[str | None] = ContextVar("running", default=None)
CREATED = 201
Handler = Callable[[Any, Any], Any]
Grant = tuple[str, str, str]
"""A function, an action and a resource pattern of its role."""


USED: set[Grant] = set()
"""The permissions that were used so far, in this process."""


class Guard:
    """The calls that no permission allowed, what was put into tables and queues, and what was
    answered."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.stored: list[str] = []
        self.answered: list[str] = []

    def check(self, function: str, service: str, operation: str, arguments: dict[str, Any]) -> None:
        """Raises what AWS would answer a role that may not do this."""
        for ask in asks_of(service, operation, arguments):
            statement = decide(roles()[function], ask)
            if statement is None:
                told = f"{function} may not {ask.action} {ask.resource}"
                self.refused.append(told)
                raise ClientError(
                    {"Error": {"Code": "AccessDeniedException", "Message": told}}, operation
                )
            for resource in _list(statement["Resource"]):
                if decide([{**statement, "Resource": resource}], ask):
                    USED.add((function, ask.action, resource))

    @contextmanager
    def on_duty(self) -> Iterator[None]:
        """Check all calls made inside while a function runs."""
        real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

        def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
            function = _running.get()
            if function is not None:
                service = client.meta.service_model.service_name
                self.check(function, service, operation, arguments)
                if service != "secretsmanager":
                    self.stored.append(f"{operation} {arguments}")
            return real(client, operation, arguments)

        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield


def granted() -> set[Grant]:
    """Everything the roles allow."""
    return {
        (function, action, resource)
        for function, statements in roles().items()
        for statement in statements
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


@contextmanager
def off_duty() -> Iterator[None]:
    """Inside, calls to AWS are somebody else's: what others do while a function runs."""
    token = _running.set(None)
    try:
        yield
    finally:
        _running.reset(token)


def as_function(name: str, handler: Handler, answered: list[str]) -> Handler:
    """The same handler; calls to AWS it makes are those of this function, and what it answers is
    noted, but for a 201: that may show a key."""

    def handled(event: Any, context: Any) -> Any:
        token = _running.set(name)
        try:
            answer = handler(event, context)
            if answer.get("statusCode") != CREATED:
                answered.append(str(answer))
            return answer
        finally:
            _running.reset(token)

    return handled


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
