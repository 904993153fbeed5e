"""Values, rules, errors and ports. Nothing here knows AWS, HTTP or Amazon's wire format."""
