"""The HTTP shore: API Gateway events in, schemas checked, domain errors out as problem+json."""
