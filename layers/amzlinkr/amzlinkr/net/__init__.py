"""HTTP responses that are read before a deadline, clients for AWS services, and JSON."""
