"""Operations of API keys and security events."""

from amzlinkr.domain import errors
from amzlinkr.http.schemas import api_keys, audit, requests
from infra.openapi.examples import API_KEY_TEXT, KID
from infra.openapi.operation import Operation

_TAG = "API keys"
KEY_OPERATIONS = (
    Operation(
        "listApiKeys", _TAG, "GET", "/v1/keys", "List API keys",
        "Returns the active API keys that the key of the request may manage, without their "
        "secrets.",
        {200: api_keys.ApiKeyList}, "The API keys.", query=requests.NoInput,
    ),
    Operation(
        "createApiKey", _TAG, "POST", "/v1/keys", "Create an API key",
        "Creates an API key. The earlier key of the same scope ends after `overlap_hours`, so "
        "that a site rotates keys without a gap. To abandon a rotation, revoke the new key: the "
        "earlier one then no longer expires.",
        {201: api_keys.NewApiKey}, "The new API key. It is shown only here.",
        body=requests.ApiKeyRequest, body_optional=True, located=(201,),
        example={"mode": "live", "scope": "full", "overlap_hours": 24},
        problems=(errors.TooManyKeys,),
    ),
    Operation(
        "deleteApiKey", _TAG, "DELETE", "/v1/keys/{kid}", "Revoke an API key",
        "Revokes an API key immediately, also the last one: then the site must sign up again. If "
        "it was the new key of a rotation, the earlier one no longer expires.",
        {204: None}, "The API key is revoked.",
        query=requests.NoInput, path_parameters={"kid": KID}, problems=(errors.NotFound,),
    ),
    Operation(
        "reportLeakedKey", _TAG, "POST", "/v1/keys/leaked", "Report a leaked API key",
        "Revokes an API key that was found in public. Everyone can send it, without a key of "
        "their own. The response is the same for every text and takes the same time.",
        {204: None}, "The report was processed.",
        body=requests.LeakReport, example={"api_key": API_KEY_TEXT}, public=True,
        problems=(errors.RateLimited,),
    ),
    Operation(
        "listSecurityEvents", _TAG, "GET", "/v1/audit", "List security events",
        "Returns the security events of the site in the last 90 days, newest first, with those of "
        "its sandbox.",
        {200: audit.AuditEvents}, "A page of events.", query=requests.PageQuery,
        problems=(errors.InvalidCursor,),
    ),
)  # fmt: skip
