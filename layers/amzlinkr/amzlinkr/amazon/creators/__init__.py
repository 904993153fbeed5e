"""The Creators API backend: OAuth 2.0 tokens, one host for all marketplaces, lowerCamelCase."""
