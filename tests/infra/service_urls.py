"""Service URLs that the documents name, and the route that a request to one of them reaches."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from infra.local.stack.transform import Template
from tests.docs.markdown import code_spans
from tests.infra.conftest import ROOT
from tests.infra.template_reader import of_type

PLUGIN = ROOT / "clients" / "wordpress" / "amzlinkr"
GENERATED_HOST = re.compile(r"[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com")
STAGE = "api"

_SERVICE_URL = re.compile(r"https://[^\s'\"…]+?/v1(?![\w/])")
_CALL = re.compile(r"(?:call|send)\(\s*(?:\$service_url,\s*)?'[A-Z]+',\s*'(/[^']+)'")
_PATH = re.compile(r"(?:\$path\s*=|array\()\s*'(/[^']+)'(?:;|, array)")
_JOINED = re.compile(r"' \. rawurlencode\([^;]+?\) \. '")
_PLACEHOLDERS = {"<API ID>": "a1b2c3d4e5", "<region>": "us-east-1"}


def documents() -> list[Path]:
    """Return the documents that may name a service URL."""
    plugin = [PLUGIN / "README.md", PLUGIN / "readme.txt"]
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *plugin]


def documented_urls() -> set[str]:
    """Return the service URLs of all documents, with placeholders replaced."""
    text = " ".join(span for path in documents() for span in code_spans(path.read_text("utf-8")))
    for placeholder, value in _PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    return set(_SERVICE_URL.findall(text))


def plugin_paths() -> set[str]:
    """Return the path templates of all calls in the plugin, relative to the service URL."""
    texts = [_JOINED.sub("{id}", path.read_text("utf-8")) for path in PLUGIN.rglob("*.php")]
    return {path for text in texts for pattern in (_CALL, _PATH) for path in pattern.findall(text)}


def route_of(url: str, template: Template) -> str | None:
    """Return the path that API Gateway matches with its routes, or None if nothing receives it.

    `template` is the resolved template. The generated host removes the stage, and a custom domain
    the base path of its mapping.
    """
    parts = urlsplit(url)
    if GENERATED_HOST.fullmatch(parts.netloc):
        (server,) = template["Resources"]["Api"]["Properties"]["Body"]["servers"]
        if server["x-amazon-apigateway-endpoint-configuration"]["disableExecuteApiEndpoint"]:
            return None
        base = STAGE
    else:
        domains = of_type(template, "AWS::ApiGateway::DomainName")
        if parts.netloc not in {domain["DomainName"] for domain in domains.values()}:
            return None
        (mapping,) = of_type(template, "AWS::ApiGateway::BasePathMapping").values()
        base = mapping.get("BasePath", "")
    prefix = f"/{base}" if base else ""
    return parts.path.removeprefix(prefix) if parts.path.startswith(f"{prefix}/") else None
