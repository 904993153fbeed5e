"""Amazon's product APIs behind the `Catalog` port: one transport, one retry policy, one reader."""
