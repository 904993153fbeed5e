"""The local stack: the service on an embedded AWS emulator."""
