/**
 * The attributes of a block with several products: entries of `asin`, and texts with a part for each product.
 */
window.amzlinkrProductTexts = ( () => {
	'use strict';
	const TEXTS = [ 'title', 'text', 'bullets', 'pros', 'cons', 'badge' ];

	/** Returns the entries of the attribute `asin`: ASINs and URLs. */
	const getEntries = ( asin ) => asin.split( /[\s,;|]+/ ).filter( Boolean );

	/** Returns the parts of a text, one for each product. */
	const getParts = ( text, count ) => {
		const parts = count > 1 ? text.split( '|' ) : [ text ];
		return Array.from( { length: count }, ( _, index ) => parts[ index ] || '' );
	};

	/** Joins the parts of a text. A vertical bar separates them, so the parts contain none. */
	const joinParts = ( parts ) => ( parts.length < 2 ? parts.join( '' ) : parts.some( Boolean ) ? parts.map( ( part ) => part.replaceAll( '|', '/' ) ).join( '|' ) : '' );

	/** Returns the rows of a comparison table for another order of the products: the best products, and the author's values. */
	const arrangeRows = ( rows, order ) => {
		const arrangeLine = ( line ) => {
			const [ , name, number ] = /^\s*([a-z]+)\s*\*\s*(\d{1,2})\s*$/.exec( line ) || [];
			if ( name ) {
				const position = order.indexOf( Number( number ) - 1 );
				return position < 0 ? name : `${ name } *${ position + 1 }`;
			}
			const colon = line.indexOf( ':' );
			if ( colon < 0 ) {
				return line;
			}
			const values = line.slice( colon + 1 ).split( '|' ).map( ( value ) => value.trim() );
			return `${ line.slice( 0, colon ) }: ${ order.map( ( index ) => values[ index ] || '' ).join( ' | ' ) }`;
		};
		return rows.split( '\n' ).map( arrangeLine ).join( '\n' );
	};

	/** Returns the attributes with other products. `order` has the index of each product before, or -1 for a new one. */
	const arrange = ( attributes, entries, order ) => {
		const count = getEntries( attributes.asin ).length;
		const changed = { asin: entries.join( ',' ), rows: arrangeRows( attributes.rows, order ) };
		TEXTS.forEach( ( name ) => {
			const parts = getParts( attributes[ name ], count );
			changed[ name ] = joinParts( order.map( ( index ) => parts[ index ] || '' ) );
		} );
		return changed;
	};

	/**
	 * Returns the attributes with further products. Those of other marketplaces are added as URLs.
	 *
	 * If languages have marketplaces, products of the primary one name none, so that the language of the page decides.
	 */
	const add = ( attributes, products, { domains, primary, isByLanguage } ) => {
		const marketplace = attributes.asin ? attributes.marketplace || primary : products[ 0 ].marketplace;
		const before = getEntries( attributes.asin );
		const toEntry = ( product ) => ( product.marketplace === marketplace || ! domains[ product.marketplace ] ? product.asin : `https://${ domains[ product.marketplace ] }/dp/${ product.asin }` );
		const entries = [ ...before, ...products.map( toEntry ) ];
		const unique = [ ...new Set( entries ) ];
		return { marketplace: isByLanguage && marketplace === primary ? '' : marketplace, ...arrange( attributes, unique, unique.map( ( entry ) => before.indexOf( entry ) ) ) };
	};

	/** Returns the attributes without a product, or with it at another place. */
	const move = ( attributes, index, to ) => {
		const order = getEntries( attributes.asin ).map( ( _, position ) => position );
		const [ moved ] = order.splice( index, 1 );
		if ( to !== undefined ) {
			order.splice( to, 0, moved );
		}
		const entries = getEntries( attributes.asin );
		return arrange( attributes, order.map( ( position ) => entries[ position ] ), order );
	};

	return { getEntries, getParts, joinParts, add, move };
} )();
