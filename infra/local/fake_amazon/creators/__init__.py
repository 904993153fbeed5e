"""The Creators API: the same catalogue as the Product Advertising API, asked in another way."""
