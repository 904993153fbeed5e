"""DynamoDB: the stores, their items, and the conditional writes between them."""
