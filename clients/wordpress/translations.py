"""Keeps the plugin's translations in step with its texts. Needs GNU gettext.

`python clients/wordpress/translations.py` extracts the texts to `amzlinkr.pot`, merges them into
each `.po`, and compiles what WordPress reads: a `.mo` for PHP, and a `.json` for each script.
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
MERGING = ("--no-fuzzy-matching", "--no-wrap")
OF_A_BLOCK = ("title", "description", "keywords")
HEADER = """\
# Texts of the plugin AmzLinkr. GPL-2.0-or-later.
msgid ""
msgstr ""
"Project-Id-Version: AmzLinkr\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def main() -> None:
    """Bring all of them up to date; what is not translated yet is named, and fails."""
    write(PLUGIN / "languages")
    missing = {po.name: untranslated(po) for po in (PLUGIN / "languages").glob("*.po")}
    for name, count in missing.items():
        print(f"{name}: {count or 'nothing'} to translate")
    sys.exit(any(missing.values()))


def write(languages: Path) -> None:
    """Write everything but the translations themselves into a folder that holds the `.po` files."""
    scripts = sorted(PLUGIN.rglob("*.js"))
    template = languages / TEMPLATE
    template.write_text(HEADER + extracted([*sorted(PLUGIN.rglob("*.php")), *scripts]) + blocks())
    for po in languages.glob("amzlinkr-*.po"):
        run("msgmerge", "--quiet", "--update", "--backup=none", *MERGING, po, template)
        run("msgattrib", "--no-obsolete", "--no-wrap", "--output-file", po, po)
        run("msgfmt", "--output-file", po.with_suffix(".mo"), po)
        texts = pairs(po.with_suffix(".mo"))
        for script in scripts:
            path = languages / f"{po.stem}-{handle(script)}.json"
            write_script_texts(path, messages(extracted([script])), texts, po.stem)


def write_script_texts(path: Path, wanted: list[str], texts: dict[str, str], language: str) -> None:
    """Write one script's texts in the form that WordPress hands to it; no file for none."""
    head: dict[str, object] = {"": {"domain": "messages", "lang": language.partition("-")[2]}}
    found = {text: [texts[text]] for text in sorted(wanted) if text in texts}
    if found:
        told = {"domain": "messages", "locale_data": {"messages": head | found}}
        path.write_text(json.dumps(told, ensure_ascii=False, indent="\t") + "\n")


def handle(script: Path) -> str:
    """The name under which the plugin registers a script."""
    place = script.relative_to(PLUGIN).parts
    return f"amzlinkr-{place[1]}-editor" if place[0] == "blocks" else f"amzlinkr-{script.stem}"


def extracted(files: list[Path]) -> str:
    """The texts of some files, in the form of a template without its header."""
    keywords = [f"--keyword={name}:1" for name in FUNCTIONS]
    names = [str(file.relative_to(PLUGIN)) for file in files]
    options = ("--from-code=UTF-8", "--add-location=file", "--no-wrap")
    comments = "--add-comments=translators"
    found = ""
    for kind, ending in (("PHP", ".php"), ("JavaScript", ".js")):
        some = [name for name in names if name.endswith(ending)]
        if some:
            texts = run("xgettext", *options, comments, *keywords, f"-L{kind}", "-o-", *some)
            found += "\n" + body(texts)
    return merged(found)


def merged(texts: str) -> str:
    """The same without repetitions."""
    return body(run("msguniq", "--no-wrap", "--sort-by-file", given=HEADER + texts))


def body(template: str) -> str:
    """A template without its header."""
    return template.partition("\n\n")[2]


def blocks() -> str:
    """What WordPress itself translates in the blocks' descriptions, with its contexts."""
    found = ""
    for path in sorted(PLUGIN.glob("blocks/*/block.json")):
        described = json.loads(path.read_text())
        for field in OF_A_BLOCK:
            texts = described[field]
            for text in texts if isinstance(texts, list) else [texts]:
                quoted = json.dumps(text, ensure_ascii=False)
                context = f"block {field.removesuffix('s')}"
                found += f'\n#: {path.relative_to(PLUGIN)}\nmsgctxt "{context}"\n'
                found += f'msgid {quoted}\nmsgstr ""\n'
    return found


def messages(template: str) -> list[str]:
    """The texts in a template without its header."""
    if not template:
        return []
    with tempfile.NamedTemporaryFile(suffix=".mo") as compiled:
        same = run("msgen", "-", given=HEADER + template)
        run("msgfmt", "--output-file", compiled.name, "-", given=same)
        return list(pairs(Path(compiled.name)))


def pairs(mo: Path) -> dict[str, str]:
    """What a compiled file holds (GNU gettext manual, "The Format of GNU MO Files")."""
    data = mo.read_bytes()
    count, originals, translations = struct.unpack_from("<3I", data, 8)

    def text(table: int, place: int) -> str:
        length, start = struct.unpack_from("<2I", data, table + 8 * place)
        return data[start : start + length].decode()

    found = {text(originals, place): text(translations, place) for place in range(count)}
    found.pop("", None)
    return found


def untranslated(po: Path) -> int:
    """How many texts have no translation."""
    left = run("msgattrib", "--untranslated", "--no-obsolete", po)
    return left.count("\nmsgid ") - 1 if left else 0


def run(*command: object, given: str = "") -> str:
    """What a program of gettext's prints."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=PLUGIN,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
