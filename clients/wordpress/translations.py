"""Update of the plugin's translation files from its source texts. Requires GNU gettext.

`python clients/wordpress/translations.py` extracts the texts to `amzlinkr.pot`, merges them into
each `.po` file, and compiles the files that WordPress reads: a `.mo` file for PHP and a `.json`
file per script.
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

PLUGIN = Path(__file__).parent / "amzlinkr"
TEMPLATE = "amzlinkr.pot"
FUNCTIONS = ("__", "esc_html__", "esc_attr__", "esc_html_e", "esc_attr_e")
MERGE_OPTIONS = ("--no-fuzzy-matching", "--no-wrap")
BLOCK_FIELDS = ("title", "description", "keywords")
HEADER = """\
# Texts of the plugin AmzLinkr. GPL-2.0-or-later.
msgid ""
msgstr ""
"Project-Id-Version: AmzLinkr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def main() -> None:
    """Update all files, report the untranslated texts, and exit with 1 if there are any."""
    update(PLUGIN / "languages")
    missing = {po.name: count_untranslated(po) for po in (PLUGIN / "languages").glob("*.po")}
    for name, count in missing.items():
        print(f"{name}: {count or 'no'} untranslated texts")
    sys.exit(any(missing.values()))


def update(languages: Path) -> None:
    """Write the template and the compiled files to a folder that contains the `.po` files."""
    scripts = sorted(PLUGIN.rglob("*.js"))
    template = languages / TEMPLATE
    sources = [*sorted(PLUGIN.rglob("*.php")), *scripts]
    template.write_text(HEADER + extract_texts(sources) + extract_block_texts())
    for po in languages.glob("amzlinkr-*.po"):
        run("msgmerge", "--quiet", "--update", "--backup=none", *MERGE_OPTIONS, po, template)
        run("msgattrib", "--no-obsolete", "--no-wrap", "--output-file", po, po)
        run("msgfmt", "--output-file", po.with_suffix(".mo"), po)
        translations = read_mo(po.with_suffix(".mo"))
        for script in scripts:
            path = languages / f"{po.stem}-{script_handle(script)}.json"
            texts = list_texts(extract_texts([script]))
            write_script_translations(path, texts, translations, po.stem)


def write_script_translations(
    path: Path, texts: list[str], translations: dict[str, str], name: str
) -> None:
    """Write the translations of a script as Jed JSON. A script without texts gets no file.

    `name` is the name of the `.po` file without its extension, such as `amzlinkr-de_DE`.
    """
    header: dict[str, object] = {"": {"domain": "messages", "lang": name.partition("-")[2]}}
    found = {text: [translations[text]] for text in sorted(texts) if text in translations}
    if found:
        data = {"domain": "messages", "locale_data": {"messages": header | found}}
        path.write_text(json.dumps(data, ensure_ascii=False, indent="\t") + "\n")


def script_handle(script: Path) -> str:
    """Return the handle under which the plugin registers a script."""
    parts = script.relative_to(PLUGIN).parts
    return f"amzlinkr-{parts[1]}-editor" if parts[0] == "blocks" else f"amzlinkr-{script.stem}"


def extract_texts(files: list[Path]) -> str:
    """Return the texts of PHP and JavaScript files as a template without its header."""
    keywords = [f"--keyword={name}:1" for name in FUNCTIONS]
    names = [str(file.relative_to(PLUGIN)) for file in files]
    options = ("--from-code=UTF-8", "--add-location=file", "--no-wrap")
    comments = "--add-comments=translators"
    template = ""
    for language, extension in (("PHP", ".php"), ("JavaScript", ".js")):
        matching = [name for name in names if name.endswith(extension)]
        if matching:
            texts = run(
                "xgettext", *options, comments, *keywords, f"-L{language}", "-o-", *matching
            )
            template += "\n" + without_header(texts)
    return merge_duplicates(template)


def merge_duplicates(template: str) -> str:
    """Return a template without its header in which each text occurs once."""
    return without_header(run("msguniq", "--no-wrap", "--sort-by-file", stdin=HEADER + template))


def without_header(template: str) -> str:
    """Return a template without its header."""
    return template.partition("\n\n")[2]


def extract_block_texts() -> str:
    """Return the texts of block.json files with the contexts that WordPress uses."""
    paths: dict[tuple[str, str], list[str]] = {}
    for path in sorted(PLUGIN.glob("blocks/*/block.json")):
        block = json.loads(path.read_text())
        for field in BLOCK_FIELDS:
            value = block[field]
            for text in value if isinstance(value, list) else [value]:
                found = paths.setdefault((f"block {field.removesuffix('s')}", text), [])
                found.append(str(path.relative_to(PLUGIN)))
    return "".join(
        f"\n#: {' '.join(places)}\n"
        f'msgctxt "{context}"\nmsgid {json.dumps(text, ensure_ascii=False)}\nmsgstr ""\n'
        for (context, text), places in paths.items()
    )


def list_texts(template: str) -> list[str]:
    """Return the texts of a template without its header."""
    if not template:
        return []
    with tempfile.NamedTemporaryFile(suffix=".mo") as compiled:
        translated = run("msgen", "-", stdin=HEADER + template)
        run("msgfmt", "--output-file", compiled.name, "-", stdin=translated)
        return list(read_mo(Path(compiled.name)))


def read_mo(mo: Path) -> dict[str, str]:
    """Return the translations of a `.mo` file by source text.

    The format is documented in the GNU gettext manual, "The Format of GNU MO Files".
    """
    data = mo.read_bytes()
    count, originals, translations = struct.unpack_from("<3I", data, 8)

    def read_string(table: int, index: int) -> str:
        length, start = struct.unpack_from("<2I", data, table + 8 * index)
        return data[start : start + length].decode()

    found = {read_string(originals, i): read_string(translations, i) for i in range(count)}
    found.pop("", None)
    return found


def count_untranslated(po: Path) -> int:
    """Return the number of texts without a translation."""
    untranslated = run("msgattrib", "--untranslated", "--no-obsolete", po)
    # The output contains a header if it contains any text.
    return untranslated.count("\nmsgid ") - 1 if untranslated else 0


def run(*command: object, stdin: str = "") -> str:
    """Run a gettext program and return its output."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=PLUGIN,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"{command[0]} failed: {result.stderr}")
    return result.stdout


if __name__ == "__main__":
    main()
