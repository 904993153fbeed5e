"""AmzLinkr: the code that all functions share, shipped as one Lambda layer."""

SERVICE_VERSION = "0.2.0"
