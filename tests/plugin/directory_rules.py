"""Rules of WordPress's plugin directory that can be checked in the text of PHP files.

Each rule takes the path and the code of a file, and yields what breaks it.
"""

import re
from collections.abc import Callable, Iterator

FORBIDDEN = (
    "eval", "exec", "shell_exec", "passthru", "system", "proc_open", "popen", "create_function",
    "extract", "var_dump", "var_export", "print_r", "error_log", "trigger_error", "error_reporting",
    "ini_set", "set_time_limit", "date_default_timezone_set", "move_uploaded_file", "query_posts",
    "unserialize", "file_put_contents", "fopen", "curl_init", "curl_exec", "rand", "mt_rand",
    "parse_url", "strip_tags", "json_encode", "serialize", "date", "mysql_query", "wp_redirect",
)  # fmt: skip
"""Functions for which WordPress has a replacement, or which no plugin may call."""

ESCAPED = re.compile(
    r"\b(esc_\w+|wp_kses\w*|number_format_i18n|wp_get_attachment_image|paginate_links|checked"
    r"|selected|disabled)\("
)
TRANSLATION = re.compile(r"\b_?(?:_|_e|_x|esc_html__|esc_attr__|esc_html_e|esc_attr_e)\(")
PLACEHOLDER = re.compile(r"%(?:\d+\$)?[sd]")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
PHPDOC = re.compile(r"/\*\*.*?\*/", re.DOTALL)
STRING_WITHOUT_VARIABLES = re.compile(r"'(?:[^'\\]|\\.)*'")
GUARD = re.compile(r"defined\( '(?:ABSPATH|WP_UNINSTALL_PLUGIN)' \) \|\| exit;")
Rule = Callable[[str, str], Iterator[str]]


def guards(path: str, code: str) -> Iterator[str]:
    """Yield a file that does anything when it is requested directly."""
    before = GUARD.split(code, maxsplit=1)[0]
    if before == code or re.search(r"^(?:require|add_|function|\$)", before, re.MULTILINE):
        yield f"{path}: no check of ABSPATH at the beginning"


def functions(path: str, code: str) -> Iterator[str]:
    """Yield calls of forbidden functions, backticks, and texts in heredoc."""
    plain = STRING.sub("''", COMMENT.sub("", code))
    for name in FORBIDDEN:
        if re.search(rf"(?<![\w\\>:$]){name}\(", plain):
            yield f"{path}: {name}()"
    if "`" in plain:
        yield f"{path}: backticks"
    if "<<<" in plain:
        yield f"{path}: heredoc"


def scripts(path: str, code: str) -> Iterator[str]:
    """Yield elements that must be enqueued."""
    for element in ("script", "style", "link"):
        if re.search(rf"<{element}[\s>]", COMMENT.sub("", code)):
            yield f"{path}: <{element}>"


def output(path: str, code: str) -> Iterator[str]:
    """Yield output of variables without an escaping function."""
    for line in re.findall(r"\b(?:echo|print)\s[^\n]*", PHPDOC.sub("", code)):
        for part in re.split(r"\?>", line):
            shown = re.search(r"\b(?:echo|print)\s+(.*)", part)
            if not shown or "phpcs:ignore WordPress.Security.EscapeOutput --" in line:
                continue
            value = re.sub(r"^[^?]*\? ", "", shown[1])  # a condition is not printed
            if "$" in STRING_WITHOUT_VARIABLES.sub("", value) and not ESCAPED.search(shown[1]):
                yield f"{path}: {part.strip()}"


def input_values(path: str, code: str) -> Iterator[str]:
    """Yield values of a request that are neither sanitized nor explained."""
    for line in code.splitlines():
        is_read = re.search(r"\$_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES)\b", line)
        is_checked = re.search(r"sanitize_\w+\(|absint\(|isset\(|empty\(|phpcs:ignore .* -- ", line)
        if is_read and not is_checked:
            yield f"{path}: {line.strip()}"


def reasons(path: str, code: str) -> Iterator[str]:
    """Yield exceptions of the coding standard without a reason."""
    for line in code.splitlines():
        if re.search(r"phpcs:(?:ignore|disable)", line) and " -- " not in line:
            yield f"{path}: {line.strip()}"


def translators(path: str, code: str) -> Iterator[str]:
    """Yield texts with placeholders and no comment for translators, and texts of other domains."""
    lines = code.splitlines()
    for number, line in enumerate(lines):
        for call in TRANSLATION.finditer(line):
            text = STRING.match(line[call.end() :].lstrip())
            if text is None:
                yield f"{path}: a text that is not a literal: {line.strip()}"
            elif PLACEHOLDER.search(text[0]) and not any(
                "translators:" in before for before in lines[max(0, number - 4) : number + 1]
            ):
                yield f"{path}: no comment for translators: {text[0]}"
            elif "'amzlinkr'" not in line:
                yield f"{path}: another text domain: {line.strip()}"


def variables(path: str, code: str) -> Iterator[str]:
    """Yield global variables without the plugin's prefix."""
    plain = STRING.sub("''", COMMENT.sub("", code))
    for name in re.findall(r"^(?:\t*<\?php )?\$(\w+) +=", plain, re.MULTILINE):
        if not name.startswith("amzlinkr_"):
            yield f"{path}: ${name}"


RULES: tuple[Rule, ...] = (
    guards, functions, scripts, output, input_values, reasons, translators, variables,
)  # fmt: skip
