"""Enforcement of the functions' IAM roles in tests, and a record of the used permissions."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from amzlinkr import telemetry
from amzlinkr.config import SECRETS_MANAGER
from tests.iam.policy import decide
from tests.iam.required_permissions import required_permissions
from tests.iam.roles import STORES, roles
from tests.observability.written import record_telemetry
from tests.secret_canaries import record_output, without_field

_running: ContextVar[str | None] = ContextVar("running", default=None)
SHOWN_ONCE = {
    ("signup", 201): ("api_key",),
    ("signup", 202): ("challenge.token", "signup_secret"),
    ("api_keys", 201): ("api_key",),
    ("admin", None): ("invite",),
}
"""The only fields of a function's response that may contain a secret, by function and status."""
Handler = Callable[[Any, Any], Any]
Grant = tuple[str, str, str]
"""A function's name, an action, and a resource pattern of its role."""


USED_GRANTS: set[Grant] = set()
"""The permissions that functions used in this process so far."""


class PolicyEnforcer:
    """An IAM check of all AWS calls that functions make, and a record of their output.

    `denied` lists calls without permission; `stored` the arguments of calls that may write to
    tables and queues; `responses` and `printed` what functions returned and printed. `store` is
    the `CredentialStore` of the stack.
    """

    def __init__(self) -> None:
        self.store = SECRETS_MANAGER
        self.denied: list[str] = []
        self.stored: list[str] = []
        self.responses: list[str] = []
        self.printed: list[str] = []

    def check(self, function: str, service: str, operation: str, arguments: dict[str, Any]) -> None:
        """Raise AWS's AccessDenied error if the function's role does not allow the call."""
        for request in required_permissions(service, operation, arguments):
            statement = decide(roles(self.store)[function], request)
            if statement is None:
                message = f"{function} may not {request.action} {request.resource}"
                self.denied.append(message)
                raise ClientError(
                    {"Error": {"Code": "AccessDeniedException", "Message": message}}, operation
                )
            for resource in _list(statement["Resource"]):
                if decide([{**statement, "Resource": resource}], request):
                    USED_GRANTS.add((function, request.action, resource))

    @contextmanager
    def enforce(self) -> Iterator[None]:
        """Check all AWS calls that functions make within the block."""
        real = BaseClient._make_api_call  # type: ignore[attr-defined] # all clients call it

        def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
            function = _running.get()
            if function is not None:
                service = client.meta.service_model.service_name
                self.check(function, service, operation, arguments)
                if service not in ("secretsmanager", "kms"):
                    self.stored.append(f"{operation} {without_tokens(arguments)}")
            return real(client, operation, arguments)

        with mock.patch.object(BaseClient, "_make_api_call", call):
            yield


def granted() -> set[Grant]:
    """Return all permissions of the roles, with either store of credentials."""
    return {
        (function, action, resource)
        for store in STORES
        for function, statements in roles(store).items()
        for statement in statements
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


@contextmanager
def without_enforcement() -> Iterator[None]:
    """Attribute AWS calls within the block to the test, even while a function runs."""
    token = _running.set(None)
    try:
        yield
    finally:
        _running.reset(token)


def as_function(name: str, handler: Handler, enforcer: PolicyEnforcer) -> Handler:
    """Wrap a handler: attribute its AWS calls and metrics to the function, and record its output.

    The response fields that may contain a secret are not recorded.
    """

    def handled(event: Any, context: Any) -> Any:
        token = _running.set(name)
        # In Lambda, a process runs one function, which its environment names.
        telemetry._metrics.provider.service = name
        before = len(enforcer.printed)
        try:
            with record_output(enforcer.printed):
                answer = handler(event, context)
            enforcer.responses.append(str(_without_secret(name, answer)))
            return answer
        finally:
            _running.reset(token)
            record_telemetry("".join(enforcer.printed[before:]))

    return handled


def _without_secret(function: str, response: Any) -> Any:
    status = response.get("statusCode")
    paths = SHOWN_ONCE.get((function, status), ())
    body = response if status is None or not paths else json.loads(response["body"])
    for path in paths:
        body = without_field(path, body)
    return {**response, "body": body} if status is not None and paths else body


def without_tokens(value: Any) -> Any:
    """Return stored arguments without sign-up tokens, which are stored until verification."""
    if isinstance(value, list):
        return [without_tokens(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    pk = value.get("pk")
    is_signup = isinstance(pk, dict) and str(pk.get("S")).startswith("signup#")
    kept = {name: field for name, field in value.items() if not (is_signup and name == "token")}
    return {name: without_tokens(field) for name, field in kept.items()}


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
