"""Tests of the transformed template: names, routes, authorization, gateway errors."""

import json
from typing import Any

import pytest

from amzlinkr.http.presenters.problems import error_classes
from infra.gateway_problems import problem_text
from infra.local.stack.transform import Template
from tests.calls import API_URL
from tests.infra.conftest import ROOT
from tests.infra.template_reader import of_type

PUBLIC = {
    ("post", "/v1/signup"),
    ("post", "/v1/signup/{signup_id}/verify"),
    ("get", "/v1/marketplaces"),
    ("get", "/v1/openapi.json"),
    ("post", "/v1/keys/leaked"),
    ("get", "/v1/security.txt"),
    ("get", "/v1/problems/{code}"),
}
PUBLIC |= {("head", path) for method, path in PUBLIC if method == "get"}
ROUTES = PUBLIC | {
    ("post", "/v1/validate"),
    ("get", "/v1/connections"),
    ("put", "/v1/connections/{marketplace}"),
    ("delete", "/v1/connections/{marketplace}"),
    ("get", "/v1/diagnostics"),
    ("get", "/v1/search"),
    ("get", "/v1/variations/{asin}"),
    ("get", "/v1/browse_nodes"),
    ("post", "/v1/import"),
    ("get", "/v1/import/{job_id}"),
    ("get", "/v1/products"),
    ("get", "/v1/products/{asin}"),
    ("delete", "/v1/products/{asin}"),
    ("delete", "/v1/products"),
    ("get", "/v1/changes"),
    ("put", "/v1/lists/{name}"),
    ("get", "/v1/lists"),
    ("get", "/v1/lists/{name}"),
    ("delete", "/v1/lists/{name}"),
    ("get", "/v1/sync"),
    ("post", "/v1/sync"),
    ("get", "/v1/site"),
    ("patch", "/v1/site"),
    ("delete", "/v1/site"),
    ("get", "/v1/export"),
    ("get", "/v1/usage"),
    ("get", "/v1/keys"),
    ("post", "/v1/keys"),
    ("delete", "/v1/keys/{kid}"),
    ("get", "/v1/audit"),
}
ROUTES |= {("head", path) for method, path in ROUTES if method == "get"}
GATEWAY_PROBLEMS = {
    "UNAUTHORIZED": (401, "api_key_missing"),
    "ACCESS_DENIED": (401, "api_key_rejected"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "INVALID_SIGNATURE": (404, "not_found"),
    "RESOURCE_NOT_FOUND": (404, "not_found"),
    "THROTTLED": (429, "rate_limited"),
    "WAF_FILTERED": (429, "rate_limited"),
    "QUOTA_EXCEEDED": (429, "rate_limited"),
    "REQUEST_TOO_LARGE": (413, "body_too_large"),
    "DEFAULT_4XX": (400, "bad_request"),
    "AUTHORIZER_FAILURE": (500, "internal_error"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "internal_error"),
    "INTEGRATION_FAILURE": (503, "internal_error"),
    "INTEGRATION_TIMEOUT": (504, "internal_error"),
    "DEFAULT_5XX": (502, "internal_error"),
}


TITLES = {error.code: error.title for error in error_classes()}


def handler_folders() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))


def api_body(template: Template) -> dict[str, Any]:
    body: dict[str, Any] = template["Resources"]["Api"]["Properties"]["Body"]
    return body


@pytest.mark.parametrize("folder", handler_folders())
def test_folder_function_log_group_event_and_test_share_one_name(
    folder: str, source: Template, template: Template
) -> None:
    logical_id = "".join(word.title() for word in folder.split("_"))
    function = template["Resources"][f"{logical_id}Function"]["Properties"]
    code = source["Resources"][f"{logical_id}Function"]["Properties"]["CodeUri"]

    assert code == f"functions/{folder}"
    assert function["FunctionName"] == {"Fn::Sub": f"amzlinkr-${{Stage}}-{folder}"}
    assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{logical_id}LogGroup"}
    assert function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == folder
    assert template["Resources"][f"{logical_id}LogGroup"]["Type"] == "AWS::Logs::LogGroup"
    assert json.loads((ROOT / "infra" / "events" / f"{folder}.json").read_text())
    assert list((ROOT / "tests" / "integration").glob(f"*/test_{folder}.py"))


def test_every_function_has_a_folder(template: Template) -> None:
    assert len(of_type(template, "AWS::Lambda::Function")) == len(handler_folders())


def test_functions_run_on_graviton_with_the_layer(template: Template) -> None:
    for function in of_type(template, "AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert function["Handler"] == "app.handler"
        assert [next(iter(layer)) for layer in function["Layers"]] == ["Ref"]


def test_routes_match_the_contract(template: Template) -> None:
    paths = api_body(template)["paths"]

    assert {(method, path) for path, methods in paths.items() for method in methods} == ROUTES


def test_every_route_requires_an_api_key_unless_it_is_public(template: Template) -> None:
    for path, methods in api_body(template)["paths"].items():
        for method, operation in methods.items():
            expected: list[dict[str, list[str]]] = (
                [{"NONE": []}] if (method, path) in PUBLIC else [{"ApiKey": []}]
            )
            assert operation["security"] == expected, (method, path)


def test_authorizer_results_are_not_cached(template: Template) -> None:
    scheme = api_body(template)["components"]["securitySchemes"]["ApiKey"]

    authorizer = scheme["x-amazon-apigateway-authorizer"]

    assert authorizer["type"] == "request"
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["identitySource"] == "method.request.header.Authorization"


@pytest.mark.parametrize(("response_type", "expected"), GATEWAY_PROBLEMS.items())
def test_gateway_errors_are_problems(
    response_type: str, expected: tuple[int, str], template: Template
) -> None:
    status, code = expected
    response = api_body(template)["x-amazon-apigateway-gateway-responses"][response_type]

    text = problem_text(response["responseTemplates"]["application/json"], API_URL)
    problem = json.loads(text)

    headers = response["responseParameters"]
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert (int(response["statusCode"]), problem["status"], problem["code"]) == (status, *expected)
    assert problem["type"] == f"{API_URL}/problems/{code}"
    assert problem["retryable"] is (status == 429 or status >= 500)
    assert problem["request_id"] == "$context.requestId"
    assert problem["title"] == TITLES[code]
    assert problem["detail"]
    assert problem["action"]
    assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
    assert headers["gatewayresponse.header.Request-Id"] == "context.requestId"
    assert headers["gatewayresponse.header.X-Content-Type-Options"] == "'nosniff'"
    assert ("retry_after" in problem) is (status in (429, 503))
    if status in (429, 503):
        assert headers["gatewayresponse.header.Retry-After"] == f"'{problem['retry_after']}'"


def test_production_ignores_the_amazon_url(template: Template) -> None:
    assert template["Conditions"]["IsLocal"] == {"Fn::Equals": [{"Ref": "Stage"}, "local"]}
    assert template["Parameters"]["Stage"]["Default"] == "prod"
    assert template["Parameters"]["AmazonUrl"]["Default"] == ""
    for function in of_type(template, "AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert variables["AMAZON_URL"] == {"Fn::If": ["IsLocal", {"Ref": "AmazonUrl"}, ""]}
        assert variables["ALLOW_LOCAL_SITES"] == {"Fn::If": ["IsLocal", "true", "false"]}
    assert template["Rules"]["AmazonIsAmazon"]["Assertions"][0]["Assert"] == {
        "Fn::Equals": [{"Ref": "AmazonUrl"}, ""]
    }
