"""Problems with which the service may respond to an operation, besides its specific ones."""

from amzlinkr.domain import errors
from amzlinkr.domain.scopes import ScopeInsufficient
from amzlinkr.domain.service_switches import ServiceReadOnly
from amzlinkr.http.router import KEY_ENDING_ROUTES
from infra.openapi.operation import Operation

COMMON_PROBLEMS: tuple[type[errors.AmzlinkrError], ...] = (
    errors.BadRequest,
    errors.InvalidRequest,
    errors.BodyTooLarge,
    errors.InternalError,
    errors.StoreUnavailable,
)
API_KEY_PROBLEMS = (
    errors.ApiKeyMissing, errors.ApiKeyRejected, errors.NotFound, errors.SiteSuspended,
    errors.RateLimited, ScopeInsufficient,
)  # fmt: skip
"""Problems of operations that require an API key.

`NotFound` is one of them, because a site may be deleted during its request.
"""


def problems_of(operation: Operation) -> set[type[errors.AmzlinkrError]]:
    """Return all problems with which the service may respond to an operation."""
    problems = set(operation.problems) | set(COMMON_PROBLEMS)
    problems |= set() if operation.public else set(API_KEY_PROBLEMS)
    route = operation.method, operation.path.replace("{", "<").replace("}", ">")
    is_allowed = operation.method == "GET" or route in KEY_ENDING_ROUTES
    problems |= set() if is_allowed else {ServiceReadOnly}
    # The router rejects path parameters that cannot be an ID of this service.
    problems |= {errors.NotFound} if operation.path_parameters else set()
    return problems
