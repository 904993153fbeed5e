"""The Creators API: the catalog of the Product Advertising API in another format."""
