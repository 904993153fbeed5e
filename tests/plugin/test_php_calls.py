"""Static analysis of the PHP: each called function exists in the oldest WordPress."""

from pathlib import Path

import pytest

from tests.plugin.site import PHP_FILES, Site

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1"])]

CHECK = "return ( require $program )( $folder, $later );"
LATER = [
    "wp_register_ability", "wp_register_ability_category", "WP_CLI\\Utils\\make_progress_bar",
]  # fmt: skip
"""Functions of WordPress 6.9 and WP-CLI: the plugin calls them only if these have loaded it."""
FLAWS = """<?php
namespace AmzLinkr\\Flaws;
use AmzLinkr\\Products;
const KNOWN = 1;
function takes_two( int $first, string $second = '' ): int { return KNOWN; }
takes_two();
takes_two( 1, '', 3 );
takes_one( 1 );
Products\\find( 'B0' );
Products\\missing();
strlen( 'a', 'b' );
add_action( 'init', __NAMESPACE__ . '\\missing' );
array_map( 'AmzLinkr\\Products\\missing', array() );
echo Products\\MISSING;
wp_is_serving_rest_request();
// These are right.
takes_two( ...array( 1 ) );
takes_two( max( 1, 2 ), "a {$GLOBALS['b']}, c" );
echo Products\\BATCH_SIZE, \\strlen( 'a' );
if ( function_exists( 'pll_current_language' ) ) { pll_current_language( 'slug' ); }
"""


def test_calls_and_constants_exist(site: Site, plugin_dir: Path) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    program = str(PHP_FILES / "check_calls.php")
    problems, count = site.php(CHECK, program=program, folder=str(plugin_dir), later=LATER)
    assert "\n".join(problems) == ""
    assert count > 1000


def test_flaws_are_detected(site: Site, plugin_dir: Path) -> None:
    site.php("activate_plugin( 'amzlinkr/amzlinkr.php' );")
    folder = site.root / "wp-content/plugins/amzlinkr"
    (folder / "flaws.php").write_text(FLAWS)
    program = str(PHP_FILES / "check_calls.php")
    problems, _ = site.php(CHECK, program=program, folder=str(folder), later=LATER)
    assert problems == [
        "flaws.php:6: takes_two has 0 arguments",
        "flaws.php:7: takes_two has 3 arguments",
        "flaws.php:8: the function takes_one does not exist",
        "flaws.php:9: Products\\find has 1 arguments",
        "flaws.php:10: the function Products\\missing does not exist",
        "flaws.php:11: strlen has 2 arguments",
        "flaws.php:12: the function AmzLinkr\\Flaws\\missing does not exist",
        "flaws.php:13: the function AmzLinkr\\Products\\missing does not exist",
        "flaws.php:14: the constant Products\\MISSING is not defined",
        "flaws.php:15: the function wp_is_serving_rest_request does not exist",
    ]
