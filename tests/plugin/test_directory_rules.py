"""Rules of WordPress's plugin directory: the plugin follows them, and breaches are detected."""

from pathlib import Path

import pytest

from tests.plugin import directory_rules
from tests.plugin.directory_rules import RULES, Rule

PLUGIN = Path(__file__).parents[2] / "clients/wordpress/amzlinkr"
FILES = {str(path.relative_to(PLUGIN)): path.read_text() for path in sorted(PLUGIN.rglob("*.php"))}
GUARD = "defined( 'ABSPATH' ) || exit;\n"
BREACHES = {
    "guards": ["<?php\nfunction a() {}\n", f"<?php\nadd_action( 'init', 'a' );\n{GUARD}"],
    "functions": ["eval( 'a' );", "$a = `ls`;", "echo <<<A\nA;", "print_r( 1 );", "rand( 1, 2 );"],
    "scripts": ["echo '<script>a()</script>';", '<style type="text/css">'],
    "output": ["echo $a;", '<?php echo "<b>$a</b>"; ?>', "print $a;", "echo $is ? $a : '';"],
    "input_values": ["$a = $_POST['a'];", "a( wp_unslash( $_GET['a'] ) );"],
    "reasons": ["a(); // phpcs:ignore WordPress.DB", "// phpcs:disable"],
    "translators": [
        "__( '%s posts', 'amzlinkr' );", "__( $text, 'amzlinkr' );", "esc_html_e( 'A', 'other' );",
    ],
    "variables": ["$total = 1;", "\t<?php $row = 1; ?>"],
}  # fmt: skip
FOLLOWED = f"""<?php
/** A comment with `code` and eval( 'a' ). */
{GUARD}
$amzlinkr_total = 1;
echo '<b>', esc_html( $amzlinkr_total ), '</b>';
echo $amzlinkr_total ? 'checked' : '';
$amzlinkr_tab = sanitize_key( wp_unslash( $_GET['tab'] ?? '' ) ); // phpcs:ignore X -- a reason.
/* translators: %s: a number */
echo esc_html( sprintf( __( '%s posts', 'amzlinkr' ), $amzlinkr_total ) );
"""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_plugin_follows_the_rules(rule: Rule) -> None:
    breaches = [found for path, code in FILES.items() for found in rule(path, code)]
    assert breaches == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_breaches_are_detected(rule: Rule) -> None:
    assert list(rule("a.php", FOLLOWED)) == []
    for code in BREACHES[rule.__name__]:
        assert len(list(rule("a.php", code))) == 1, code


def test_each_rule_has_breaches() -> None:
    assert {rule.__name__ for rule in RULES} == set(BREACHES)
    assert len(set(directory_rules.FORBIDDEN)) == len(directory_rules.FORBIDDEN)
