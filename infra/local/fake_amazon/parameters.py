"""Typed access to request parameters; an invalid value raises the PA-API error."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.resources import DEFAULT_RESOURCES

_MAX_TEXT_CHARS = 1000
_MAX_RESOURCES = 100
_CONDITIONS = ("Any", "New", "Used", "Collectible", "Refurbished")


@dataclass(frozen=True)
class Parameters:
    """The fields of the body; every method raises Amazon's error for an invalid value.

    A null is the same as an absent field, except for `choice`, which rejects it.
    """

    fields: Mapping[str, object]

    def text(self, name: str) -> str:
        """Return a string, empty if absent."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > _MAX_TEXT_CHARS:
            raise errors.invalid_parameter(name, value)
        return value.strip()

    def integer(self, name: str, low: int, high: int) -> int | None:
        """Return an integer within its bounds, or None if absent."""
        value = self.fields.get(name)
        if value is None:
            return None
        # In Python, but not in JSON, true is an integer.
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise errors.invalid_parameter(name, value)
        return value

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """Return one of the `choices`."""
        value = self.fields.get(name, default)
        if value not in choices or not isinstance(value, str):
            raise errors.invalid_parameter(name, value)
        return value

    def strings(self, name: str, max_items: int) -> list[str]:
        """Return a list of strings, empty if absent."""
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
        """Return a list of strings that must not be empty."""
        if not self.fields.get(name):
            raise errors.missing_parameter(name)
        return self.strings(name, max_items)

    def language(self, marketplace: Marketplace) -> str | None:
        """Return the requested language, which the marketplace must support, or None."""
        requested = self.strings("LanguagesOfPreference", len(marketplace.languages))
        for language in requested:
            if language not in marketplace.languages:
                raise errors.invalid_parameter("LanguagesOfPreference", language)
        return requested[0] if requested else None

    def resources(self, allowed: Collection[str]) -> list[str]:
        """Return the requested resources; one unknown name fails the whole request."""
        requested = self.strings("Resources", _MAX_RESOURCES)
        for resource in requested:
            if resource not in allowed:
                raise errors.invalid_parameter("Resources", resource)
        return requested or list(DEFAULT_RESOURCES)

    def check_common(self, marketplace: Marketplace) -> None:
        """Check the parameters that all operations share, except the partner tag."""
        if not self.text("PartnerType"):
            raise errors.missing_parameter("PartnerType")
        self.choice("PartnerType", ("Associates",), "")
        if self.text("Marketplace") not in ("", marketplace.name):
            raise errors.invalid_parameter("Marketplace", self.text("Marketplace"))
        self.choice("Condition", _CONDITIONS, "Any")
        self.choice("Merchant", ("All", "Amazon"), "All")
        self.integer("OfferCount", 1, 10)
        self.text("CurrencyOfPreference")
