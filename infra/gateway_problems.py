"""Problems that API Gateway sends without a function, as the template defines them."""

from typing import Any

URL_IN_TEMPLATE = "https://$context.domainName${Path}"
"""The URL of the API: `Path` depends on the parameter DomainName."""


def problem_text(template: dict[str, Any], api_url: str) -> str:
    """Return the body of a gateway response, in the template a `Fn::Sub`, for an API at a URL."""
    text: str = template["Fn::Sub"][0]
    return text.replace(URL_IN_TEMPLATE, api_url)
