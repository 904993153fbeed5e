"""HTTP interface: API Gateway events, input schemas, responses, and problem+json."""
