"""HTTP responses that are read before a deadline."""
