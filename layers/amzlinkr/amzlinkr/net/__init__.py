"""Network reads that end by a deadline."""
