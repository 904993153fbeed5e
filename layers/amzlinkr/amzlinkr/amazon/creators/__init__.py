"""The Creators API: OAuth2 tokens, one host for all marketplaces, lowerCamelCase."""
