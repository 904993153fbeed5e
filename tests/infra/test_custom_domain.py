"""Custom domain: what is created, and that each documented service URL reaches the routes."""

import re
from typing import Any

import pytest

from infra.local.stack.transform import Template
from tests.infra.service_urls import (
    GENERATED_HOST,
    STAGE,
    documented_urls,
    documents,
    plugin_paths,
    route_of,
)
from tests.infra.template_reader import resolve
from tests.infra.test_template import api_body

DOMAIN = "amzlinkr.example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0a1b"
CREATED = ("ApiCertificate", "ApiDomain", "ApiDomainMapping", "ApiDomainRecord")


@pytest.mark.parametrize(
    ("zone", "certificate", "created"),
    [
        ("", "", {"ApiDomain", "ApiDomainMapping"}),
        ("", CERTIFICATE, {"ApiDomain", "ApiDomainMapping"}),
        ("Z1", CERTIFICATE, {"ApiDomain", "ApiDomainMapping", "ApiDomainRecord"}),
        ("Z1", "", set(CREATED)),
    ],
)
def test_parameters_decide_what_is_created(
    zone: str, certificate: str, created: set[str], template: Template
) -> None:
    options = {"HostedZoneId": zone, "CertificateArn": certificate}
    with_domain = resolve(template, DomainName=DOMAIN, **options)["Resources"]
    without = resolve(template, **options)["Resources"]

    assert {name for name in CREATED if name in with_domain} == created
    assert {name for name in CREATED if name in without} == set()
    used = with_domain["ApiDomain"]["Properties"]["RegionalCertificateArn"]
    assert used == ({"Ref": "ApiCertificate"} if "ApiCertificate" in created else certificate)


def test_domain_without_a_certificate_is_refused(template: Template) -> None:
    (assertion,) = template["Rules"]["DomainHasCertificate"]["Assertions"]

    # Rules accept few functions only; Fn::Sub is not among them.
    assert assertion["Assert"] == {
        "Fn::Or": [
            {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}
            for name in ("HostedZoneId", "CertificateArn")
        ]
    }


@pytest.mark.parametrize(
    ("name", "refused", "accepted"),
    [
        (
            "DomainName",
            ["https://a.example", "a.example/v1", "A.example", "a", "a..example", "-a.example"],
            ["a.example", "amzlinkr.xn--bcher-kva.example", "a.b.c.example.xn--p1ai", ""],
        ),
        ("HostedZoneId", ["/hostedzone/Z1", "example.com."], ["Z0123456789ABCDEFGHIJ", ""]),
        ("CertificateArn", ["0a1b", CERTIFICATE.replace("acm", "iam")], [CERTIFICATE, ""]),
    ],
)
def test_wrong_values_are_refused_before_anything_is_created(
    name: str, refused: list[str], accepted: list[str], source: Template
) -> None:
    parameter = source["Parameters"][name]
    pattern = re.compile(parameter["AllowedPattern"])
    matches = [text for text in (*refused, *accepted) if pattern.fullmatch(text)]

    assert matches == accepted
    assert parameter["ConstraintDescription"].startswith("must be ")


def test_every_documented_service_url_works_with_the_paths_of_the_plugin(
    template: Template,
) -> None:
    routes = [re.sub(r"\{\w+\}", "{}", path) for path in api_body(template)["paths"]]
    urls, paths = documented_urls(), plugin_paths()
    for url in urls:
        host = url.split("/")[2]
        domain = "" if GENERATED_HOST.fullmatch(host) else host
        deployed = resolve(template, DomainName=domain)
        for path in paths:
            reached = route_of(url + path, deployed)
            assert reached is not None, url
            assert re.sub(r"\{\w+\}", "{}", reached) in routes, url + path

    assert f"https://{DOMAIN}/v1" in urls
    assert f"https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{STAGE}/v1" in urls
    assert paths >= {"/signup", "/signup/{id}/verify", "/connections/{marketplace}", "/changes"}
    assert len(paths) > 15


def test_generated_host_is_off_while_there_is_a_domain(template: Template) -> None:
    url = f"https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{STAGE}/v1/marketplaces"

    assert route_of(url, resolve(template)) == "/v1/marketplaces"
    assert route_of(url, resolve(template, DomainName=DOMAIN)) is None
    assert route_of(f"https://{DOMAIN}/v1/marketplaces", resolve(template)) is None


def test_outputs_name_the_documented_service_urls(template: Template) -> None:
    outputs: dict[str, Any] = template["Outputs"]

    condition, with_domain, without = outputs["ServiceUrl"]["Value"]["Fn::If"]

    assert condition == outputs["DomainTarget"]["Condition"] == "HasDomain"
    named = {
        with_domain["Fn::Sub"].replace("${DomainName}", DOMAIN),
        without["Fn::Sub"]
        .replace("${Api}", "a1b2c3d4e5")
        .replace("${AWS::Region}", "us-east-1")
        .replace("${AWS::URLSuffix}", "amazonaws.com"),
    }
    assert named <= documented_urls()
    assert any("DomainTarget" in path.read_text("utf-8") for path in documents())
