<?php
/**
 * The sites of Amazon's Associates program, where an owner finds tags and creates keys.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\AssociatesCentral;

use AmzLinkr\Accounts;

defined( 'ABSPATH' ) || exit;

/** The host for each marketplace (PA-API 5.0 documentation, “Sign up as an Amazon Associate”). */
const HOSTS = array(
	'US' => 'affiliate-program.amazon.com',
	'CA' => 'associates.amazon.ca',
	'MX' => 'afiliados.amazon.com.mx',
	'BR' => 'associados.amazon.com.br',
	'UK' => 'affiliate-program.amazon.co.uk',
	'DE' => 'partnernet.amazon.de',
	'FR' => 'partenaires.amazon.fr',
	'IT' => 'programma-affiliazione.amazon.it',
	'ES' => 'afiliados.amazon.es',
	'NL' => 'partnernet.amazon.nl',
	'BE' => 'affiliate-program.amazon.com.be',
	'IE' => 'affiliate-program.amazon.ie',
	'PL' => 'affiliate-program.amazon.pl',
	'SE' => 'affiliate-program.amazon.se',
	'TR' => 'gelirortakligi.amazon.com.tr',
	'AE' => 'affiliate-program.amazon.ae',
	'SA' => 'affiliate-program.amazon.sa',
	'EG' => 'affiliate-program.amazon.eg',
	'IN' => 'affiliate-program.amazon.in',
	'JP' => 'affiliate.amazon.co.jp',
	'AU' => 'affiliate-program.amazon.com.au',
	'SG' => 'affiliate-program.amazon.sg',
);

/**
 * Returns the URL of Associates Central for a marketplace.
 *
 * @param string $marketplace A marketplace code.
 * @return string A URL, or an empty string if the site is not known.
 */
function get_url( string $marketplace ): string {
	return isset( HOSTS[ $marketplace ] ) ? 'https://' . HOSTS[ $marketplace ] . '/' : '';
}

/**
 * Returns the links for the script of the settings.
 *
 * @return array[] `url` and `text` by marketplace code.
 */
function get_links(): array {
	$links = array();
	foreach ( Accounts\get_marketplaces() as $code => $marketplace ) {
		$url = get_url( (string) $code );
		if ( '' !== $url ) {
			$links[ $code ] = array( 'url' => $url, 'text' => get_text( $marketplace ) );
		}
	}
	return $links;
}

/**
 * Returns the text of the link for a marketplace.
 *
 * @param array $marketplace An entry of Accounts\get_marketplaces().
 */
function get_text( array $marketplace ): string {
	/* translators: %s: a country, in English */
	return sprintf( __( 'Open Associates Central (%s)', 'amzlinkr' ), $marketplace['name'] );
}
