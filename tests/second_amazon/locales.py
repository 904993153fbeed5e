"""The 22 marketplaces: domain, region of the signature, currency, languages, token region."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Locale:
    """One marketplace as Amazon's locale reference describes it."""

    code: str
    domain: str
    aws_region: str
    currency: str
    languages: tuple[str, ...]
    token_region: int
    """Last digit of the credential versions: 1 North America, 2 Europe, 3 Far East."""

    @property
    def paapi_host(self) -> str:
        return f"webservices.{self.domain}"

    @property
    def website(self) -> str:
        return f"www.{self.domain}"

    @property
    def partner_tag(self) -> str:
        """Return the only tag that this fake accepts in the marketplace."""
        return f"second-{19 + self.token_region}"


_US_LANGUAGES = ("en_US", "de_DE", "es_US", "ko_KR", "pt_BR", "zh_CN", "zh_TW")
_DE_LANGUAGES = ("de_DE", "cs_CZ", "en_GB", "nl_NL", "pl_PL", "tr_TR")
_IN_LANGUAGES = ("en_IN", "hi_IN", "kn_IN", "ml_IN", "ta_IN", "te_IN")
_GULF_LANGUAGES = ("en_AE", "ar_AE")
_REGIONS = {"us-east-1": 1, "eu-west-1": 2, "us-west-2": 3}
_ROWS: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("US", "amazon.com", "us-east-1", "USD", _US_LANGUAGES),
    ("CA", "amazon.ca", "us-east-1", "CAD", ("en_CA", "fr_CA")),
    ("MX", "amazon.com.mx", "us-east-1", "MXN", ("es_MX",)),
    ("BR", "amazon.com.br", "us-east-1", "BRL", ("pt_BR",)),
    ("UK", "amazon.co.uk", "eu-west-1", "GBP", ("en_GB",)),
    ("DE", "amazon.de", "eu-west-1", "EUR", _DE_LANGUAGES),
    ("FR", "amazon.fr", "eu-west-1", "EUR", ("fr_FR",)),
    ("IT", "amazon.it", "eu-west-1", "EUR", ("it_IT",)),
    ("ES", "amazon.es", "eu-west-1", "EUR", ("es_ES",)),
    ("NL", "amazon.nl", "eu-west-1", "EUR", ("nl_NL",)),
    ("BE", "amazon.com.be", "eu-west-1", "EUR", ("fr_BE", "nl_BE", "en_GB")),
    ("IE", "amazon.ie", "eu-west-1", "EUR", ("en_IE",)),
    ("PL", "amazon.pl", "eu-west-1", "PLN", ("pl_PL",)),
    ("SE", "amazon.se", "eu-west-1", "SEK", ("sv_SE",)),
    ("TR", "amazon.com.tr", "eu-west-1", "TRY", ("tr_TR",)),
    ("AE", "amazon.ae", "eu-west-1", "AED", _GULF_LANGUAGES),
    ("SA", "amazon.sa", "eu-west-1", "SAR", _GULF_LANGUAGES),
    ("EG", "amazon.eg", "eu-west-1", "EGP", _GULF_LANGUAGES),
    ("IN", "amazon.in", "eu-west-1", "INR", _IN_LANGUAGES),
    ("JP", "amazon.co.jp", "us-west-2", "JPY", ("ja_JP", "en_US", "zh_CN")),
    ("AU", "amazon.com.au", "us-west-2", "AUD", ("en_AU",)),
    ("SG", "amazon.sg", "us-west-2", "SGD", ("en_SG",)),
)
LOCALES = {
    code: Locale(code, domain, region, currency, languages, _REGIONS[region])
    for code, domain, region, currency, languages in _ROWS
}
BY_PAAPI_HOST = {locale.paapi_host: locale for locale in LOCALES.values()}
BY_WEBSITE = {locale.website: locale for locale in LOCALES.values()}
