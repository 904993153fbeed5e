"""Keys, secrets and proofs: what must not leak, and what strangers must not get past."""
