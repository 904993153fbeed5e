"""The 22 Amazon marketplaces.

Sources: PA-API 5.0 documentation, "Locale reference"; for the regions of credentials, Creators API
documentation, "Using the API".
"""

from __future__ import annotations

from dataclasses import dataclass

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.pasted_text import remove_invisible


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Amazon country store.

    `languages` starts with the default. `tag_suffix` is the usual ending of Associate tags, a
    convention that Amazon does not enforce.
    """

    code: str
    name: str
    tld: str
    currency: str
    paapi5_region: str
    creators_region: str
    tag_suffix: str
    languages: tuple[str, ...]

    @property
    def domain(self) -> str:
        """Return the host of the store, which both APIs require as the name of the marketplace."""
        return f"www.amazon.{self.tld}"

    @property
    def paapi5_host(self) -> str:
        """Return the PA-API 5.0 host of this marketplace."""
        return f"webservices.amazon.{self.tld}"


_TABLE = """
US|United States       |com   |USD|us-east-1|NA|20|en_US de_DE es_US ko_KR pt_BR zh_CN zh_TW
CA|Canada              |ca    |CAD|us-east-1|NA|20|en_CA fr_CA
MX|Mexico              |com.mx|MXN|us-east-1|NA|20|es_MX
BR|Brazil              |com.br|BRL|us-east-1|NA|20|pt_BR
UK|United Kingdom      |co.uk |GBP|eu-west-1|EU|21|en_GB
DE|Germany             |de    |EUR|eu-west-1|EU|21|de_DE cs_CZ en_GB nl_NL pl_PL tr_TR
FR|France              |fr    |EUR|eu-west-1|EU|21|fr_FR
IT|Italy               |it    |EUR|eu-west-1|EU|21|it_IT
ES|Spain               |es    |EUR|eu-west-1|EU|21|es_ES
NL|Netherlands         |nl    |EUR|eu-west-1|EU|21|nl_NL
BE|Belgium             |com.be|EUR|eu-west-1|EU|21|fr_BE nl_BE en_GB
IE|Ireland             |ie    |EUR|eu-west-1|EU|21|en_IE
PL|Poland              |pl    |PLN|eu-west-1|EU|21|pl_PL
SE|Sweden              |se    |SEK|eu-west-1|EU|21|sv_SE
TR|Turkey              |com.tr|TRY|eu-west-1|EU|21|tr_TR
AE|United Arab Emirates|ae    |AED|eu-west-1|EU|21|en_AE ar_AE
SA|Saudi Arabia        |sa    |SAR|eu-west-1|EU|21|en_AE ar_AE
EG|Egypt               |eg    |EGP|eu-west-1|EU|21|en_AE ar_AE
IN|India               |in    |INR|eu-west-1|EU|21|en_IN hi_IN kn_IN ml_IN ta_IN te_IN
JP|Japan               |co.jp |JPY|us-west-2|FE|22|ja_JP en_US zh_CN
AU|Australia           |com.au|AUD|us-west-2|FE|22|en_AU
SG|Singapore           |sg    |SGD|us-west-2|FE|22|en_SG
"""


def _row(line: str) -> Marketplace:
    code, name, tld, currency, region, creators, suffix, languages = map(str.strip, line.split("|"))
    return Marketplace(
        code, name, tld, currency, region, creators, suffix, tuple(languages.split())
    )


MARKETPLACES: dict[str, Marketplace] = {
    row.code: row for row in map(_row, _TABLE.strip().splitlines())
}
_BY_DOMAIN = {f"amazon.{row.tld}": row for row in MARKETPLACES.values()}


def marketplace(code: str, field: str = "marketplace") -> Marketplace:
    """Return the marketplace with this code, in any letter case, without invisible characters.

    Raises:
        InvalidRequest: The code is unknown; `field` is the given field.
    """
    found = MARKETPLACES.get(remove_invisible(code).strip().upper())
    if found is None:
        raise InvalidRequest(
            field,
            "This is not an Amazon marketplace.",
            f"Use one of {', '.join(MARKETPLACES)}.",
        )
    return found


def marketplace_of_host(host: str) -> Marketplace | None:
    """Return the marketplace of a host such as `www.amazon.de` or `amazon.co.uk`, or None."""
    name = host.lower().rstrip(".")
    # Links from mobile pages and the former AmazonSmile name the same products.
    for prefix in ("www.", "smile.", "m."):
        name = name.removeprefix(prefix)
    return _BY_DOMAIN.get(name)


def marketplaces_of_tag(tag: str) -> list[Marketplace]:
    """Return the marketplaces in which tags usually have this suffix; empty if it is unknown."""
    return [row for row in MARKETPLACES.values() if tag.endswith(f"-{row.tag_suffix}")]
