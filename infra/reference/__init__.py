"""Reference page of the API: the OpenAPI document and the guides, rendered by Redoc."""
