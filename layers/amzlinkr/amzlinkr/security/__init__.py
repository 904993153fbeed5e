"""API keys, signed cursors, stored credentials, encrypted tokens, and site verification."""
