"""The documentation for developers: it names exactly the hooks, routes, abilities, and commands."""

import json
import re
from pathlib import Path

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "clients/wordpress/amzlinkr"
DOCUMENT = (ROOT / "docs/plugin-development.md").read_text()
DISPLAYS = (ROOT / "docs/plugin-displays.md").read_text()
SOURCE = "\n".join(path.read_text() for path in sorted(PLUGIN.rglob("*.php")))
HOOK = re.compile(r"\b(apply_filters|do_action)\( '(amzlinkr_\w+)'[ ,]")
CAPABILITIES = ("edit_posts", "publish_posts", "edit_others_posts", "manage_options")
LIST_ROUTES = """
AmzLinkr\\Clicks\\switch_on( true );
// For each capability, a user who has all others.
$users = array();
foreach ( $capabilities as $capability ) {
    $user = new WP_User( wp_insert_user( array(
        'user_login' => wp_generate_password( 12, false ),
        'user_pass'  => 'x',
        'role'       => '',
    ) ) );
    array_map( array( $user, 'add_cap' ), array_diff( $capabilities, array( $capability ) ) );
    $users[ $capability ] = $user->ID;
}
$found = array();
foreach ( rest_get_server()->get_routes( 'amzlinkr/v1' ) as $route => $handlers ) {
    $path = preg_replace( '/\\(\\?P<(\\w+)>[^)]*\\)/', '{$1}', substr( $route, strlen( '/amzlinkr/v1' ) ) );
    foreach ( '' === $path ? array() : $handlers as $handler ) {
        $required = array();
        foreach ( $users as $capability => $user ) {
            wp_set_current_user( $user );
            if ( true !== $handler['permission_callback']( new WP_REST_Request() ) ) {
                $required[] = $capability;
            }
        }
        foreach ( array_keys( $handler['methods'] ) as $method ) {
            $found[] = array( $method, $path, $required );
        }
    }
}
return $found;
"""  # noqa: E501 -- PHP


def section(title: str, document: str = DOCUMENT) -> list[list[str]]:
    """Return the cells of the rows of the first table below a title."""
    text = document.partition(f"\n## {title}\n")[2]
    rows = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert rows is not None
    lines = rows[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(text: str) -> list[str]:
    """Return the texts in code format."""
    return re.findall(r"`([^`]+)`", text)


def test_hooks_are_documented_with_their_parameters() -> None:
    documented = {}
    for hook, text, _ in section("Hooks"):
        kind, _, listed = text.partition(": ")
        documented[names(hook)[0]] = (kind, names(listed))
    found = {}
    for call in HOOK.finditer(SOURCE):
        # PHPDoc above the call describes the hook.
        comment = SOURCE[: call.start()].rpartition("/**")[2]
        parameters = [" ".join(pair) for pair in re.findall(r"@param (\S+) +(\$\w+) ", comment)]
        found[call[2]] = ("action" if call[1] == "do_action" else "filter", parameters)
    assert documented == found


def test_functions_exist_with_these_parameters() -> None:
    for function, _ in section("PHP functions"):
        space, name, parameters = re.findall(r"`AmzLinkr\\(\w+)\\(\w+)\((.*)\)`", function)[0]
        files = [path for path in PLUGIN.rglob("*.php") if in_namespace(path, space)]
        source = "\n".join(path.read_text() for path in files)
        found = re.search(rf"^function {name}\(([^{{]*)\)", source, re.MULTILINE)
        assert found is not None, function
        assert re.findall(r"\$\w+", found[1]) == re.findall(r"\$\w+", parameters), function


def in_namespace(path: Path, space: str) -> bool:
    """Return whether a PHP file declares a namespace of the plugin."""
    return f"\nnamespace AmzLinkr\\{space};\n" in path.read_text()


def test_commands_are_documented() -> None:
    files = sorted((PLUGIN / "includes").glob("cli*.php"))
    source = "\n".join(path.read_text() for path in files)
    methods = re.findall(r"^\tpublic function (\w+)\(", source, re.MULTILINE)
    documented = [names(row[0])[0].removeprefix("wp amzlinkr ") for row in section("Commands")]
    assert sorted(documented) == sorted(methods)


def test_abilities_are_documented() -> None:
    source = (PLUGIN / "includes/abilities.php").read_text()
    found = re.findall(r"^\tadd\(\n\t\t'([\w-]+)',.*?\n\t\tRest\\(\w+),", source, re.S | re.M)
    rest = (PLUGIN / "includes/rest.php").read_text()
    capabilities = dict(re.findall(r"^const (CAPABILITY_\w+) += '(\w+)';", rest, re.MULTILINE))
    expected = {f"amzlinkr/{name}": capabilities[constant] for name, constant in found}
    documented = {names(row[0])[0]: names(row[1])[0] for row in section("Abilities")}
    assert documented == expected


@pytest.mark.parametrize(
    ("block", "document", "title", "of_shortcodes"),
    [
        ("product", DISPLAYS, "Attributes", {"style"}),
        ("list", DOCUMENT, "Attributes of lists", set()),
    ],
)
def test_attributes_of_blocks_are_documented(
    block: str, document: str, title: str, of_shortcodes: set[str]
) -> None:
    attributes = json.loads((PLUGIN / f"blocks/{block}/block.json").read_text())["attributes"]
    documented = {name for row in section(title, document) for name in names(row[0])}
    if block == "product":
        documented |= {"display", "layout"}  # in the table of kinds
    assert documented == set(attributes) | of_shortcodes


@pytest.mark.wordpress
@pytest.mark.parametrize("version", ["6.5"])
def test_routes_are_documented_with_their_capability(site: Site, service: RecordingService) -> None:
    service.join(site)
    documented = {(row[0], names(row[1])[0]): names(row[2]) for row in section("REST routes")}
    found = site.php(LIST_ROUTES, capabilities=CAPABILITIES)
    assert documented == {(method, path): required for method, path, required in found}
