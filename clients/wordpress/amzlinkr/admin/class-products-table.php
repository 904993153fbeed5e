<?php
/**
 * The table of the imported products.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

use AmzLinkr\Accounts;
use AmzLinkr\ProductList;
use AmzLinkr\Products;
use AmzLinkr\ProductsAction;
use AmzLinkr\Rest;
use AmzLinkr\Uses;
use WP_List_Table;

defined( 'ABSPATH' ) || exit;

require_once ABSPATH . 'wp-admin/includes/class-wp-list-table.php';
require_once __DIR__ . '/amazon-links.php';
require_once __DIR__ . '/attention-parts.php';
require_once __DIR__ . '/products-action.php';
require_once __DIR__ . '/products-parts.php';

/**
 * Lists the products in the way of WordPress's own lists. products-parts.php prints the cells.
 */
final class Products_Table extends WP_List_Table {

	/** The time for the search of posts: the page waits for it. */
	const MAX_SEARCH_SECONDS = 2.0;

	/**
	 * The result of ProductList\parse().
	 *
	 * @var string[]
	 */
	public $filters;

	/**
	 * Whether all posts were searched for the products.
	 *
	 * @var bool
	 */
	public $is_complete = true;

	/**
	 * The result of ProductList\count_by_marketplace().
	 *
	 * @var array[]
	 */
	private $counts = array();

	/**
	 * Creates the table of the page.
	 *
	 * @param array $fields The unslashed fields of the request.
	 */
	public function __construct( array $fields = array() ) {
		$this->filters = ProductList\parse( $fields );
		parent::__construct(
			array(
				'singular' => 'product',
				'plural'   => 'products',
				'screen'   => ProductsAction\SCREEN,
			)
		);
	}

	/**
	 * Loads the products of the page with three queries, and the posts that show them with one search for all of them.
	 */
	public function prepare_items(): void {
		$this->counts = ProductList\count_by_marketplace( $this->filters['s'] );
		$size         = $this->get_items_per_page( ProductsAction\PAGE_SIZE_OPTION, ProductsAction\DEFAULT_PAGE_SIZE );
		$numbers      = $this->count_by_status();
		$total        = '' === $this->filters['status'] ? array_sum( $numbers ) : $numbers[ $this->filters['status'] ];
		$pages        = (int) ceil( $total / $size );
		$page         = max( 1, min( $this->get_pagenum(), $pages ) );
		$found        = $total ? ProductList\find_page( $this->filters, $page, $size ) : array();
		$stored       = Products\load( array_column( $found, 'asin' ) );

		// WordPress reads these fields itself, whatever their types are, and redirects from pages that do not exist.
		$_REQUEST = wp_slash( array( 'paged' => (string) $page ) + $this->filters ) + $_REQUEST; // phpcs:ignore WordPress.Security -- reads nothing: the fields are replaced by checked values.
		$this->set_pagination_args(
			array(
				'total_items' => $total,
				'per_page'    => $size,
			)
		);
		$uses = $this->find_uses( $found );
		foreach ( $found as $product ) {
			$key           = Uses\get_key( $product );
			$this->items[] = array(
				// A sync can have removed it since the first query.
				'shown' => Products\apply_expiry( $stored[ $key ] ?? array( 'seen_at' => 0, 'feed_generation' => 0 ) + Products\sanitize_product( $product ) ),
				'posts' => $uses[ $key ] ?? array(),
			) + $product;
		}
	}

	/**
	 * Finds the posts that show the products, unless their column is hidden.
	 *
	 * @param array[] $products Products with `asin` and `marketplace`.
	 * @return array[] IDs of posts by the key of the product.
	 */
	private function find_uses( array $products ): array {
		if ( in_array( 'uses', get_hidden_columns( $this->screen ), true ) ) {
			return array();
		}
		list( $uses, $this->is_complete ) = Uses\find( $products, true, '', self::MAX_SEARCH_SECONDS );
		Uses\load( array_merge( array(), ...array_values( array_map( static fn( $posts ) => array_slice( $posts, 0, MAX_NAMED_POSTS ), $uses ) ) ) );
		return $uses;
	}

	/**
	 * Returns the numbers of products of the chosen marketplace, or of all.
	 *
	 * @return int[] Numbers by status, for all statuses.
	 */
	private function count_by_status(): array {
		$numbers = array_fill_keys( ProductList\STATUSES, 0 );
		foreach ( $this->counts as $marketplace => $of_marketplace ) {
			foreach ( '' === $this->filters['marketplace'] || (string) $marketplace === $this->filters['marketplace'] ? $of_marketplace : array() as $status => $number ) {
				$numbers[ $status ] += $number;
			}
		}
		return $numbers;
	}

	/**
	 * Returns the columns.
	 *
	 * @return string[] Labels by name. The label of `cb` is HTML.
	 */
	public function get_columns(): array {
		return array(
			'cb'        => '<input type="checkbox">',
			'product'   => __( 'Product', 'amzlinkr' ),
			'price'     => __( 'Price', 'amzlinkr' ),
			'status'    => __( 'State', 'amzlinkr' ),
			'seen'      => __( 'Last seen at Amazon', 'amzlinkr' ),
			'added'     => __( 'Imported', 'amzlinkr' ),
			'uses'      => __( 'Used in', 'amzlinkr' ),
			'shortcode' => __( 'Shortcode', 'amzlinkr' ),
		);
	}

	/**
	 * Returns the columns by which the user can sort: the name in the URL, and whether the first click sorts descending.
	 */
	protected function get_sortable_columns(): array {
		return array(
			'product' => array( 'title', false ),
			'status'  => array( 'status', false ),
			'seen'    => array( 'seen', true ),
			'added'   => array( 'added', true ),
		);
	}

	/**
	 * Returns the actions for selected products that the user may run.
	 */
	protected function get_bulk_actions(): array {
		$actions = array(
			'shortcode' => __( 'Show one shortcode for all', 'amzlinkr' ),
			'remove'    => __( 'Remove', 'amzlinkr' ),
		);
		return array_filter( $actions, static fn( $action ) => current_user_can( ProductsAction\CAPABILITIES[ $action ] ), ARRAY_FILTER_USE_KEY );
	}

	/**
	 * Returns the links that select one status or all, with the number of products of each.
	 */
	protected function get_views(): array {
		$numbers = $this->count_by_status();
		$links   = array();
		foreach ( array_merge( array( '' ), ProductList\STATUSES ) as $status ) {
			$links[ 'status-' . ( '' === $status ? 'all' : $status ) ] = array(
				'url'     => ProductList\get_url( array_merge( $this->filters, array( 'status' => $status ) ) ),
				'label'   => sprintf( '%s <span class="count">(%s)</span>', esc_html( '' === $status ? __( 'All', 'amzlinkr' ) : ProductList\get_label( $status ) ), esc_html( number_format_i18n( '' === $status ? array_sum( $numbers ) : $numbers[ $status ] ) ) ),
				'current' => $status === $this->filters['status'],
			);
		}
		return $this->get_views_links( $links );
	}

	/**
	 * Prints the filter by marketplace, above the table.
	 *
	 * @param string $which `top` or `bottom`.
	 */
	protected function extra_tablenav( $which ): void {
		$codes = array_merge( array_keys( $this->counts ), array_column( Accounts\get_all(), 'marketplace' ), array( $this->filters['marketplace'] ) );
		$codes = array_unique( array_filter( array_map( 'strval', $codes ), 'strlen' ) );
		sort( $codes );
		if ( 'top' === $which && count( $codes ) > 1 ) {
			print_marketplace_filter( $codes, $this->filters['marketplace'] );
		}
	}

	/**
	 * Prints the sentence in place of rows.
	 */
	public function no_items(): void {
		$is_filtered = '' !== $this->filters['s'] . $this->filters['status'] . $this->filters['marketplace'];
		echo esc_html( $is_filtered ? __( 'No product matches.', 'amzlinkr' ) : __( 'No products are imported. Search for products, or import a list.', 'amzlinkr' ) );
	}

	/**
	 * Prints the checkbox of a row.
	 *
	 * @param array $item A product of prepare_items().
	 */
	protected function column_cb( $item ): void {
		print_checkbox( $item );
	}

	/**
	 * Prints a cell.
	 *
	 * @param array  $item        A product of prepare_items().
	 * @param string $column_name The name of the column.
	 */
	protected function column_default( $item, $column_name ): void {
		print_product_cell( $item, $column_name, $this->is_complete );
	}

	/**
	 * Returns the links below the name of a product.
	 *
	 * @param array  $item        A product of prepare_items().
	 * @param string $column_name The name of the column.
	 * @param string $primary     The name of the primary column.
	 */
	protected function handle_row_actions( $item, $column_name, $primary ): string {
		return $column_name === $primary ? $this->row_actions( get_product_actions( $item, $this->filters ) ) : '';
	}

	/**
	 * Returns whether the user may remove products.
	 */
	public function can_edit(): bool {
		return current_user_can( Rest\CAPABILITY_EDIT );
	}
}
