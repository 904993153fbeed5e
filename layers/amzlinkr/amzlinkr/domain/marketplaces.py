"""The 22 marketplaces of PA-API 5.0's locale reference, with the Creators API's regions."""

from __future__ import annotations

from dataclasses import dataclass

from amzlinkr.domain.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One Amazon shop. `languages` has the default first; `tag_suffix` is a convention only."""

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
        """The shop's host, as PA-API's `Marketplace` and the Creators API want it."""
        return f"www.amazon.{self.tld}"

    @property
    def paapi5_host(self) -> str:
        """The PA-API 5.0 host of this marketplace."""
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
    """The marketplace with this code, in any case. Raises `InvalidRequest` naming `field`."""
    found = MARKETPLACES.get(code.strip().upper())
    if found is None:
        raise InvalidRequest(
            field,
            "This is no Amazon marketplace.",
            f"Use one of {', '.join(MARKETPLACES)}.",
        )
    return found


def marketplace_of_host(host: str) -> Marketplace | None:
    """The marketplace a shop host such as `www.amazon.de` or `amazon.co.uk` belongs to."""
    name = host.lower().rstrip(".")
    for prefix in ("www.", "smile.", "m."):
        name = name.removeprefix(prefix)
    return _BY_DOMAIN.get(name)


def marketplaces_of_tag(tag: str) -> list[Marketplace]:
    """The marketplaces whose tags usually end like this one; empty if the suffix says nothing."""
    return [row for row in MARKETPLACES.values() if tag.endswith(f"-{row.tag_suffix}")]
