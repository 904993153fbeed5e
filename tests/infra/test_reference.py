"""The reference page: guides inside the OpenAPI document, and one file without links to others."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from infra.reference import page, redoc
from infra.reference.guides import GUIDE_NAMES, description_of, guide_tags, tag_name, title_of
from infra.reference.static import static_html
from tests.infra.conftest import ROOT

SCRIPT = f'load("{page.LOGO}"); x = "</script><!--";'
TEXTS = {
    "lists": "# Lists\n\nText.\n",
    "feed": "# Following the feed\n\nText.\n\n## Start again\n\nText.\n",
}


def described(text: str, folder: Path = page.GUIDE_FOLDER) -> str:
    """Return the guide about lists, with this text, as it is on the page."""
    return description_of("lists", TEXTS | {"lists": f"# Lists\n\n{text}\n"}, folder)


def unrendered(texts: list[str]) -> list[str]:
    """Return one heading for each text in place of its HTML."""
    return ["<h2>A <code>b</code> c</h2>"] * len(texts)


def test_guides_and_operations_need_no_javascript() -> None:
    document = page.page_document()
    html = static_html(document, unrendered)

    for name in GUIDE_NAMES:
        assert f'<h2 id="tag/{tag_name(name)}">' in html
        assert f'<h3 id="tag/{tag_name(name)}/A-b-c">A <code>b</code> c</h3>' in html
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert f"<li><code>{method.upper()} {path}</code>: {operation['summary']}</li>" in html
    assert html in page.reference_page(SCRIPT, unrendered).partition("<main")[0]


def test_each_guide_is_on_the_page() -> None:
    assert {f"{name}.md" for name in GUIDE_NAMES} == {
        path.name for path in page.GUIDE_FOLDER.glob("*.md")
    }
    document = page.page_document()
    groups = {group["name"]: group["tags"] for group in document["x-tagGroups"]}
    assert groups["Guides"] == [tag_name(name) for name in GUIDE_NAMES]
    named = [name for tags in groups.values() for name in tags]
    assert named == [tag["name"] for tag in document["tags"]]
    assert len(set(named)) == len(named)


def test_all_operations_and_schemas_stay_in_the_document() -> None:
    original = json.loads(page.DOCUMENT_FILE.read_text("utf-8"))
    document = page.page_document()
    for item in document["paths"].values():
        for operation in item.values():
            del operation["x-codeSamples"]
    for schema in document["components"]["schemas"].values():
        schema.pop("examples", None)
    original["components"]["schemas"]["MarketplaceCode"].pop("examples")
    assert document["components"] == original["components"]
    for paths in (document["paths"], original["paths"]):
        content = paths["/changes"]["get"]["responses"]["200"]["content"]["application/json"]
        content.pop("example", content.pop("examples", None))
    assert document["paths"] == original["paths"]


def test_schemas_and_kinds_of_changes_have_examples() -> None:
    document = page.page_document()
    schemas = document["components"]["schemas"]
    content = document["paths"]["/changes"]["get"]["responses"]["200"]["content"]
    kinds = set(content["application/json"]["examples"]) - {"page"}

    assert kinds == set(schemas["ChangeKind"]["x-extensible-enum"])
    for name in ("Change", "Product", "Money", "Deal", "SavedList", "FeedConnection", "Site"):
        for example in schemas[name]["examples"]:
            checked = {**schemas[name], "components": document["components"]}
            assert jsonschema_rs.Draft202012Validator(checked).is_valid(example), name


def test_operations_have_calls_with_curl() -> None:
    samples = {
        operation["operationId"]: operation["x-codeSamples"][0]["source"]
        for item in page.page_document()["paths"].values()
        for operation in item.values()
    }

    header = '  -H "Authorization: Bearer $KEY"'
    assert samples["listChanges"] == f'curl -sS "$API/changes" \\\n{header}'
    assert samples["searchProducts"].startswith('curl -sS "$API/search?keywords=tea%20pot"')
    assert samples["deleteProduct"].startswith('curl -sS -X DELETE "$API/products/B0EXAMPLE1"')
    assert samples["startSignup"].startswith('curl -sS "$API/signup" \\\n  -d \'{"site_url": ')
    for source in samples.values():
        assert "{" not in source.partition("\n")[0], source
        words = shlex.split(source)
        if "-d" in words:
            assert json.loads(words[words.index("-d") + 1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [feed](feed.md).", "See [feed](#tag/guide-feed)."),
        ("See [feed](feed.md#start-again).", "See [feed](#tag/guide-feed/Start-again)."),
        ("See [operations](../operations.md#parameters).", "See operations."),
        ("See [it](https://example.com/).", "See [it](https://example.com/)."),
        ("`a`\n\n```sh\n[x](feed.md)\n```", "`a`\n\n```bash\n[x](feed.md)\n```"),
    ],
)
def test_links_stay_inside_the_page(text: str, expected: str) -> None:
    assert described(text) == expected


def test_link_to_an_unknown_section_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        described("[x](feed.md#nowhere)")


def test_programs_are_part_of_their_guide(tmp_path: Path) -> None:
    (tmp_path / "clients").mkdir()
    (tmp_path / "clients" / "x.php").write_text("<?php [a](b.md);\n")

    assert described("[x.php](clients/x.php)", tmp_path) == (
        "<details><summary>PHP: x.php</summary>\n\n```php\n<?php [a](b.md);\n```\n\n</details>"
    )
    (feed,) = (tag for tag in guide_tags(page.GUIDE_FOLDER) if tag["name"] == "guide-feed")
    for program in (page.GUIDE_FOLDER / "clients").iterdir():
        assert program.read_text("utf-8") in feed["description"]


def test_guide_without_title_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        title_of("Text.\n")


def test_sections_that_guides_cover_are_left_out() -> None:
    headings = re.findall(r"^## (.+)$", page.page_document()["info"]["description"], re.MULTILINE)
    assert headings == ["Requests", "Values", "Compatibility"]
    with pytest.raises(ValueError, match="sections"):
        page.introduction("Text.\n## Errors\nText.\n")


def test_page_contains_script_and_document_and_nothing_else() -> None:
    text = page.reference_page(SCRIPT, unrendered)

    embedded = text.partition('id="document">')[2].partition("</script>")[0]
    assert json.loads(embedded) == page.page_document()
    assert page.LOGO not in text
    assert text.count("</script>") == text.count("<script")
    assert re.findall(r"<(?:link|img|iframe|script src)", text.partition("<main")[0]) == []
    assert "connect-src" not in text, "default-src 'none' forbids requests"


def test_another_picture_of_redoc_is_detected() -> None:
    with pytest.raises(ValueError, match="picture"):
        page.reference_page("load()", unrendered)


def test_missing_npm_is_explained() -> None:
    program = (
        "from pathlib import Path\nfrom infra.reference import __main__, redoc\n"
        "redoc.WORK_DIR = Path('/nowhere')\n__main__.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "The reference page needs npm. Install Node.js with npm.\n"


def test_lock_file_has_hashes_and_no_index() -> None:
    lock = json.loads((redoc.HERE / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    version = json.loads((redoc.HERE / "package.json").read_text("utf-8"))["dependencies"]["redoc"]
    assert packages["node_modules/redoc"]["version"] == version
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not any("resolved" in one for one in packages.values())
