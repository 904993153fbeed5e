"""HTTP responses that are read before a deadline, and clients for AWS services."""
