"""The demo: the lifecycle of one site on the local stack, step by step."""
