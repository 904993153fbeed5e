"""Reading a request's JSON body as strictly as Amazon does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.resources import DEFAULT_RESOURCES

_LONGEST_TEXT = 1000
_MOST_RESOURCES = 100
_CONDITIONS = ("Any", "New", "Used", "Collectible", "Refurbished")


@dataclass(frozen=True)
class Parameters:
    """The body's fields; every reader raises the refusal Amazon would answer with."""

    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """A string, or an empty one when absent."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise errors.invalid_parameter(name, value)
        return value.strip()

    def integer(self, name: str, low: int, high: int) -> int | None:
        """A whole number within its bounds, or nothing when absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise errors.invalid_parameter(name, value)
        return value

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """One of some words."""
        value = self.fields.get(name, default)
        if value not in choices or not isinstance(value, str):
            raise errors.invalid_parameter(name, value)
        return value

    def strings(self, name: str, max_items: int) -> list[str]:
        """A list of strings, empty when absent."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > max_items:
            raise errors.invalid_parameter(name, value)
        for entry in value:
            if not isinstance(entry, str):
                raise errors.invalid_parameter(name, entry)
        return value

    def required_strings(self, name: str, max_items: int) -> list[str]:
        """A list of strings that must not be empty."""
        if not self.fields.get(name):
            raise errors.missing_parameter(name)
        return self.strings(name, max_items)

    def language(self, marketplace: Marketplace) -> str | None:
        """The language asked for, which the marketplace must speak."""
        wanted = self.strings("LanguagesOfPreference", len(marketplace.languages))
        for language in wanted:
            if language not in marketplace.languages:
                raise errors.invalid_parameter("LanguagesOfPreference", language)
        return wanted[0] if wanted else None

    def resources(self, allowed: Collection[str]) -> list[str]:
        """The resources asked for; one unknown name fails the whole request."""
        wanted = self.strings("Resources", _MOST_RESOURCES)
        for resource in wanted:
            if resource not in allowed:
                raise errors.invalid_parameter("Resources", resource)
        return wanted or list(DEFAULT_RESOURCES)

    def check_common(self, marketplace: Marketplace) -> None:
        """What every operation has in common, apart from the partner tag."""
        if not self.text("PartnerType"):
            raise errors.missing_parameter("PartnerType")
        self.choice("PartnerType", ("Associates",), "")
        if self.text("Marketplace") not in ("", marketplace.name):
            raise errors.invalid_parameter("Marketplace", self.text("Marketplace"))
        self.choice("Condition", _CONDITIONS, "Any")
        self.choice("Merchant", ("All", "Amazon"), "All")
        self.integer("OfferCount", 1, 10)
        self.text("CurrencyOfPreference")
