"""What the service runs on: the local stack, and what deploying to AWS needs."""
