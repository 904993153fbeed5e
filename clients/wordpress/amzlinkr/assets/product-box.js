/**
 * Removes expired data from pages that were cached or kept open for too long: an offer at the end of its deal, and all
 * data from Amazon 24 hours after its product was seen. The author's own content stays.
 *
 * A box stands alone. Other displays are in a sentence or in a cell of a table (`amzlinkr-inline`).
 */
( () => {
	'use strict';
	const MAX_CHECK_INTERVAL_MS = 60000;
	// An author can write elements like a box, with any attributes. WordPress removes only their scripts.
	const AMAZON_LINK = /^https:\/\/(?:[a-z0-9-]+\.)?amazon\.[a-z]{2,3}(?:\.[a-z]{2})?\/[!-~]+$/;
	const OFFER_PARTS = [ 'deal', 'price', 'condition' ].map( ( part ) => `.amzlinkr-box__${ part }` ).join( ', ' );
	const OWN_PARTS = '[data-own], .amzlinkr-box__text, .amzlinkr-box__buy, .amzlinkr-box__small, .amzlinkr-box__statement';
	const PARTS = ':scope > *, .amzlinkr-box__text > *, .amzlinkr-box__small > *';
	const DETAILS = '.amzlinkr-box__details, .amzlinkr-box__time';

	/** Changes the text of the link of a box without an offer. */
	const changeLinkText = ( box ) =>
		box.querySelectorAll( '[data-later]' ).forEach( ( link ) => {
			link.textContent = link.dataset.later;
		} );

	/** Removes the offer from a box, and changes the text of its link. */
	const removeOffer = ( box ) => {
		box.removeAttribute( 'data-offer-until' );
		box.querySelectorAll( OFFER_PARTS ).forEach( ( part ) => part.remove() );
		if ( ! box.querySelector( '.amzlinkr-box__availability' ) ) {
			box.querySelectorAll( DETAILS ).forEach( ( part ) => part.remove() );
		}
		changeLinkText( box );
	};

	/** Removes an element, and its row of a table if it was the last value in it. */
	const remove = ( element ) => {
		const cell = element.closest( 'td' );
		const row = element.closest( '.amzlinkr-table tbody tr' );
		element.remove();
		if ( cell && ! cell.children.length ) {
			cell.textContent = '';
		}
		if ( row && ! row.querySelector( 'td > *' ) ) {
			row.remove();
		}
	};

	/** Removes the time and the disclaimer below several products when none of them has data from Amazon. */
	const removeCommonDetails = () =>
		document.querySelectorAll( '.amzlinkr-list__small' ).forEach( ( small ) => {
			if ( ! small.parentElement.querySelector( '[data-until]' ) && ! small.parentElement.matches( '[data-until]' ) ) {
				small.querySelectorAll( DETAILS ).forEach( ( part ) => part.remove() );
			}
		} );

	/** Removes all data from Amazon except the ASIN from a box with content of the author. */
	const keepOwnContent = ( box ) => {
		[ 'data-until', 'data-offer-until' ].forEach( ( name ) => box.removeAttribute( name ) );
		box.querySelectorAll( PARTS ).forEach( ( part ) => part.matches( OWN_PARTS ) || part.remove() );
		box.querySelectorAll( 'a' ).forEach( ( anchor ) => {
			anchor.href = box.dataset.link;
		} );
		changeLinkText( box );
	};

	/** Replaces a box by a link that contains no data from Amazon except the ASIN. Without a link to Amazon, removes it. */
	const removeContent = ( box ) => {
		const { asin, link, linkText } = box.dataset;
		const isInline = box.matches( '.amzlinkr-inline' );
		if ( ! AMAZON_LINK.test( link ) ) {
			remove( box );
			return;
		}
		if ( box.querySelector( '[data-own]' ) ) {
			keepOwnContent( box );
			return;
		}
		const anchor = document.createElement( 'a' );
		Object.assign( anchor, { href: link, rel: 'sponsored nofollow noopener', target: '_blank', textContent: linkText } );
		const paragraph = document.createElement( isInline ? 'span' : 'p' );
		paragraph.className = 'amzlinkr-link';
		paragraph.dataset.asin = asin;
		paragraph.append( anchor );
		const statement = box.querySelector( '.amzlinkr-box__statement' );
		if ( statement ) {
			const small = document.createElement( 'small' );
			small.className = 'amzlinkr-link__statement';
			small.textContent = statement.textContent;
			paragraph.append( ' ', small );
		}
		box.replaceWith( paragraph );
	};

	/** Applies a function to the boxes of which a time has passed. Returns the other times, in milliseconds. */
	const apply = ( attribute, change ) => {
		const times = [];
		document.querySelectorAll( `:is(.amzlinkr-box, .amzlinkr-inline)[${ attribute }]` ).forEach( ( box ) => {
			const time = box.getAttribute( attribute ) * 1000;
			if ( Date.now() >= time ) {
				change( box );
			} else if ( Date.now() < time ) {
				times.push( time );
			}
			// A text that is no time is neither.
		} );
		return times;
	};

	let timer;

	/** Checks all boxes of the page, and again when the next time has passed. */
	const checkBoxes = () => {
		const times = [ ...apply( 'data-until', removeContent ), ...apply( 'data-offer-until', removeOffer ) ];
		removeCommonDetails();
		clearTimeout( timer );
		timer = setTimeout( checkBoxes, Math.min( MAX_CHECK_INTERVAL_MS, Math.min( ...times ) - Date.now() ) );
	};

	checkBoxes();
	// Browsers stop timers of hidden pages.
	document.addEventListener( 'visibilitychange', checkBoxes );
} )();
