"""AmzLinkr: the code that all functions share, shipped as one Lambda layer."""
