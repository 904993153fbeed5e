"""The second Amazon itself: what it rejects, asked by botocore's signer and by plain requests."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.second_amazon.accounts import (
    PAAPI_SECRET,
    VERSIONS,
    creators_account,
    find_creators_account,
    find_paapi_account,
    paapi_account,
)
from tests.second_amazon.catalog import products
from tests.second_amazon.faults import CREATORS_FAULTS, FAULT_ASINS, PAAPI_FAULTS, TOKEN_FAULTS
from tests.second_amazon.locales import LOCALES
from tests.second_amazon.operations import NAMED, SILENT
from tests.second_amazon.server import SecondAmazon
from tests.second_amazon.tokens import ENDPOINTS

ROOT = Path(__file__).parents[3]
HOST = "webservices.amazon.com"
TARGET = "com.amazon.paapi5.v1.ProductAdvertisingAPIv1.GetItems"
BODY = {
    "ItemIds": ["B0PLAIN001"],
    "PartnerTag": "second-20",
    "PartnerType": "Associates",
    "Resources": ["ItemInfo.Title"],
}


@pytest.fixture(scope="module")
def amazon() -> Iterator[SecondAmazon]:
    with SecondAmazon() as running:
        yield running


def signed(
    body: Any = BODY, *, key: str = "", secret: str = PAAPI_SECRET, region: str = "us-east-1"
) -> AWSRequest:
    """Return a GetItems request to the US, signed by botocore."""
    request = AWSRequest(
        "POST",
        f"https://{HOST}/paapi5/getitems",
        data=json.dumps(body).encode(),
        headers={"host": HOST, "content-encoding": "amz-1.0", "x-amz-target": TARGET},
    )
    credentials = Credentials(key or paapi_account("ok").identifier, secret)
    SigV4Auth(credentials, "ProductAdvertisingAPI", region).add_auth(request)
    return request


def send(amazon: SecondAmazon, request: AWSRequest, **headers: str) -> requests.Response:
    return requests.post(
        f"{amazon.url}/paapi5/getitems",
        data=request.data,
        headers={**request.headers, **headers},
        timeout=10,
    )


def code_of(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["Errors"][0]["Code"]


def test_a_correctly_signed_request_is_answered(amazon: SecondAmazon) -> None:
    response = send(amazon, signed())

    item = response.json()["ItemsResult"]["Items"][0]
    assert item["ItemInfo"]["Title"]["DisplayValue"] == "Light on Yoga"
    assert "OffersV2" not in item, "the resource was not requested"


def test_the_signature_covers_what_it_should(amazon: SecondAmazon) -> None:
    rejected = (401, "InvalidSignature")
    changed = signed()
    changed.data = json.dumps(BODY | {"ItemIds": ["B0PERUNIT1"]}).encode()

    assert code_of(send(amazon, changed)) == rejected
    assert code_of(send(amazon, signed(secret="x" * 40))) == rejected
    assert code_of(send(amazon, signed(region="eu-west-1"))) == rejected
    assert code_of(send(amazon, signed(), Host="webservices.amazon.ca")) == rejected


def test_incomplete_requests_are_rejected(amazon: SecondAmazon) -> None:
    assert code_of(send(amazon, signed(), Authorization="")) == (400, "IncompleteSignature")
    unknown = signed(key="AKIANOTKNOWN00000000")
    assert code_of(send(amazon, unknown)) == (401, "UnrecognizedClient")
    other = {"X-Amz-Target": TARGET.replace("GetItems", "SearchItems")}
    assert code_of(send(amazon, signed(), **other)) == (404, "UnknownOperation")


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (-14, 200), (16, 401), (-16, 401)])
def test_clock_may_be_off_by_a_quarter_of_an_hour(
    amazon: SecondAmazon, minutes: int, status: int
) -> None:
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    with mock.patch("botocore.auth.get_current_datetime", return_value=then):
        request = signed()

    assert send(amazon, request).status_code == status


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ItemIds": ["B0PLAIN001"] * 11}, "InvalidParameterValue"),
        ({"Resources": ["OffersV2.Listings"]}, "InvalidParameterValue"),
        ({"Resources": ["itemInfo.title"]}, "InvalidParameterValue"),
        ({"itemIds": ["B0PLAIN001"]}, "InvalidParameterValue"),
        ({"Marketplace": "www.amazon.de"}, "InvalidParameterValue"),
        ({"LanguagesOfPreference": ["xx_XX"]}, "InvalidParameterValue"),
        ({"PartnerTag": "second-21"}, "InvalidPartnerTag"),
        ({"PartnerTag": None}, "InvalidParameterValue"),
    ],
)
def test_parameters_are_checked(amazon: SecondAmazon, change: Any, code: str) -> None:
    assert code_of(send(amazon, signed(BODY | change))) == (400, code)


@pytest.mark.parametrize("version", VERSIONS)
def test_tokens_are_issued_as_each_version_requires(amazon: SecondAmazon, version: str) -> None:
    host, path = next(where for where, known in ENDPOINTS.items() if known == version)
    account = creators_account("ok", version=version)
    is_v2 = version.startswith("2")
    fields = {
        "grant_type": "client_credentials",
        "client_id": account.identifier,
        "client_secret": account.secret,
        "scope": "creatorsapi/default" if is_v2 else "creatorsapi::default",
    }

    def token(**changes: str) -> requests.Response:
        sent = {"data" if is_v2 else "json": fields | changes}
        return requests.post(
            amazon.url + path,
            headers={"Host": host},
            timeout=10,
            **sent,  # type: ignore[arg-type]
        )

    def call(authorization: str) -> tuple[int, str]:
        response = requests.post(
            f"{amazon.url}/catalog/v1/getItems",
            json={"itemIds": ["B0PLAIN001"], "partnerTag": "second-20"},
            headers={
                "Host": "creatorsapi.amazon",
                "Authorization": authorization,
                "x-marketplace": "www.amazon.com",
            },
            timeout=10,
        )
        return response.status_code, response.json().get("reason", "")

    value = token().json()["access_token"]
    suffix = f", Version {version}"
    right, wrong = (suffix, "") if is_v2 else ("", suffix)
    assert call(f"Bearer {value}{right}") == (200, "")
    assert call(f"Bearer {value}{wrong}") == (401, "InvalidIssuer")
    assert call(value) == (401, "InvalidToken")
    rejected = token(client_secret="x")
    assert rejected.status_code == (400 if is_v2 else 401)
    assert rejected.json() == {"error": "invalid_client"}
    assert token(scope="other").json() == {"error": "invalid_scope"}


def test_names_of_credentials_are_reversible() -> None:
    for name in ("ok", "skewed", *PAAPI_FAULTS):
        account = paapi_account(name, 7)
        assert (len(account.identifier), find_paapi_account(account.identifier)) == (20, account)
    for name in ("ok", "stale", *CREATORS_FAULTS, *TOKEN_FAULTS):
        for version in VERSIONS:
            account = creators_account(name, 7, version)
            assert find_creators_account(account.identifier) == account


def test_asins_have_ten_characters_and_one_meaning() -> None:
    found = [asin for shown in products(datetime.now(UTC)).values() for asin in shown]
    asins = [*found, *NAMED, SILENT, *FAULT_ASINS]

    assert {len(asin) for asin in asins} == {10}
    assert len(asins) == len(set(asins))
    assert len(LOCALES) == 22


def test_the_command_prints_its_address() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.second_amazon", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert address
            answer = requests.post(f"{address.group()}/", timeout=10)
            assert answer.status_code == 404
        finally:
            process.terminate()
