"""Collections for Postman and Bruno: made from the document, ready to send."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.stack.client import TIMEOUT_SECONDS
from tests.api.collections import BRUNO, POSTMAN, main, write_collections
from tests.api.journeys import server_url
from tests.api.tools import run_node_script

pytestmark = pytest.mark.api_tools

HIDDEN = "not-for-print"
USER_URL = "https://" + f"user:{HIDDEN}@example.com/v1"
METHODS = {"get", "post", "put", "patch", "delete"}
PLACEHOLDERS = ("<string>", "<integer>", "<boolean>", "<number>")


@pytest.fixture(scope="module")
def folder(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the collections of the served document."""
    folder = tmp_path_factory.mktemp("collections")
    write_collections(document, folder)
    return folder


@pytest.fixture(scope="module")
def postman(folder: Path) -> dict[str, Any]:
    """Return the Postman collection."""
    collection: dict[str, Any] = json.loads((folder / POSTMAN).read_text())
    return collection


@pytest.fixture(params=["made for Bruno", "imported from Postman"])
def bruno(request: pytest.FixtureRequest, folder: Path) -> dict[str, Any]:
    """Return the collection in Bruno: its own, or what Bruno imports from Postman's."""
    collection: dict[str, Any] = json.loads(
        (folder / BRUNO).read_text()
        if request.param == "made for Bruno"
        else run_node_script("import.mjs", str(folder / POSTMAN))
    )
    return collection


def postman_requests(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the requests of a folder of Postman."""
    for item in node["item"]:
        if "request" in item:
            yield item["request"]
        else:
            yield from postman_requests(item)


def bruno_requests(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the requests of a folder of Bruno."""
    for item in node["items"]:
        if item["type"] == "folder":
            yield from bruno_requests(item)
        else:
            yield item["request"]


def documented(document: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the example bodies of the document by method and path; None without a body."""
    return {
        (method.upper(), path): _body_of(operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }


def _body_of(operation: dict[str, Any]) -> Any:
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]["application/json"]
    return content["example"] if "example" in content else first(content["examples"])["value"]


def first(examples: dict[str, Any]) -> Any:
    """Return the first of several named examples."""
    return next(iter(examples.values()))


def with_braces(url: str) -> str:
    """Return a path with parameters as in OpenAPI: `/keys/:kid` is `/keys/{kid}`."""
    parts = url.removeprefix("{{baseUrl}}").split("/")
    return "/".join(f"{{{part[1:]}}}" if part.startswith(":") else part for part in parts)


def test_postman_has_the_url_and_all_example_bodies(
    postman: dict[str, Any], document: dict[str, Any]
) -> None:
    (variable,) = [item for item in postman["variable"] if item["key"] == "baseUrl"]
    assert variable["value"] == server_url(document)
    sent = {}
    for request in postman_requests(postman):
        assert request["url"]["host"] == ["{{baseUrl}}"]
        path = with_braces("/" + "/".join(request["url"]["path"]))
        raw = request.get("body", {}).get("raw")
        sent[request["method"], path] = json.loads(raw) if raw else None
    assert sent == documented(document)


def test_postman_sends_no_placeholder(postman: dict[str, Any]) -> None:
    for request in postman_requests(postman):
        assert [text for text in PLACEHOLDERS if text in json.dumps(request)] == []


def test_postman_sends_required_parameters_only(
    postman: dict[str, Any], document: dict[str, Any]
) -> None:
    for request in postman_requests(postman):
        path = with_braces("/" + "/".join(request["url"]["path"]))
        operation = document["paths"][path][request["method"].lower()]
        required = {item["name"] for item in operation["parameters"] if item.get("required")}
        sent = {item["key"] for item in request["url"].get("query", []) if not item.get("disabled")}
        assert sent <= required, path


def test_requests_of_postman_reach_the_stack(postman: dict[str, Any]) -> None:
    (variable,) = [item for item in postman["variable"] if item["key"] == "baseUrl"]
    public = {("GET", "marketplaces"): 200, ("POST", "signup"): 202}
    for request in postman_requests(postman):
        expected = public.get((request["method"], "/".join(request["url"]["path"])))
        if expected is not None:
            url = "/".join([variable["value"], *request["url"]["path"]])
            body = request.get("body", {}).get("raw")
            headers = {item["key"]: item["value"] for item in request["header"]}
            response = requests.request(
                request["method"], url, data=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
            assert response.status_code == expected, response.text


def test_bruno_has_the_url_and_all_example_bodies(
    bruno: dict[str, Any], document: dict[str, Any]
) -> None:
    sent = {}
    for request in bruno_requests(bruno):
        assert request["url"].startswith("{{baseUrl}}/")
        assert [text for text in PLACEHOLDERS if text in json.dumps(request)] == []
        raw = request["body"]["json"]
        path = with_braces(request["url"].partition("?")[0])
        sent[request["method"], path] = json.loads(raw) if raw else None
    assert sent == documented(document)
    assert base_url_of(bruno) == server_url(document)


def base_url_of(collection: dict[str, Any]) -> str:
    """Return the value of `baseUrl`: Bruno keeps variables of the environment or collection."""
    environments = [item for group in collection["environments"] for item in group["variables"]]
    of_collection = collection["root"].get("request", {}).get("vars", {}).get("req", [])
    (value,) = {
        item["value"] for item in (*environments, *of_collection) if item["name"] == "baseUrl"
    }
    url: str = value
    return url


@pytest.mark.parametrize("url", ["", "example.com/v1", USER_URL])
def test_wrong_service_url_is_explained(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--service-url", url]) == 2

    error = capsys.readouterr().err
    assert error.startswith("SERVICE_URL must be the URL of the API")
    assert (error.count("\n"), HIDDEN in error) == (1, False)


def test_collections_have_the_service_url(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.api.collections.FOLDER", tmp_path)

    assert main(["--service-url", "https://example.net/v1/"]) == 0

    written = capsys.readouterr().out.splitlines()
    assert written == [str(tmp_path / POSTMAN), str(tmp_path / BRUNO)]
    for name in written:
        assert '"value": "https://example.net/v1"' in Path(name).read_text()
