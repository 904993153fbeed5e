"""What a box shows of a product, and what it must not."""

import pytest

from tests.wordpress.backend import Backend
from tests.wordpress.site import Site

pytestmark = pytest.mark.wordpress

PRICED, HIDDEN, UNOFFERED, SOLD_OUT, DEAL, OLD = (
    "B0TESTPLUS", "B0TESTHIDE", "B0TESTNONE", "B0TESTSOLD", "B0TESTDEAL", "B0TESTPAST",
)  # fmt: skip
OWN_TEMPLATE = "<?php echo 'my own: ' . esc_html( $box['asin'] . ' ' . $box['price'] );"


@pytest.fixture
def boxes(site: Site, backend: Backend) -> dict[str, str]:
    """The boxes of the sandbox's products, by ASIN."""
    service = backend.join(site, sandbox=True)
    asins = [PRICED, HIDDEN, UNOFFERED, SOLD_OUT, DEAL, OLD]
    for asin in asins:
        assert service.call("POST", "/import", {"items": [asin]}).status == 200
    site.cron("amzlinkr_sync")
    return {asin: box(site, asin) for asin in asins}


def box(site: Site, asin: str) -> str:
    shown: str = site.php("return do_shortcode( \"[amzlinkr asin='$asin']\" );", asin=asin)
    return shown


@pytest.mark.parametrize("version", ["6.5"])
def test_a_price_is_shown_only_where_there_is_one_to_show(boxes: dict[str, str]) -> None:
    for asin in (PRICED, SOLD_OUT, DEAL):
        assert " USD</strong>" in boxes[asin]
        assert "as of " in boxes[asin]
        assert "Product prices and availability are accurate as of" in boxes[asin]
        assert "Buy on Amazon" in boxes[asin]
    for asin in (HIDDEN, UNOFFERED, OLD):
        assert "USD" not in boxes[asin]
        assert "amzlinkr-box__price" not in boxes[asin]
        assert "See price on Amazon" in boxes[asin]
    assert "Out of stock" in boxes[SOLD_OUT]
    assert "<del>" in boxes[DEAL]
    assert "Test product" not in boxes[OLD]
    for shown in boxes.values():
        assert "As an Amazon Associate I earn from qualifying purchases." in shown
        assert 'rel="sponsored nofollow noopener"' in shown


@pytest.mark.parametrize("version", ["6.5"])
def test_a_theme_brings_its_own_box_and_strangers_see_no_gap(
    site: Site, boxes: dict[str, str]
) -> None:
    theme = site.php("return get_stylesheet_directory();")
    own = site.root / "wp-content/themes" / theme.rpartition("/")[2] / "amzlinkr"
    own.mkdir()
    (own / "product-box.php").write_text(OWN_TEMPLATE)
    assert box(site, PRICED).startswith(f"my own: {PRICED} 44.24")
    assert boxes[PRICED] != box(site, PRICED)

    assert box(site, "B0MISSING1") == ""
    as_editor = "wp_set_current_user( 1 ); return do_shortcode( '[amzlinkr asin=B0MISSING1]' );"
    assert "is not imported" in site.php(as_editor)
