"""The PA-API 5.0 backend: signed requests, one host per marketplace, PascalCase names."""
