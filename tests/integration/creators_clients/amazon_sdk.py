"""A client on Amazon's own amazon-creatorsapi-python-sdk that requests every resource."""

from typing import Any

from creatorsapi_python_sdk import models
from creatorsapi_python_sdk.api.default_api import DefaultApi
from creatorsapi_python_sdk.api_client import ApiClient

from tests.integration.creators_clients.lines import serve_lines


class SdkClient:
    """A client of one account in one marketplace."""

    def __init__(self, keys: list[str], tag: str, marketplace: str) -> None:
        credential_id, secret, version = keys
        self._tag = tag
        self._marketplace = marketplace
        self._api = DefaultApi(
            ApiClient(credential_id=credential_id, credential_secret=secret, version=version)
        )

    def call(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return Amazon's response with Amazon's field names."""
        calls = {
            "getItems": (self._api.get_items, "GetItems"),
            "searchItems": (self._api.search_items, "SearchItems"),
            "getVariations": (self._api.get_variations, "GetVariations"),
            "getBrowseNodes": (self._api.get_browse_nodes, "GetBrowseNodes"),
        }
        send, name = calls[operation]
        request = getattr(models, f"{name}RequestContent").from_dict(
            {
                "partnerTag": self._tag,
                "resources": list(getattr(models, f"{name}Resource")),
                **fields,
            }
        )
        response: dict[str, Any] = send(self._marketplace, request).to_dict()
        return response


if __name__ == "__main__":
    serve_lines(SdkClient)
