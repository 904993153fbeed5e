"""Amazon's product API behind the `Catalog` port: one transport, one retry owner, one mapping."""
