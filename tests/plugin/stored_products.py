"""Products in the table of a test site, and a text that must be escaped wherever it is printed."""

ATTACK = "<img src=x onerror=attack()>\"'&"
STORE = """
foreach ( $products as $product ) {
    $product += array(
        'marketplace'  => 'US',
        'title'        => "Title of {$product['asin']}",
        'brand'        => 'Acme',
        'availability' => 'in_stock',
        'price_status' => 'current',
        'price'        => array( 'display' => '$20.00' ),
        'observed_at'  => gmdate( 'c' ),
    );
    AmzLinkr\\Products\\store( array( $product ), 0 );
}
"""
"""PHP that stores `$products`: lists of fields, of which `asin` is required."""
