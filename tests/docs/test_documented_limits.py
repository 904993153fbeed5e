"""Numbers of limits in the documents are the defaults of the template's parameters."""

import re

import pytest

from infra.local.stack.transform import load
from tests.docs.test_documented_tables import ROOT

PARAMETERS = load(ROOT / "template.yaml")["Parameters"]
DOCUMENTS = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
# "20 import jobs (`JobsPerSandbox`)" and "`CallsPerAddress` is 500".
NUMBER_AND_NAME = re.compile(r"\b(\d[\d,]*) [a-z][a-z -]+ \(`([A-Z]\w+)`\)")
NAME_AND_NUMBER = re.compile(r"`([A-Z]\w+)` is (\d[\d,]*)\b")
SANDBOX = ("ProductsPerSandbox", "JobsPerSandbox", "SyncsPerSandbox")
SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "docs/guides/sandbox.md": {
        r"\| products in all marketplaces \| (\d+) \|": ("ProductsPerSandbox",),
        r"\| lists in all marketplaces \| (\d+) \|": ("ListsPerSandbox",),
        r"\| import jobs \| (\d+) a day": ("JobsPerSandbox",),
        r"\| sync requests \| (\d+) a day": ("SyncsPerSandbox",),
        r"\| calls \| ([\d,]+) an hour": ("CallsPerSandbox",),
        r"\| removals \| ([\d,]+) a day": ("RemovalsPerSandbox",),
    },
    "docs/guides/waiting-products.md": {
        r"\| products \| ([\d,]+) \|": ("ProductsWithoutAccess",),
        r"\| import jobs \| (\d+) a day": ("JobsWithoutAccess",),
        r"and beyond these ([\d,]+) a day": ("CallsWithoutAccess",),
    },
    "docs/api.md": {
        r"`PATCH /v1/site` .* at most (\d+) times an hour": ("SettingsPerHour",),
    },
    "docs/decisions.md": {
        r"A sandbox has (\d+) products, (\d+) import jobs and (\d+) sync requests a day": SANDBOX,
    },
    "docs/security.md": {
        r"\| address and registrable domain \| each start \| (\d+) a day": (
            "SignupsPerDomainAndAddress",
        ),
        r"\| address \| each start \| (\d+) a day": ("SignupsPerAddress",),
        r"\| sign-up \| each attempt \| (\d+) an hour": ("VerificationsPerSignup",),
        r"which always pass \| (\d+) an hour": ("FreeVerifications",),
        r"\| all further attempts \| (\d+) an hour": ("VerificationsPerNetwork",),
        r"\| registrable domain \| each new site \| (\d+) a day": ("NewSitesPerDomain",),
        r"\| all callers \| each new site; [^|]+ \| (\d+) a day": ("NewSitesPerDay",),
    },
}
"""Sentences that state limits without the names of their parameters."""


def default_of(parameter: str) -> str:
    return str(PARAMETERS[parameter]["Default"])


def test_limits_beside_the_name_of_their_parameter_are_its_default() -> None:
    found = []
    for path in DOCUMENTS:
        released = "\n## [0." if path.name == "CHANGELOG.md" else "\0"
        text = " ".join(path.read_text("utf-8").partition(released)[0].split())
        found += [(path.name, name, number) for number, name in NUMBER_AND_NAME.findall(text)]
        found += [(path.name, name, number) for name, number in NAME_AND_NUMBER.findall(text)]

    numbers = [one for one in found if PARAMETERS.get(one[1], {}).get("Type") == "Number"]
    assert len(numbers) >= 5
    assert [one for one in numbers if one[2].replace(",", "") != default_of(one[1])] == []


@pytest.mark.parametrize("document", SENTENCES)
def test_limits_in_sentences_are_the_defaults(document: str) -> None:
    text = " ".join((ROOT / document).read_text("utf-8").split())
    for pattern, names in SENTENCES[document].items():
        match = re.search(pattern, text)
        assert match, pattern
        numbers = tuple(number.replace(",", "") for number in match.groups())
        assert numbers == tuple(map(default_of, names)), pattern


def test_deliveries_of_a_message_are_those_of_its_queue() -> None:
    words = {"seven": 7, "eight": 8}
    text = " ".join((ROOT / "docs" / "operations.md").read_text("utf-8").split())
    resources = load(ROOT / "template.yaml")["Resources"]

    def receives(queue: str) -> int:
        return int(resources[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"])

    imports = re.search(r"messages of imports go to theirs after (\w+) deliveries", text)
    refreshes = re.search(r"After (\w+) deliveries, and before it expires", text)

    assert imports
    assert refreshes
    assert words[imports[1]] == receives("ImportQueue") == receives("SandboxImportQueue")
    assert words[refreshes[1]] == receives("RefreshQueue")
