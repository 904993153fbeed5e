"""The demo: one site's lifecycle against the local stack, step by step."""
