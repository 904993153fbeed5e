"""The 22 marketplaces: host, signing region, languages, and price format."""

from dataclasses import dataclass

_PROGRAM_DOMAIN = "affiliate-program.amazon."


@dataclass(frozen=True)
class PriceStyle:
    """The format of a price; `pattern` contains a placeholder for the number."""

    currency: str
    pattern: str
    thousands_separator: str = ","
    decimal_separator: str = "."
    decimals: int = 2
    lakhs: bool = False


@dataclass(frozen=True)
class Marketplace:
    """An Amazon marketplace and its Product Advertising API host."""

    code: str
    domain: str
    region: str
    style: PriceStyle
    languages: tuple[str, ...]
    units_per_dollar: float
    associates_site: str

    @property
    def host(self) -> str:
        """Return the API host of the marketplace."""
        return f"webservices.{self.domain}"

    @property
    def name(self) -> str:
        """Return the name of the marketplace in requests, such as `www.amazon.de`."""
        return f"www.{self.domain}"


_NBSP = "\u00a0"
_DOLLAR = "${}"
_EURO_AFTER = f"{{}}{_NBSP}€"
_USD = PriceStyle("USD", _DOLLAR)
_CAD = PriceStyle("CAD", _DOLLAR)
_MXN = PriceStyle("MXN", _DOLLAR)
_BRL = PriceStyle("BRL", f"R${_NBSP}{{}}", ".", ",")
_GBP = PriceStyle("GBP", "£{}")
_EUR = PriceStyle("EUR", _EURO_AFTER, ".", ",")
_EUR_FR = PriceStyle("EUR", _EURO_AFTER, "\u202f", ",")
_EUR_NL = PriceStyle("EUR", f"€{_NBSP}{{}}", ".", ",")
_EUR_IE = PriceStyle("EUR", "€{}")
_PLN = PriceStyle("PLN", f"{{}}{_NBSP}zł", _NBSP, ",")
_SEK = PriceStyle("SEK", f"{{}}{_NBSP}kr", _NBSP, ",")
_TRY = PriceStyle("TRY", f"{{}}{_NBSP}TL", ".", ",")
_AED = PriceStyle("AED", f"AED{_NBSP}{{}}")
_SAR = PriceStyle("SAR", f"SAR{_NBSP}{{}}")
_EGP = PriceStyle("EGP", f"EGP{_NBSP}{{}}")
_INR = PriceStyle("INR", "₹{}", lakhs=True)
_JPY = PriceStyle("JPY", "￥{}", decimals=0)
_AUD = PriceStyle("AUD", _DOLLAR)
_SGD = PriceStyle("SGD", "S${}")

_US_LANGUAGES = ("en_US", "de_DE", "es_US", "ko_KR", "pt_BR", "zh_CN", "zh_TW")
_DE_LANGUAGES = ("de_DE", "cs_CZ", "en_GB", "nl_NL", "pl_PL", "tr_TR")
_IN_LANGUAGES = ("en_IN", "hi_IN", "kn_IN", "ml_IN", "ta_IN", "te_IN")
_GULF_LANGUAGES = ("en_AE", "ar_AE")
_NA, _EU, _FE = "us-east-1", "eu-west-1", "us-west-2"

# Code, domain, signing region, price format, languages (the default first), currency units per
# dollar, and host of the Associates site.
_ROWS = (
    ("US", "amazon.com", _NA, _USD, _US_LANGUAGES, 1.0, f"{_PROGRAM_DOMAIN}com"),
    ("CA", "amazon.ca", _NA, _CAD, ("en_CA", "fr_CA"), 1.37, "associates.amazon.ca"),
    ("MX", "amazon.com.mx", _NA, _MXN, ("es_MX",), 18.2, "afiliados.amazon.com.mx"),
    ("BR", "amazon.com.br", _NA, _BRL, ("pt_BR",), 5.4, "associados.amazon.com.br"),
    ("UK", "amazon.co.uk", _EU, _GBP, ("en_GB",), 0.79, f"{_PROGRAM_DOMAIN}co.uk"),
    ("DE", "amazon.de", _EU, _EUR, _DE_LANGUAGES, 0.93, "partnernet.amazon.de"),
    ("FR", "amazon.fr", _EU, _EUR_FR, ("fr_FR",), 0.94, "partenaires.amazon.fr"),
    ("IT", "amazon.it", _EU, _EUR, ("it_IT",), 0.95, "programma-affiliazione.amazon.it"),
    ("ES", "amazon.es", _EU, _EUR, ("es_ES",), 0.92, "afiliados.amazon.es"),
    ("NL", "amazon.nl", _EU, _EUR_NL, ("nl_NL",), 0.95, "partnernet.amazon.nl"),
    ("BE", "amazon.com.be", _EU, _EUR, ("fr_BE", "nl_BE", "en_GB"), 0.96,
     f"{_PROGRAM_DOMAIN}com.be"),
    ("IE", "amazon.ie", _EU, _EUR_IE, ("en_IE",), 0.97, f"{_PROGRAM_DOMAIN}ie"),
    ("PL", "amazon.pl", _EU, _PLN, ("pl_PL",), 4.05, f"{_PROGRAM_DOMAIN}pl"),
    ("SE", "amazon.se", _EU, _SEK, ("sv_SE",), 10.4, f"{_PROGRAM_DOMAIN}se"),
    ("TR", "amazon.com.tr", _EU, _TRY, ("tr_TR",), 41.5, "gelirortakligi.amazon.com.tr"),
    ("AE", "amazon.ae", _EU, _AED, _GULF_LANGUAGES, 3.67, f"{_PROGRAM_DOMAIN}ae"),
    ("SA", "amazon.sa", _EU, _SAR, _GULF_LANGUAGES, 3.75, f"{_PROGRAM_DOMAIN}sa"),
    ("EG", "amazon.eg", _EU, _EGP, _GULF_LANGUAGES, 48.0, f"{_PROGRAM_DOMAIN}eg"),
    ("IN", "amazon.in", _EU, _INR, _IN_LANGUAGES, 84.0, f"{_PROGRAM_DOMAIN}in"),
    ("JP", "amazon.co.jp", _FE, _JPY, ("ja_JP", "en_US", "zh_CN"), 150.0,
     "affiliate.amazon.co.jp"),
    ("AU", "amazon.com.au", _FE, _AUD, ("en_AU",), 1.52, f"{_PROGRAM_DOMAIN}com.au"),
    ("SG", "amazon.sg", _FE, _SGD, ("en_SG",), 1.35, f"{_PROGRAM_DOMAIN}sg"),
)  # fmt: skip

MARKETPLACES: dict[str, Marketplace] = {row[0]: Marketplace(*row) for row in _ROWS}
_BY_HOST = {marketplace.host: marketplace for marketplace in MARKETPLACES.values()}
_BY_NAME = {marketplace.name: marketplace for marketplace in MARKETPLACES.values()}


def marketplace_by_host(host: str) -> Marketplace | None:
    """Return the marketplace of a Host header, with or without port 443, or None."""
    return _BY_HOST.get(host.strip().lower().removesuffix(":443"))


def marketplace_by_name(name: str) -> Marketplace | None:
    """Return the marketplace with this exact name, such as `www.amazon.de`, or None."""
    return _BY_NAME.get(name)


def display_amount(minor_units: int, style: PriceStyle) -> str:
    """Return the price as the marketplace displays it."""
    whole, fraction = divmod(minor_units, 10**style.decimals)
    text = _grouped(whole, style)
    if style.decimals:
        text += f"{style.decimal_separator}{fraction:0{style.decimals}d}"
    return style.pattern.format(text)


def major_units(minor_units: int, style: PriceStyle) -> float | int:
    """Return the amount in major units, as the API's JSON contains it."""
    return round(minor_units / 100, 2) if style.decimals else minor_units


def _grouped(whole: int, style: PriceStyle) -> str:
    if not style.lakhs:
        return f"{whole:,}".replace(",", style.thousands_separator)
    text = str(whole)
    # Indian grouping: three digits on the right, then pairs, as in 12,34,567.
    head, tail = text[:-3], text[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return style.thousands_separator.join([*pairs, tail])
