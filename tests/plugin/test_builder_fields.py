"""Products in the fields in which page builders keep the content of posts."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.test_cache_purge import FIND_IN_STEPS, PRODUCTS, PURGE, SHORTCODE, create

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

QUOTED = '[amzlinkr asin="B0DEMO0000" marketplace="US" title="Tea"]'
BLOCK = '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000","marketplace":"US"} /-->'
BUILD = """
$settings = array( 'editor' => str_repeat( 'x ', $chars / 2 ) . $content );
$widget   = array( 'elType' => 'widget', 'widgetType' => 'text-editor', 'settings' => $settings );
$data     = array( array( 'elType' => 'container', 'elements' => array( $widget ) ) );
update_post_meta( $post, $field, wp_slash( wp_json_encode( $data ) ) );
"""
"""What Elementor stores of a post with one text."""
FIND_USES = f"return AmzLinkr\\Uses\\find( {PRODUCTS}, $with )[0]['US:B0DEMO0000'];"


def build(site: Site, content: str, chars: int = 0, field: str = "_elementor_data") -> int:
    """Create a post that a page builder shows with a text, and return its ID."""
    (post,) = create(site, ("post", "publish", "Text without products"))
    site.php(BUILD, post=post, content=content, chars=chars, field=field)
    return post


def find(site: Site) -> tuple[Any, Any]:
    """Return the posts of a purge, and those of a search in steps of no time."""
    return site.php(PURGE)[0], site.php(FIND_IN_STEPS)[0]


def test_posts_of_elementor_are_purged(site: Site, service: RecordingService) -> None:
    service.join(site)
    posts = [
        build(site, QUOTED),
        build(site, "Other"),
        build(site, BLOCK, chars=600_000),
        build(site, "[amzlinkr asin=B0DEMO0001 marketplace=US]"),
        build(site, QUOTED),
    ]
    site.php(
        "wp_update_post( array( 'ID' => $post, 'post_content' => $content ) );",
        post=posts[4],
        content="[amzlinkr asin=B0DEMO0001 marketplace=US]",
    )
    shown = [posts[0], posts[2], posts[4]]
    purged, stepped = find(site)
    assert purged == shown
    # A post counts as one with the product if the time is over between its content and a field.
    assert set(shown) <= set(stepped) <= {*shown, posts[4]}
    assert site.php(FIND_USES, **{"with": True}) == shown
    assert site.php(FIND_USES, **{"with": False}) == []


def test_html_that_elementor_keeps_is_deleted(site: Site, service: RecordingService) -> None:
    service.join(site)
    shown, other = build(site, QUOTED), build(site, "Other")
    keep = (
        "foreach ( $posts as $post ) update_post_meta( $post, '_elementor_element_cache', '$1' );"
    )
    kept = (
        "return array_map( static function ( $post ) {"
        " return get_post_meta( $post, '_elementor_element_cache', true ); }, $posts );"
    )
    site.php(keep, posts=[shown, other])
    site.php(PURGE)
    assert site.php(kept, posts=[shown, other]) == ["", "$1"]


def test_fields_of_other_builders_can_be_added(site: Site, service: RecordingService) -> None:
    service.join(site)
    post = build(site, SHORTCODE, field="_other_builder")
    assert find(site) == ([], [])
    add = """
    add_filter( 'amzlinkr_builder_fields', static function ( $names ) {
        return array_merge( $names, array( '_other_builder', array() ) );
    } );
    """
    assert site.php(add + PURGE)[0] == [post]
