<?php
/**
 * The abilities of the plugin for WordPress's Abilities API (WordPress 6.9 and newer): search, import and read products.
 *
 * Each requires the capability of the REST route that does the same, and counts for the limits of users.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Abilities;

use AmzLinkr\Box;
use AmzLinkr\Products;
use AmzLinkr\Rest;
use AmzLinkr\RouteCalls;
use WP_Error;

defined( 'ABSPATH' ) || exit;

const CATEGORY = 'amzlinkr';

/** The service imports up to this many products inline and returns their results. */
const MAX_IMPORT_ITEMS = 10;

add_action( 'wp_abilities_api_categories_init', __NAMESPACE__ . '\register_category' );
add_action( 'wp_abilities_api_init', __NAMESPACE__ . '\register' );

/**
 * Registers the category of the abilities.
 */
function register_category(): void {
	wp_register_ability_category(
		CATEGORY,
		array(
			'label'       => __( 'Amazon products', 'amzlinkr' ),
			'description' => __( 'Amazon products of this site, with current prices. Amazon’s license permits no data to be kept or shown for longer than 24 hours, except the ASIN.', 'amzlinkr' ),
		)
	);
}

/**
 * Registers the abilities.
 */
function register(): void {
	$fields   = Rest\get_field_schemas();
	$products = array(
		'type'  => 'array',
		'items' => get_product_schema(),
	);
	add(
		'search-products',
		array(
			'label'            => __( 'Search products', 'amzlinkr' ),
			'description'      => __( 'Searches Amazon, and returns a page of products with their current prices. Prices in the search are in the smallest unit of the currency.', 'amzlinkr' ),
			'input_schema'     => get_object_schema( array_intersect_key( $fields, array_flip( Rest\SEARCH_FIELDS ) ) ),
			'output_schema'    => get_object_schema( array( 'items' => $products ) + array_fill_keys( array( 'total', 'page', 'pages' ), array( 'type' => 'integer' ) ) ),
			'execute_callback' => static fn( $input ) => to_result( RouteCalls\call( 'search', 'GET', (array) $input ) ),
		),
		Rest\CAPABILITY_SEARCH,
		true
	);
	add(
		'import-products',
		array(
			'label'            => __( 'Import products', 'amzlinkr' ),
			'description'      => __( 'Imports up to ten products by their ASINs or Amazon URLs, so that they can be shown in posts.', 'amzlinkr' ),
			'input_schema'     => get_object_schema(
				array(
					'items'       => array( 'maxItems' => MAX_IMPORT_ITEMS ) + array_diff_key( $fields['items'], array( 'required' => 0 ) ),
					'marketplace' => $fields['marketplace'],
				),
				array( 'items' )
			),
			'output_schema'    => get_object_schema(
				array(
					'results' => array(
						'type'  => 'array',
						'items' => get_object_schema( array_fill_keys( array( 'input', 'asin', 'marketplace', 'status', 'detail', 'action' ), array( 'type' => 'string' ) ) ),
					),
				)
			),
			'execute_callback' => static fn( $input ) => to_result( RouteCalls\call( 'import', 'POST', (array) $input ) ),
		),
		Rest\CAPABILITY_IMPORT,
		false
	);
	add(
		'get-product',
		array(
			'label'            => __( 'Get a product', 'amzlinkr' ),
			'description'      => __( 'Returns the data of an imported product that may be shown now, without a call to the service.', 'amzlinkr' ),
			'input_schema'     => get_object_schema(
				array(
					'asin'        => get_identifier_schema( 'asin' ),
					'marketplace' => get_identifier_schema( 'marketplace' ),
				),
				array( 'asin', 'marketplace' )
			),
			'output_schema'    => get_product_schema(),
			'execute_callback' => __NAMESPACE__ . '\get_product',
		),
		Rest\CAPABILITY_SEARCH,
		true
	);
}

/**
 * Adds an ability.
 *
 * @param string $name       The name without its namespace.
 * @param array  $ability    Its texts, schemas and function.
 * @param string $capability The capability that it requires.
 * @param bool   $is_reading Whether it changes nothing on this site.
 */
function add( string $name, array $ability, string $capability, bool $is_reading ): void {
	$meta = array(
		'show_in_rest' => true,
		'annotations'  => array(
			'readonly'    => $is_reading,
			'destructive' => false,
			'idempotent'  => true,
		),
	);
	wp_register_ability(
		"amzlinkr/$name",
		$ability + array(
			'category'            => CATEGORY,
			'permission_callback' => static fn() => current_user_can( $capability ),
			'meta'                => $meta,
		)
	);
}

/**
 * Returns the data of an imported product that may be shown now.
 *
 * @param array $input The `asin` and `marketplace`.
 * @return array|WP_Error
 */
function get_product( array $input ) {
	$product = Products\find( $input['asin'], $input['marketplace'] );
	return $product ? Box\get_template_data( $product ) : new WP_Error(
		'not_imported',
		__( 'This product is not imported.', 'amzlinkr' ),
		array(
			'status' => 404,
			'action' => __( 'Import it first.', 'amzlinkr' ),
		)
	);
}

/**
 * Returns a result, or its error with a status for WordPress's REST API.
 *
 * @param array|WP_Error $result A result of RouteCalls\call().
 * @return array|WP_Error
 */
function to_result( $result ) {
	return is_wp_error( $result ) ? Rest\to_rest_response( $result ) : $result;
}

/**
 * Returns the schema of a product.
 */
function get_product_schema(): array {
	$texts   = array( 'asin', 'marketplace', 'title', 'brand', 'url', 'image', 'price', 'list_price', 'availability', 'as_of', 'disclaimer', 'link' );
	$numbers = array( 'savings_percent', 'shown_until', 'offer_until' );
	return get_object_schema( array_fill_keys( $texts, array( 'type' => 'string' ) ) + array_fill_keys( $numbers, array( 'type' => 'integer' ) ) );
}

/**
 * Returns the schema of an ASIN or marketplace.
 *
 * @param string $name A key of Rest\URL_PARAMETERS.
 */
function get_identifier_schema( string $name ): array {
	return array(
		'type'    => 'string',
		'pattern' => Rest\URL_PARAMETERS[ $name ],
	);
}

/**
 * Returns the schema of an object.
 *
 * @param array[]  $properties The schemas of its fields.
 * @param string[] $required   The fields that it must have.
 */
function get_object_schema( array $properties, array $required = array() ): array {
	return array_filter(
		array(
			'type'       => 'object',
			'properties' => $properties,
			'required'   => $required,
		)
	);
}
