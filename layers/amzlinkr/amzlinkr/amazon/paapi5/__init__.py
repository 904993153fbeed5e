"""PA-API 5.0: signed requests, a host for each marketplace, PascalCase."""
