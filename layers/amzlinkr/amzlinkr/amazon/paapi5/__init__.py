"""PA-API 5.0: signature version 4, PascalCase, one host for each marketplace."""
