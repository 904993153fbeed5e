"""Domain values, rules, errors, and ports, without AWS, HTTP, or the wire format of Amazon."""
