"""Protection of the API key of a run: three calls could end it, and all later ones be a 401."""

import os
from typing import Any

import schemathesis

API_KEY = os.environ["API_KEY"]
KID = API_KEY.split("_")[2][:8]
OTHER_KID, OTHER_KEY = "00000000", "amzl_test_"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Replace the own key by another one where a request would end it; send all others as is."""
    body = case.body if isinstance(case.body, dict) else {}
    if case.operation.path == "/keys/{kid}" and case.path_parameters.get("kid") == KID:
        case.path_parameters["kid"] = OTHER_KID
    if case.operation.label == "POST /keys" and body.get("overlap_hours") == 0:
        body["overlap_hours"] = 1
    if case.operation.label == "POST /keys/leaked" and body.get("api_key") == API_KEY:
        body["api_key"] = OTHER_KEY
