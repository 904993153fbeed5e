"""DynamoDB through PynamoDB. Attribute names appear in `records` and nowhere else."""
