"""Generator of the OpenAPI document from the HTTP schemas."""
