"""A client on python-amazon-paapi 7 for the Creators API; it requests every resource by default."""

from typing import Any

from amazon_creatorsapi import AmazonCreatorsApi

from tests.integration.creators_clients.lines import serve_lines


class PaapiClient:
    """A client of one account in one marketplace, without throttling and retries."""

    def __init__(self, keys: list[str], tag: str, marketplace: str) -> None:
        credential_id, secret, version = keys
        self._api = AmazonCreatorsApi(
            credential_id,
            secret,
            version,
            tag,
            marketplace=marketplace,
            throttling=0,
            retries=0,
        )

    def call(self, operation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Return Amazon's response with Amazon's field names."""
        if operation == "getItems":
            items = self._api.get_items(fields["itemIds"])
            return {"itemsResult": {"items": _plain(items)}, "errors": _plain(items.errors)}
        if operation == "searchItems":
            found = self._api.search_items(fields["keywords"], item_count=fields.get("itemCount"))
            return {"searchResult": found.to_dict()}
        if operation == "getVariations":
            return {"variationsResult": self._api.get_variations(fields["asin"]).to_dict()}
        nodes = self._api.get_browse_nodes(fields["browseNodeIds"])
        return {"browseNodesResult": {"browseNodes": _plain(nodes)}, "errors": _plain(nodes.errors)}


def _plain(models: Any) -> list[dict[str, Any]]:
    return [model.to_dict() for model in models]


if __name__ == "__main__":
    serve_lines(PaapiClient)
