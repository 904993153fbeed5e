"""Replacement in posts: exact, with a revision and an undo, and only of what was shown before."""

import re
from typing import Any

import pytest

from tests.plugin.migration_site import (
    BECOME,
    READ_POST,
    RENDER_PAGE,
    REWRITE,
    SEARCH,
    STORE,
    connected,
    create_post,
    plan,
    rewrite,
)
from tests.plugin.site import Site

__all__ = ["connected"]
pytestmark = [pytest.mark.wordpress, pytest.mark.parametrize("version", ["6.5"])]

A, B = "B0DEMO0000", "B0DEMO0001"
BOX = f'[amazon box="{A}"]'
NEW_BOX = f'[amzlinkr asin="{A}"]'
SUBMIT = """
foreach ( array( 'admin', 'actions', 'notices', 'replacement-action', 'migration-action' ) as $file ) {
    require_once WP_PLUGIN_DIR . "/amzlinkr/admin/$file.php";
}
add_filter( 'wp_die_handler', static fn() => static function ( $text, $title, $arguments ) {
    throw new Exception( 'refused', is_int( $title ) ? $title : $arguments['response'] );
} );
add_filter( 'wp_redirect', static function ( $url ) {
    throw new Exception( $url, 302 );
} );
$_REQUEST = array( '_wpnonce' => wp_create_nonce( $nonce ) );
$_POST    = wp_slash( $fields );
try {
    do_action( "admin_post_amzlinkr_$action" );
} catch ( Exception $end ) {
    return array( $end->getMessage(), $end->getCode() );
}
"""  # noqa: E501 -- PHP
READ_REVISIONS = (
    "return array_column( array_values( wp_get_post_revisions( $id ) ), 'post_content' );"
)
WRITE = "global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_content' => $text ), array( 'ID' => $id ) ); clean_post_cache( $id );"  # noqa: E501 -- PHP
UNDO = "return (object) AmzLinkr\\MigrationUndo\\undo( $ids );"
RENDER_CONTENT = """
$GLOBALS['post'] = get_post( $id );
setup_postdata( $GLOBALS['post'] );
return apply_filters( 'the_content', get_post( $id )->post_content );
"""
ACTIONS = {"rewrite_posts": "editor", "undo_rewrite": "editor", "save_render": "administrator"}


def read(site: Site, post: int) -> str:
    """Return the content of a post."""
    content: str = site.php(READ_POST, id=post)
    return content


def undo(site: Site, *posts: int, login: str = "owner") -> dict[int, str]:
    """Undo the changes of posts as a user, and return the results."""
    results = site.php(BECOME + UNDO, login=login, ids=posts)
    return {int(post): result for post, result in results.items()}


def submit(site: Site, action: str, login: str, nonce: str = "", **fields: object) -> Any:
    """Submit a form, and return the redirect or reason, and the status."""
    values = {"action": action, "login": login, "fields": fields}
    return site.php(BECOME + SUBMIT, nonce=nonce or f"amzlinkr_{action}", **values)


def render(site: Site, login: str = "owner", **query: str) -> str:
    """Return the HTML of the page."""
    html: str = site.php(BECOME + RENDER_PAGE, login=login, query=query)
    return html


def test_only_the_replaced_bytes_change_and_the_undo_restores_them(connected: Site) -> None:
    block = f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{B}"}} /-->'
    content = (
        f"<p>Küche\r\n</p>{BOX}\\\\n [[amazon box={A}]] <code>{BOX}</code> {block}"
        f'<!-- wp:x/y {{"a":1.0,"b":{{}}}} /--><script>1 && 2</script>[amazon bestseller={A}]'
    )
    post = create_post(connected, content)
    other = create_post(connected, BOX)
    assert rewrite(connected, post) == {post: ""}
    new_block = f'<!-- wp:amzlinkr/product {{"asin":"{B}"}} /-->'
    expected = content.replace(BOX, NEW_BOX, 1).replace(block, new_block)
    assert read(connected, post) == expected
    assert read(connected, other) == BOX
    assert connected.php(READ_REVISIONS, id=post) == [expected, content]

    assert undo(connected, post) == {post: ""}
    assert read(connected, post) == content
    assert undo(connected, post) == {post: "no_undo"}
    assert rewrite(connected, post) == {post: ""}
    assert undo(connected, post) == {post: ""}


def test_replaced_boxes_are_shown(connected: Site) -> None:
    connected.php(STORE, asins=[A, B])
    post = create_post(
        connected,
        f"Before\n\n[amazon box='{A},{B}' /]\n\n[amazon box={A} title='My \"mill\" & <b>x</b>']"
        "<ul><li>one & two</li><li>three</li></ul>[/amazon]\n\nAfter",
    )
    assert rewrite(connected, post) == {post: ""}
    html = connected.php(RENDER_CONTENT, id=post)
    assert html.count('class="amzlinkr-box"') == 3
    assert "[amzlinkr" not in html
    assert "My &quot;mill&quot; &amp; x" in html or 'My "mill" &amp; x' in html
    assert re.findall(r"amzlinkr-box__own\" data-own>([^<]*)<", html) == ["one &amp; two", "three"]
    assert "<p><div" not in html


def test_nothing_changes_that_was_not_shown(connected: Site) -> None:
    post = create_post(connected, BOX)
    shown = plan(connected, post)["hash"]
    connected.php(WRITE, id=post, text=f"{BOX} more")
    owner = {"login": "owner"}
    assert connected.php(BECOME + REWRITE, **owner, hashes={post: shown}) == {str(post): "changed"}
    shown = plan(connected, post)["hash"]
    source = connected.root / "wp-content/plugins/amzlinkr/includes/migration-displays.php"
    source.write_text(
        source.read_text().replace(
            "'box'        => array(),", "'box'        => array( 'x' => 'y' ),"
        )
    )
    assert connected.php(BECOME + REWRITE, **owner, hashes={post: shown}) == {str(post): "changed"}
    assert read(connected, post) == f"{BOX} more"
    for hashes in ({post: "0" * 32}, {post: ""}, {10**9: shown}, {0: shown}, {}):
        connected.php(BECOME + REWRITE, **owner, hashes=hashes)
        assert read(connected, post) == f"{BOX} more"


def test_posts_that_stay_have_a_reason(connected: Site) -> None:
    connected.php(
        "add_role( 'helper', 'Helper', array_fill_keys( array( 'read', 'edit_posts',"
        " 'edit_others_posts', 'edit_published_posts' ), true ) );"
    )
    page = create_post(connected, BOX, post_type="page")
    post = create_post(connected, BOX)
    unknown = create_post(connected, BOX, post_type="gone_type")
    assert rewrite(connected, page, post, unknown, login="helper") == {
        page: "not_allowed", post: "", unknown: "not_allowed",
    }  # fmt: skip
    is_open = create_post(connected, BOX)
    connected.php("update_post_meta( $id, '_edit_lock', '2147483647:1' );", id=is_open)
    long = create_post(connected, BOX + "x" * 270_000)
    much = create_post(connected, f'[amazon box="{A}" title="{"x" * 120_000}"]')
    link = create_post(connected, f"[amazon fields={A} value=ean] https://www.amazon.com/dp/{A}")
    posts = {is_open: "open", long: "too_long", much: "too_much", link: "nothing"}
    before = {each: read(connected, each) for each in posts}
    # A plan of a long post has no hash.
    assert rewrite(connected, *posts) == posts
    for each, content in before.items():
        assert read(connected, each) == content
    connected.define(WP_POST_REVISIONS=1)
    assert rewrite(connected, page) == {page: "no_revisions"}
    assert read(connected, page) == BOX


def test_what_only_looks_like_a_block_does_not_change(connected: Site) -> None:
    block = f'<!-- wp:aawp/aawp-block {{"look":"box","asin":"{A}"}} /-->'
    hidden = create_post(connected, f'<!-- wp:x/y {{"a":"{block}"}} /-->')
    inner = create_post(connected, f"<!-- wp:group --><div>{block}</div><!-- /wp:group -->{BOX}")
    single = (
        f'<!-- wp:affiliatex/single-product {{"productTitle":"T"}} --><!-- wp:affiliatex/buttons '
        f'{{"buttonURL":"https://www.amazon.com/dp/{A}"}} /--><!-- /wp:affiliatex/single-product -->'  # noqa: E501 -- PHP
    )
    nested = create_post(connected, f"<p>x</p>{single}")
    unclosed = create_post(connected, single.rpartition("<!--")[0])
    assert rewrite(connected, hidden, inner, nested, unclosed) == {
        hidden: "nothing", inner: "", nested: "", unclosed: "nothing",
    }  # fmt: skip
    new = f'<!-- wp:amzlinkr/product {{"asin":"{A}"}} /-->'
    assert read(connected, inner) == (
        f"<!-- wp:group --><div>{new}</div><!-- /wp:group -->{NEW_BOX}"
    )
    product = f'{{"asin":"{A}","marketplace":"US","title":"T"}}'
    assert read(connected, nested) == f"<p>x</p><!-- wp:amzlinkr/product {product} /-->"


def test_texts_of_other_authors_are_not_filtered(connected: Site) -> None:
    connected.define(DISALLOW_UNFILTERED_HTML=True)
    html = "<script>x( 1 && 2 );</script><iframe src='https://x.example'></iframe>"
    post = create_post(connected, html + BOX)
    assert rewrite(connected, post, login="editor") == {post: ""}
    assert read(connected, post) == html + NEW_BOX
    assert undo(connected, post, login="editor") == {post: ""}
    assert read(connected, post) == html + BOX


def test_undo_leaves_edited_posts_and_those_of_others_alone(connected: Site) -> None:
    edited, removed, foreign, is_open = (create_post(connected, BOX) for _ in range(4))
    posts = (edited, removed, foreign, is_open)
    assert set(rewrite(connected, *posts).values()) == {""}
    connected.php(WRITE, id=edited, text=f"{NEW_BOX} more")
    connected.php(
        "foreach ( wp_get_post_revisions( $id ) as $each ) { wp_delete_post_revision( $each ); }",
        id=removed,
    )
    connected.php(
        "update_post_meta( $id, '_amzlinkr_migrated', get_post_meta( $other, '_amzlinkr_migrated', true ) );",  # noqa: E501 -- PHP
        id=foreign, other=is_open,
    )  # fmt: skip
    connected.php("update_post_meta( $id, '_edit_lock', '2147483647:1' );", id=is_open)
    assert undo(connected, *posts) == {
        edited: "changed_after", removed: "no_undo", foreign: "no_undo", is_open: "open",
    }  # fmt: skip
    assert undo(connected, is_open, login="author") == {is_open: "not_allowed"}
    assert read(connected, edited) == f"{NEW_BOX} more"
    for post in posts[1:]:
        assert read(connected, post) == NEW_BOX


def test_findings_follow_the_changes(connected: Site) -> None:
    post = create_post(connected, f"{BOX} https://www.amazon.com/dp/{B}")
    only = create_post(connected, BOX)
    read_places = "return (object) AmzLinkr\\MigrationFindings\\get_places();"
    found = connected.php(SEARCH)
    assert {place: sorted(kinds) for place, kinds in found.items()} == {
        f"post:{post}": ["aawp", "link", "ready"],
        f"post:{only}": ["aawp", "ready"],
    }
    rewrite(connected, post, only)
    assert connected.php(read_places) == {f"post:{post}": ["link"]}
    undo(connected, post, only)
    assert {place: sorted(kinds) for place, kinds in connected.php(read_places).items()} == {
        f"post:{post}": ["aawp", "link", "ready"], f"post:{only}": ["aawp", "ready"],
    }  # fmt: skip
    new = create_post(connected, NEW_BOX)
    connected.php(WRITE, id=new, text=BOX)
    connected.php("AmzLinkr\\MigrationFindings\\refresh( array( $place ) );", place=f"post:{new}")
    assert f"post:{new}" in connected.php(read_places)


def test_forms_require_their_nonce_and_role(connected: Site) -> None:
    post = create_post(connected, BOX)
    connected.php(SEARCH)
    posts = [f"{post}:{plan(connected, post)['hash']}"]
    for action, allowed in ACTIONS.items():
        values: dict[str, Any] = {"posts": posts, "plugins": ["aawp"]}
        assert submit(connected, action, "owner", "amzlinkr_other", **values) == ["refused", 403]
        for role in ("editor", "author", "contributor", "subscriber"):
            if role != allowed:
                assert submit(connected, action, role, **values) == ["refused", 403], (action, role)
    assert read(connected, post) == BOX
    assert connected.php("return AmzLinkr\\MigrationRender\\get_plugins();") == []

    location, status = submit(connected, "rewrite_posts", "editor", posts=posts, kind="ready")
    assert status == 302
    assert location == f"{connected.url}/wp-admin/admin.php?page=amzlinkr-migration&kind=ready"
    assert read(connected, post) == NEW_BOX
    html = render(connected, "editor")
    assert "Posts that were changed: 1" in html
    assert "Undo the change of these posts" in html
    assert submit(connected, "undo_rewrite", "editor", posts=[str(post)])[1] == 302
    assert read(connected, post) == BOX
    assert "Posts with an undone change: 1" in render(connected, "editor")
    assert submit(connected, "save_render", "owner", plugins=["aawp", "x", "lasso"])[1] == 302
    assert connected.php("return AmzLinkr\\MigrationRender\\get_plugins();") == ["aawp", "lasso"]
    assert submit(connected, "save_render", "owner")[1] == 302
    assert connected.php("return AmzLinkr\\MigrationRender\\get_plugins();") == []


def test_page_has_only_the_forms_that_the_role_may_submit(connected: Site) -> None:
    create_post(connected, BOX)
    connected.php(SEARCH)
    for login, count in (("owner", 1), ("editor", 0)):
        html = render(connected, login)
        assert html.count('value="amzlinkr_save_render"') == count
        assert html.count('value="amzlinkr_rewrite_posts"') == 1
        assert html.count("<form") == html.count("</form>") == 1 + count
        assert "AAWP" in html


def test_hostile_fields_change_nothing(connected: Site) -> None:
    post = create_post(connected, BOX)
    good = f"{post}:{plan(connected, post)['hash']}"
    for posts in (
        [f"{good}\n"],
        [[good]],
        "x",
        [],
        [f"-{good}"],
        [f"{post}:x"],
        {"a": {"b": good}},
    ):
        assert submit(connected, "rewrite_posts", "owner", posts=posts)[1] == 302, posts
        assert read(connected, post) == BOX
    for posts in ([["1"]], "x", ["-1"], ["9999999999999999999"], [str(post)]):
        assert submit(connected, "undo_rewrite", "owner", posts=posts)[1] == 302, posts
        assert read(connected, post) == BOX
    for plugins in ([["aawp"]], "x", ["../aawp"]):
        assert submit(connected, "save_render", "owner", plugins=plugins)[1] == 302, plugins
    assert connected.php("return AmzLinkr\\MigrationRender\\get_plugins();") == []


def test_page_shows_old_and_new_text_as_text(connected: Site) -> None:
    attack = "<img src=x onerror=attack()>\"'&"
    box = f"[amazon box={A} title='<img src=x onerror=attack()>' grid='<img>' '<img src=y>' x=\"</code><img>\"]"  # noqa: E501 -- PHP
    create_post(
        connected,
        f"{box} [asa]<img src=x>[/asa] https://www.amazon.com/dp/{B}?<img>"
        " https://amzn.to/x'onmouseover='attack() javascript://amzn.to/x",
        title=attack,
    )
    create_post(connected, "[amazon " + "<img>" * 1000 + "]")
    connected.php(SEARCH)
    html = render(connected)
    assert "<img" not in html
    assert "'onmouseover" not in re.sub(r"<code>[^<]*</code>", "", html)
    assert 'href="javascript' not in html
    assert "&lt;img src=x onerror=attack()&gt;" in html
    assert f"[amzlinkr asin=&quot;{A}&quot;" in html
    assert "Without an equivalent: title, grid, &lt;img src=y&gt;, x" in html
    assert html.count("Not supported</strong>: ") == 2
    for kind in ("ready", "aawp", "short", attack):
        assert "<img" not in render(connected, kind=kind)


def test_page_names_no_posts_that_the_user_cannot_edit(connected: Site) -> None:
    connected.php(
        "add_role( 'helper', 'Helper', array_fill_keys( array( 'read', 'edit_posts',"
        " 'edit_others_posts', 'edit_published_posts' ), true ) );"
        "update_option( 'widget_text', array( 2 => array( 'text' => '[asa]B0DEMO0001[/asa] secret' ) ) );"  # noqa: E501 -- PHP
    )
    post = create_post(connected, f"{BOX} secret", post_type="page", title="A private title")
    connected.php(SEARCH)
    html = render(connected, "helper")
    assert f"post:{post}: You are not allowed to edit it." in html
    assert "widget:text-2: You are not allowed to edit it." in html
    for hidden in ("A private title", "[amazon", "[asa]", 'name="posts[]"'):
        assert hidden not in html, hidden
    html = render(connected)
    assert "A private title" in html
    assert "Widget text-2" in html
    assert html.count('name="posts[]"') == 1


def test_page_is_open_to_editors(connected: Site) -> None:
    menu = """
    require_once WP_PLUGIN_DIR . '/amzlinkr/admin/admin.php';
    AmzLinkr\\Admin\\add_menu();
    foreach ( $GLOBALS['submenu']['amzlinkr'] ?? array() as $entry ) {
        if ( current_user_can( $entry[1] ) ) {
            $allowed[] = $entry[2];
        }
    }
    return $allowed ?? array();
    """
    for login, is_open in {"owner": True, "editor": True, "author": False}.items():
        pages = connected.php(BECOME + menu, login=login)
        assert ("amzlinkr-migration" in pages) is is_open


def test_uninstallation_removes_the_data(connected: Site) -> None:
    post = create_post(connected, BOX)
    connected.php(SEARCH)
    rewrite(connected, post)
    connected.php("AmzLinkr\\MigrationRender\\set_plugins( array( 'aawp' ) );")
    uninstall = (
        "define( 'WP_UNINSTALL_PLUGIN', true ); require WP_PLUGIN_DIR . '/amzlinkr/uninstall.php';"
    )
    connected.php(uninstall)
    left = "global $wpdb; return array( $wpdb->get_col( \"SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%amzlinkr_migr%'\" ), get_post_meta( $id, '_amzlinkr_migrated', true ) );"  # noqa: E501 -- PHP
    assert connected.php(left, id=post) == [[], ""]
