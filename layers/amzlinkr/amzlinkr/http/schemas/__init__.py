"""Input and output types of the HTTP API."""
