<?php
/**
 * The command `wp amzlinkr search`.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\CLI;

use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\RouteCalls;

defined( 'ABSPATH' ) || exit;

/**
 * The search of Commands.
 */
trait Search_Command {

	/**
	 * Searches Amazon.
	 *
	 * ## OPTIONS
	 *
	 * [<keywords>...]
	 * : Keywords. Without them, one of --brand, --author, --artist, --actor and --title is required.
	 *
	 * [--marketplace=<code>]
	 * : A marketplace, such as US. By default the primary one.
	 *
	 * [--brand=<brand>]
	 * : A brand.
	 *
	 * [--author=<author>]
	 * : An author.
	 *
	 * [--artist=<artist>]
	 * : An artist.
	 *
	 * [--actor=<actor>]
	 * : An actor.
	 *
	 * [--title=<title>]
	 * : A title.
	 *
	 * [--category=<category>]
	 * : Amazon’s name of a category, such as Electronics.
	 *
	 * [--browse_node=<id>]
	 * : The ID of a browse node.
	 *
	 * [--sort=<order>]
	 * : Amazon’s name of a sort order, such as Price:LowToHigh.
	 *
	 * [--min_price=<amount>]
	 * : In the smallest unit of the currency, such as cents.
	 *
	 * [--max_price=<amount>]
	 * : In the smallest unit of the currency, such as cents.
	 *
	 * [--min_rating=<stars>]
	 * : 1 to 4.
	 *
	 * [--min_saving=<percent>]
	 * : 1 to 99.
	 *
	 * [--in_stock=<boolean>]
	 * : true or false. By default true.
	 *
	 * [--condition=<condition>]
	 * : New.
	 *
	 * [--delivery=<options>]
	 * : Amazon’s names of delivery options, such as Prime, separated by commas.
	 *
	 * [--page=<number>]
	 * : The page of the results.
	 *
	 * [--fields=<fields>]
	 * : The columns, of asin, marketplace, title, brand, price, list_price, availability, imported and url.
	 *
	 * [--format=<format>]
	 * : The format of the output. The ids are ASINs.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - csv
	 *   - json
	 *   - yaml
	 *   - ids
	 *   - count
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     $ wp amzlinkr search electric kettle --max_price=5000 --format=json
	 *     $ wp amzlinkr import $(wp amzlinkr search kettle --format=ids)
	 *
	 * @param string[] $args    The keywords.
	 * @param string[] $options The options.
	 */
	public function search( array $args, array $options ): void {
		require_capability( Rest\CAPABILITY_SEARCH );
		$fields = array_intersect_key( $options, array_flip( Rest\SEARCH_FIELDS ) );
		if ( isset( $fields['marketplace'] ) ) {
			$fields['marketplace'] = strtoupper( $fields['marketplace'] );
		}
		if ( $args ) {
			$fields['keywords'] = implode( ' ', $args );
		}
		$found = RouteCalls\call( 'search', 'GET', $fields );
		if ( is_wp_error( $found ) ) {
			fail( $found );
		}
		Products\load( array_column( $found['items'], 'asin' ) );
		print_rows( array_map( __NAMESPACE__ . '\make_product_row', $found['items'] ), array( 'asin', 'marketplace', 'title', 'price', 'availability', 'imported' ), $options, 'asin' );
	}
}
