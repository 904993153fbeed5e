"""Translated problem texts: WordPress translates only texts that equal those of the service."""

import re
from pathlib import Path

import pytest

from amzlinkr.domain import amazon_errors
from amzlinkr.domain.errors import AmzlinkrError

PLUGIN = Path(__file__).parents[2] / "clients/wordpress/amzlinkr"
TEXT = r"__\( '((?:[^'\\]|\\.)*)', 'amzlinkr' \)"
ENTRY = re.compile(rf"'(\w+)' +=> array\(\s*{TEXT},\s*{TEXT},\s*\)")


def texts_of_service(base: type[AmzlinkrError] = AmzlinkrError) -> dict[str, list[str]]:
    """Return the title and default action of each problem of the service, by code."""
    found = {base.code: [base.title, base.default_action]}
    for subclass in base.__subclasses__():
        found |= texts_of_service(subclass)
    return found


def texts_of_plugin() -> dict[str, list[str]]:
    """Return the title and action of each problem in service-texts.php, by code."""
    source = (PLUGIN / "includes/service-texts.php").read_text()
    return {
        code: [text.replace("\\'", "'") for text in texts] for code, *texts in ENTRY.findall(source)
    }


@pytest.mark.parametrize("code", sorted(texts_of_plugin()))
def test_plugin_texts_equal_the_texts_of_the_service(code: str) -> None:
    assert texts_of_plugin()[code] == texts_of_service()[code]


def test_plugin_lists_the_errors_of_amazon() -> None:
    codes = {
        value.code
        for value in vars(amazon_errors).values()
        if isinstance(value, type) and issubclass(value, AmzlinkrError)
    }
    assert len(codes & texts_of_plugin().keys()) > 5
    assert len(texts_of_plugin()) > 15
