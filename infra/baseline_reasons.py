"""Reasons why matches in `.secrets.baseline` are not secrets, by the beginning of their paths."""

REASONS = {
    "tests/": "invented keys and tokens; recordings of Amazon's documented examples",
    "docs/": "invented keys in examples",
    "infra/events/": "sample events without a real key",
    "infra/local/": "keys of the fake Amazon, which exist on a developer's machine only",
    "infra/openapi/": "invented keys in examples of the OpenAPI document",
    "infra/smoke.py": "example keys, which the sandbox accepts",
    "layers/amzlinkr/amzlinkr/": "names and placeholders, such as the prefix of Amazon's secrets",
    "clients/wordpress/": "the name of an option",
    "functions/": "invented keys",
    "template.yaml": "names of secrets, which CloudFormation generates",
}
