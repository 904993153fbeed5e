"""Replacement of a product in all posts: which change, with a revision, and by whom."""

from typing import Any

import pytest

from tests.plugin.recording_service import RecordingService
from tests.plugin.site import Site
from tests.plugin.users import BECOME_USER

pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.1", "6.5"])]

OLD, NEW = "US:B0DEMO0000", "US:B0DEMO0001"
BOX = '<!-- wp:amzlinkr/product {"asin":"B0DEMO0000"} /-->'
NEW_BOX = BOX.replace("0000", "0001")
STORE = """
$products = array(
    array( 'asin' => 'B0DEMO0000', 'marketplace' => 'US', 'price_status' => 'missing' ),
    array( 'asin' => 'B0DEMO0003', 'marketplace' => 'US', 'price_status' => 'missing' ),
);
foreach ( array( 'B0DEMO0001' => 'Acme Kettle', 'B0DEMO0002' => '50% <b>Mill</b>' ) as $asin => $title ) {
    $products[] = array(
        'asin'         => $asin,
        'marketplace'  => 'US',
        'title'        => $title,
        'availability' => 'in_stock',
        'price_status' => 'current',
        'observed_at'  => gmdate( 'c' ),
    );
}
AmzLinkr\\Products\\store( $products, 0 );
"""  # noqa: E501 -- PHP
CREATE_POST = """
kses_remove_filters();
$fields = $fields + array(
    'post_title'  => 'A post',
    'post_status' => 'publish',
    'post_author' => 1,
);
$id = wp_insert_post( wp_slash( $fields ) );
// As an import or another plugin would write it, without a revision.
array_map( 'wp_delete_post_revision', array_keys( wp_get_post_revisions( $id ) ) );
global $wpdb;
foreach ( array( 'post_content', 'post_title', 'post_excerpt' ) as $name ) {
    if ( isset( $fields[ $name ] ) ) {
        $wpdb->update( $wpdb->posts, array( $name => $fields[ $name ] ), array( 'ID' => $id ) );
    }
}
foreach ( $meta as $name => $value ) {
    update_post_meta( $id, $name, $value );
}
return $id;
"""
STORE_POSTS = """
$content = wp_slash( $content );
for ( $number = 0; $number < $count; $number++ ) {
    wp_insert_post( array( 'post_title' => "Post $number", 'post_content' => $content ) );
}
"""
BECOME = f"{BECOME_USER}kses_init();"
PLAN = """
list( $old, $new ) = array_map( 'AmzLinkr\\Replacement\\parse_key', array( $old, $new ) );
list( $found ) = AmzLinkr\\Uses\\find( array( $old ), false );
$posts = $found[ AmzLinkr\\Uses\\get_key( $old ) ];
return (object) AmzLinkr\\Replacement\\plan( $posts, $old, $new );
"""
REPLACE = """
list( $old, $new ) = array_map( 'AmzLinkr\\Replacement\\parse_key', array( $old, $new ) );
return (object) AmzLinkr\\Replacement\\replace_in_posts( $old, $new, $hashes );
"""
READ_POST = 'global $wpdb; return $wpdb->get_row( "SELECT * FROM $wpdb->posts WHERE ID = $id" );'
READ_REVISIONS = (
    "return array_column( array_values( wp_get_post_revisions( $id ) ), 'post_content' );"
)
UNDO = """
$revisions = array_values( wp_get_post_revisions( $id ) );
kses_remove_filters();
wp_restore_post_revision( $revisions[1]->ID );
"""
SUBMIT = """
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/actions.php';
require_once WP_PLUGIN_DIR . '/amzlinkr/admin/replacement-action.php';
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $arguments ) {
    throw new Exception( 'refused', is_int( $title ) ? $title : $arguments['response'] );
} );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url, 302 );
} );
$_REQUEST = array( '_wpnonce' => wp_create_nonce( $fields['nonce'] ) );
$_POST    = wp_slash( $fields );
try {
    do_action( 'admin_post_amzlinkr_replace_product' );
} catch ( Exception $end ) {
    return array( $end->getMessage(), $end->getCode() );
}
"""
RENDER_PAGE = """
foreach ( array( 'admin', 'actions', 'replacement-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
$_GET = $query;
ob_start();
require WP_PLUGIN_DIR . '/amzlinkr/admin/attention.php';
return ob_get_clean();
"""
IMPOSSIBLE: tuple[dict[str, object], ...] = (
    {"with": OLD}, {"with": "US:B0DEMO0003"}, {"with": "US:B0UNKNOWN0"}, {"with": ""},
    {"with": f'{NEW}"onload='}, {"with": [NEW]}, {"replace": "x"}, {"replace": ["a"]},
    {"with": "DE:B0DEMO0001"}, {"with": "US:b0demo0001"}, {"with": f"{NEW}\n1"},
)  # fmt: skip
KEPT_FIELDS = ("post_title", "post_excerpt", "post_name", "post_status", "post_author", "post_date")


@pytest.fixture
def connected(site: Site, service: RecordingService) -> Site:
    """Return a connected site with products, two of which are missing."""
    service.join(site)
    site.php(STORE)
    return site


def create_post(site: Site, content: str, meta: object = (), **fields: object) -> int:
    """Create a post without a revision and return its ID."""
    post: int = site.php(CREATE_POST, fields={"post_content": content} | fields, meta=meta)
    return post


def plan(site: Site, login: str = "owner", old: str = OLD, new: str = NEW) -> dict[str, Any]:
    """Return what would happen to each post, by its ID."""
    found: dict[str, Any] = site.php(BECOME + PLAN, login=login, old=old, new=new)
    return found


def replace(site: Site, login: str = "owner", hashes: object = None) -> dict[str, str]:
    """Replace the product in the posts of the plan, and return the result of each."""
    if hashes is None:
        hashes = {post: entry["hash"] for post, entry in plan(site, login).items()}
    values = {"login": login, "old": OLD, "new": NEW, "hashes": hashes}
    results: dict[str, str] = site.php(BECOME + REPLACE, **values)
    return results


def read_post(site: Site, post: int) -> dict[str, str]:
    """Return the row of a post."""
    row: dict[str, str] = site.php(READ_POST, id=post)
    return row


def test_posts_change_and_each_change_can_be_undone(connected: Site) -> None:
    content = f"<p>Küche\r\n</p>{BOX}\n[amzlinkr asin='B0DEMO0000' title='My mill'] \\\\n <br>"
    post = create_post(connected, content, post_title="A &amp; <b>B</b>", post_excerpt="<i>x</i>")
    own = BOX.replace('"}', '","text":" A text","image":7,"title":{"a":1}}')
    draft = create_post(connected, own, post_status="draft")
    page = create_post(connected, BOX, {"_wp_page_template": "gone.php"}, post_type="page")
    pattern = create_post(connected, BOX, post_type="wp_block")
    uses_pattern = create_post(connected, f'<!-- wp:block {{"ref":{pattern}}} /-->')
    other = create_post(connected, "[amzlinkr asin=B0DEMO0002]")
    before = {each: read_post(connected, each) for each in (post, draft, page, uses_pattern, other)}

    planned = plan(connected)
    assert {int(each) for each in planned} == {post, draft, page, pattern}
    assert [entry["problem"] for entry in planned.values()] == [""] * 4
    assert planned[str(post)]["own"] == ["My mill"]
    assert planned[str(draft)]["own"] == ["A text", "7"]
    assert {int(each) for each, result in replace(connected).items() if result == ""} == {
        post, draft, page, pattern,
    }  # fmt: skip

    row = read_post(connected, post)
    assert row["post_content"] == content.replace("B0DEMO0000", "B0DEMO0001")
    for each in (post, page):
        after = read_post(connected, each)
        assert [after[name] for name in KEPT_FIELDS] == [before[each][name] for name in KEPT_FIELDS]
    template = "return get_post_meta( $id, '_wp_page_template', true );"
    assert connected.php(template, id=page) == "gone.php"
    for each in (uses_pattern, other):
        assert read_post(connected, each) == before[each]
    assert plan(connected) == {}

    assert connected.php(READ_REVISIONS, id=post) == [row["post_content"], content]
    connected.php(UNDO, id=post)
    assert read_post(connected, post)["post_content"] == content


def test_newest_revision_with_the_same_content_is_not_repeated(connected: Site) -> None:
    post = create_post(connected, BOX)
    connected.php("wp_save_post_revision( $id );", id=post)
    replace(connected)
    assert connected.php(READ_REVISIONS, id=post) == [NEW_BOX, BOX]


def test_revision_that_differs_in_white_space_is_not_enough(connected: Site) -> None:
    post = create_post(connected, f"{BOX}\n\n\nx")
    connected.php("wp_save_post_revision( $id );", id=post)
    change = "global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_content' => $text ), array( 'ID' => $id ) );"  # noqa: E501
    connected.php(change, id=post, text=f"{BOX}\n x")
    replace(connected)
    assert connected.php(READ_REVISIONS, id=post)[:2] == [f"{NEW_BOX}\n x", f"{BOX}\n x"]


def test_post_without_revisions_does_not_change(connected: Site) -> None:
    post = create_post(connected, BOX)
    for kept in (False, 0, 1):
        connected.define(WP_POST_REVISIONS=kept)
        assert plan(connected)[str(post)]["problem"] == "no_revisions", kept
        assert replace(connected) == {str(post): "no_revisions"}, kept
        assert read_post(connected, post)["post_content"] == BOX
    connected.define(WP_POST_REVISIONS=2)
    assert replace(connected) == {str(post): ""}
    assert connected.php(READ_REVISIONS, id=post) == [NEW_BOX, BOX]


def test_texts_of_other_authors_are_not_filtered(connected: Site) -> None:
    connected.define(DISALLOW_UNFILTERED_HTML=True)
    html = "<script>x( 1 && 2 );</script><iframe src='https://x.example'></iframe> &#128;"
    post = create_post(connected, html + BOX, post_title=f"{html} title", post_excerpt=html)
    assert replace(connected, "editor") == {str(post): ""}
    row = read_post(connected, post)
    assert row["post_content"] == html + NEW_BOX
    assert row["post_title"] == f"{html} title"
    assert row["post_excerpt"] == html
    assert connected.php(READ_REVISIONS, id=post) == [html + NEW_BOX, html + BOX]


def test_post_that_the_user_cannot_edit_does_not_change(connected: Site) -> None:
    connected.php(
        "add_role( 'helper', 'Helper', array_fill_keys( array( 'read', 'edit_posts',"
        " 'edit_others_posts', 'edit_published_posts' ), true ) );"
    )
    post = create_post(connected, BOX)
    private = create_post(connected, BOX, post_status="private", post_title="A private title")
    page = create_post(connected, BOX, post_type="page", post_title="A page title")
    unknown = create_post(connected, BOX, post_type="gone_type")

    planned = plan(connected, "helper")
    problems = {int(each): entry["problem"] for each, entry in planned.items()}
    refused = dict.fromkeys((private, page, unknown), "not_allowed")
    assert problems == {post: ""} | refused
    hashes = {each: entry["hash"] for each, entry in planned.items()}
    results = replace(connected, "helper", hashes)
    assert {int(each): result for each, result in results.items()} == problems
    for each in refused:
        assert read_post(connected, each)["post_content"] == BOX
    html = connected.php(BECOME + RENDER_PAGE, login="helper", query={"replace": OLD, "with": NEW})
    assert "A private title" not in html
    assert "A page title" not in html
    assert "not allowed to edit" in html


def test_post_that_is_open_or_has_changed_stays(connected: Site) -> None:
    is_open = create_post(connected, BOX, {"_edit_lock": f"{2**31 - 1}:1"})
    was_open = create_post(connected, BOX, {"_edit_lock": "1700000000:1"})
    changed = create_post(connected, f"{BOX} <p>old</p>")
    hashes = {each: entry["hash"] for each, entry in plan(connected).items()}
    write = "global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_content' => $text ), array( 'ID' => $id ) );"  # noqa: E501
    connected.php(write, id=changed, text=f"{BOX} <p>new</p>")
    results = replace(connected, hashes=hashes)
    assert {int(each): result for each, result in results.items()} == {
        is_open: "open", was_open: "", changed: "changed",
    }  # fmt: skip
    assert read_post(connected, changed)["post_content"] == f"{BOX} <p>new</p>"
    assert read_post(connected, is_open)["post_content"] == BOX


def test_fifty_posts_change_in_one_request(connected: Site) -> None:
    connected.php(STORE_POSTS, content=BOX, count=52)
    problems = [entry["problem"] for entry in plan(connected).values()]
    assert problems == [""] * 50 + ["later"] * 2
    html = connected.php(BECOME + RENDER_PAGE, login="owner", query={"replace": OLD, "with": NEW})
    assert html.count('name="posts[]"') == 50
    assert "Posts in later steps: 2" in html
    assert list(replace(connected).values()) == [""] * 50
    assert [entry["problem"] for entry in plan(connected).values()] == [""] * 2


def test_failed_save_is_reported(connected: Site) -> None:
    post = create_post(connected, BOX)
    plugin = connected.root / "wp-content/mu-plugins/refuse.php"
    plugin.write_text("<?php add_filter( 'wp_insert_post_empty_content', '__return_true' );")
    # The revision cannot be saved either, and is tried first.
    assert replace(connected) == {str(post): "no_revisions"}
    plugin.write_text(
        "<?php add_filter( 'wp_insert_post_empty_content',"
        " static fn( $is_empty, $fields ) => 'revision' !== $fields['post_type'], 10, 2 );"
    )
    assert replace(connected) == {str(post): "not_saved"}
    assert read_post(connected, post)["post_content"] == BOX


def submit(site: Site, login: str = "owner", /, **fields: object) -> Any:
    """Submit the form with these fields, and return the redirect or reason, and the status."""
    values = {"replace": OLD, "with": NEW, "nonce": "amzlinkr_replace_product"} | fields
    return site.php(BECOME + SUBMIT, login=login, fields=values)


def test_form_requires_its_nonce_and_role(connected: Site) -> None:
    post = create_post(connected, BOX)
    (entry,) = plan(connected).values()
    posts = [f"{post}:{entry['hash']}"]
    assert submit(connected, nonce="amzlinkr_another", posts=posts) == ["refused", 403]
    for role in ("author", "contributor", "subscriber"):
        assert submit(connected, role, posts=posts) == ["refused", 403]
    assert read_post(connected, post)["post_content"] == BOX

    location, status = submit(connected, "editor", posts=posts)
    assert status == 302
    expected = f"/wp-admin/admin.php?page=amzlinkr-attention&replace={OLD}&with={NEW}"
    assert location == connected.url + expected
    assert read_post(connected, post)["post_content"] == NEW_BOX
    html = connected.php(BECOME + RENDER_PAGE, login="editor", query={"replace": OLD, "with": NEW})
    assert "Posts that were changed: 1" in html
    assert "revision.php?revision=" in html


def test_impossible_replacement_changes_nothing(connected: Site) -> None:
    post = create_post(connected, BOX)
    (entry,) = plan(connected).values()
    posts = {"posts": [f"{post}:{entry['hash']}"]}
    for fields in IMPOSSIBLE:
        assert submit(connected, **{**posts, **fields}) == ["refused", 400], fields
        assert read_post(connected, post)["post_content"] == BOX


def test_hostile_posts_change_nothing(connected: Site) -> None:
    post = create_post(connected, BOX)
    (entry,) = plan(connected).values()
    hostile = [
        [f"{post}:{'0' * 32}"], [f"0{post}x:{entry['hash']}"], [f"{post}:{entry['hash']}\n"],
        [[f"{post}:{entry['hash']}"]], "x", [], [f"{10**17}:{entry['hash']}"], [f"-{post}:x"],
    ]  # fmt: skip
    for posts in hostile:
        assert submit(connected, posts=posts)[1] == 302, posts
        assert read_post(connected, post)["post_content"] == BOX


def test_page_shows_candidates_and_posts_as_text(connected: Site) -> None:
    attack = "<img src=x onerror=attack()>\"'&"
    create_post(
        connected, f"{BOX}[amzlinkr asin=B0DEMO0000 title='<img src=x>']", post_title=attack
    )
    owner = {"login": "owner"}
    html = connected.php(BECOME + RENDER_PAGE, **owner, query={"replace": OLD})
    assert "Acme Kettle B0DEMO0001 (US)" in html
    assert "50% &lt;b&gt;Mill&lt;/b&gt;" in html
    # Neither the product itself nor another missing one.
    for asin in ("B0DEMO0000", "B0DEMO0003"):
        assert f"with=US:{asin}" not in html
    html = connected.php(BECOME + RENDER_PAGE, **owner, query={"replace": OLD, "s": "50%"})
    assert "B0DEMO0002" in html
    assert "B0DEMO0001" not in html
    html = connected.php(BECOME + RENDER_PAGE, **owner, query={"replace": OLD, "s": "5_%"})
    assert "No imported product matches" in html
    html = connected.php(BECOME + RENDER_PAGE, **owner, query={"replace": OLD, "s": attack})
    assert "No imported product matches" in html
    html += connected.php(BECOME + RENDER_PAGE, **owner, query={"replace": OLD, "with": NEW})
    assert "Posts that change: 1" in html
    assert "Your own title, text and picture stay." in html
    assert "<img" not in html
    assert '"onerror' not in html
