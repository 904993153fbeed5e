<?php
/**
 * The displays of other plugins, and what each becomes. To support another one, add a line here.
 *
 * The sources of the values are in docs/migration.md.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\MigrationDisplays;

defined( 'ABSPATH' ) || exit;

/**
 * What each display of another plugin becomes: further attributes of `[amzlinkr]`. A display with null has no equivalent:
 * it is listed with a reason, and its products can be imported.
 *
 * `compact` and `boxes` are boxes below each other; `field`, `history` and `text` are other fields, a price history, and a
 * text with buttons; `table`, `collection` and `group` are stored by the other plugin.
 */
const DISPLAYS = array(
	'box'        => array(),
	'boxes'      => array( 'display' => 'box' ),
	'vertical'   => array(
		'display' => 'grid',
		'layout'  => 'vertical',
	),
	'compact'    => array(
		'display' => 'box',
		'layout'  => 'compact',
	),
	'grid'       => array( 'display' => 'grid' ),
	'list'       => array( 'display' => 'list' ),
	'comparison' => array( 'display' => 'table' ),
	'link'       => array( 'display' => 'link' ),
	'image'      => array( 'display' => 'image' ),
	'button'     => array( 'display' => 'button' ),
	'price'      => array( 'display' => 'price' ),
	'title'      => array( 'display' => 'title' ),
	'savings'    => array( 'display' => 'savings' ),
	'field'      => null,
	'history'    => null,
	'text'       => null,
	'table'      => null,
	'search'     => null,
	'collection' => null,
	'group'      => null,
);

/** The display of several products, of plugins that show no grid. */
const SEVERAL = array( 'aawp' => 'boxes' );

const AAWP_VALUES = array(
	'box'   => array(
		'template' => array(
			'horizontal' => 'box',
			'vertical'   => 'vertical',
			'list'       => 'compact',
			'table'      => 'compact',
		),
	),
	'field' => array(
		'value' => array(
			'title'                   => 'title',
			'link'                    => 'link',
			'thumb'                   => 'image',
			'price'                   => 'price',
			'button'                  => 'button',
			'percentage_saved'        => 'savings',
			'price_saving_percentage' => 'savings',
		),
	),
);

/** By shortcode and display: the display with a certain value of an attribute. */
const VALUES = array(
	'amazon'            => AAWP_VALUES,
	'aawp'              => AAWP_VALUES,
	'amazon_link'       => array(
		'box' => array(
			'template' => array(
				'ProductAd'       => 'box',
				'ProductGrid'     => 'grid',
				'ProductCarousel' => 'grid',
				'ProductLink'     => 'link',
				'PriceLink'       => 'price',
				'Image'           => 'image',
			),
		),
	),
	'content-egg'       => array(
		'box' => array(
			'template' => array(
				'item'  => 'box',
				'grid'  => 'grid',
				'list'  => 'compact',
				'price' => 'field',
			),
		),
	),
	'content-egg-block' => array(
		'box' => array(
			'template' => array(
				'offers_list'      => 'compact',
				'offers_grid'      => 'grid',
				'price_comparison' => 'compact',
				'text_links'       => 'compact',
				'price_history'    => 'history',
				'price_statistics' => 'history',
			),
		),
	),
	'lasso'             => array(
		'box' => array(
			'type' => array(
				'link'   => 'link',
				'button' => 'button',
				'image'  => 'image',
				'table'  => 'table',
			),
		),
	),
);
