"""Holds every function to its role while tests run it, and remembers what it used of it."""

import json
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
from tests.secret_canaries import record_output, without_field

_running: ContextVar[str | None] = ContextVar("running", default=None)
SHOWN_ONCE = {
    ("signup", 201): "api_key",
    ("signup", 202): "challenge.token",
    ("api_keys", 201): "api_key",
    ("admin", None): "invite",
}
"""The one field of a function's answer that is there to show a secret."""
Handler = Callable[[Any, Any], Any]
Grant = tuple[str, str, str]
"""A function, an action and a resource pattern of its role."""


USED: set[Grant] = set()
"""The permissions that were used so far, in this process."""


class Guard:
    """The calls that no permission allowed, what was put into tables and queues, what was
    answered, and what was printed."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.stored: list[str] = []
        self.answered: list[str] = []
        self.printed: list[str] = []

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
                    self.stored.append(f"{operation} {without_tokens(arguments)}")
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


def as_function(name: str, handler: Handler, guard: Guard) -> Handler:
    """The same handler; calls to AWS it makes are those of this function, and what it prints and
    answers is noted, but for the one field that may show a secret."""

    def handled(event: Any, context: Any) -> Any:
        token = _running.set(name)
        try:
            with record_output(guard.printed):
                answer = handler(event, context)
            guard.answered.append(str(_not_shown(name, answer)))
            return answer
        finally:
            _running.reset(token)

    return handled


def _not_shown(function: str, answer: Any) -> Any:
    status = answer.get("statusCode")
    path = SHOWN_ONCE.get((function, status))
    if path is None:
        return answer
    if status is None:
        return without_field(path, answer)
    return {**answer, "body": without_field(path, json.loads(answer["body"]))}


def without_tokens(said: Any) -> Any:
    """What is stored, without the tokens of sign-ups: those are kept until they are shown."""
    if isinstance(said, list):
        return [without_tokens(one) for one in said]
    if not isinstance(said, dict):
        return said
    pk = said.get("pk")
    is_signup = isinstance(pk, dict) and str(pk.get("S")).startswith("signup#")
    kept = {name: one for name, one in said.items() if not (is_signup and name == "token")}
    return {name: without_tokens(one) for name, one in kept.items()}


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
