"""Infrastructure: the local stack, the OpenAPI generator, and tools for the operator."""
