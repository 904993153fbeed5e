"""A stand-in for Amazon's Product Advertising API 5.0 that runs on this machine."""
