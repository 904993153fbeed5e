"""The 22 marketplaces, compared with a separate table."""

import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import (
    MARKETPLACES,
    marketplace,
    marketplace_of_host,
    marketplaces_of_tag,
)

DOCUMENTED = [
    ("US", "www.amazon.com", "webservices.amazon.com", "us-east-1", "USD", "NA"),
    ("CA", "www.amazon.ca", "webservices.amazon.ca", "us-east-1", "CAD", "NA"),
    ("MX", "www.amazon.com.mx", "webservices.amazon.com.mx", "us-east-1", "MXN", "NA"),
    ("BR", "www.amazon.com.br", "webservices.amazon.com.br", "us-east-1", "BRL", "NA"),
    ("UK", "www.amazon.co.uk", "webservices.amazon.co.uk", "eu-west-1", "GBP", "EU"),
    ("DE", "www.amazon.de", "webservices.amazon.de", "eu-west-1", "EUR", "EU"),
    ("FR", "www.amazon.fr", "webservices.amazon.fr", "eu-west-1", "EUR", "EU"),
    ("IT", "www.amazon.it", "webservices.amazon.it", "eu-west-1", "EUR", "EU"),
    ("ES", "www.amazon.es", "webservices.amazon.es", "eu-west-1", "EUR", "EU"),
    ("NL", "www.amazon.nl", "webservices.amazon.nl", "eu-west-1", "EUR", "EU"),
    ("BE", "www.amazon.com.be", "webservices.amazon.com.be", "eu-west-1", "EUR", "EU"),
    ("IE", "www.amazon.ie", "webservices.amazon.ie", "eu-west-1", "EUR", "EU"),
    ("PL", "www.amazon.pl", "webservices.amazon.pl", "eu-west-1", "PLN", "EU"),
    ("SE", "www.amazon.se", "webservices.amazon.se", "eu-west-1", "SEK", "EU"),
    ("TR", "www.amazon.com.tr", "webservices.amazon.com.tr", "eu-west-1", "TRY", "EU"),
    ("AE", "www.amazon.ae", "webservices.amazon.ae", "eu-west-1", "AED", "EU"),
    ("SA", "www.amazon.sa", "webservices.amazon.sa", "eu-west-1", "SAR", "EU"),
    ("EG", "www.amazon.eg", "webservices.amazon.eg", "eu-west-1", "EGP", "EU"),
    ("IN", "www.amazon.in", "webservices.amazon.in", "eu-west-1", "INR", "EU"),
    ("JP", "www.amazon.co.jp", "webservices.amazon.co.jp", "us-west-2", "JPY", "FE"),
    ("AU", "www.amazon.com.au", "webservices.amazon.com.au", "us-west-2", "AUD", "FE"),
    ("SG", "www.amazon.sg", "webservices.amazon.sg", "us-west-2", "SGD", "FE"),
]


def test_hosts_regions_and_currencies_equal_the_documentation() -> None:
    actual = [
        (m.code, m.domain, m.paapi5_host, m.paapi5_region, m.currency, m.creators_region)
        for m in MARKETPLACES.values()
    ]

    assert actual == DOCUMENTED
    assert all(m.languages and m.name for m in MARKETPLACES.values())


@pytest.mark.parametrize("code", [row[0] for row in DOCUMENTED])
def test_marketplace_is_found_by_code_in_any_case_and_by_host(code: str) -> None:
    expected = MARKETPLACES[code]

    assert marketplace(f" {code.lower()} ") is expected
    assert marketplace_of_host(expected.domain) is expected
    assert marketplace_of_host(expected.domain.removeprefix("www.").upper() + ".") is expected


@pytest.mark.parametrize("code", ["", "XX", "USA", "amazon.com", "GB"])
def test_unknown_code_is_refused_with_the_known_codes(code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        marketplace(code)

    assert refused.value.field == "marketplace"
    assert "US, CA, MX" in refused.value.action


@pytest.mark.parametrize("code", ["\u200eUS", " u\u200bs\u202c\n"])
def test_code_may_be_pasted_with_invisible_characters(code: str) -> None:
    assert marketplace(code) is MARKETPLACES["US"]


@pytest.mark.parametrize(
    "host", ["", "amazon", "amazon.com.evil.example", "evilamazon.com", "amazon.xx", "com"]
)
def test_other_host_has_no_marketplace(host: str) -> None:
    assert marketplace_of_host(host) is None


def test_tag_suffix_suggests_marketplaces_or_none() -> None:
    assert [found.code for found in marketplaces_of_tag("mysite-20")] == ["US", "CA", "MX", "BR"]
    assert [found.code for found in marketplaces_of_tag("mysite-22")] == ["JP", "AU", "SG"]
    assert marketplaces_of_tag("mysite") == []
