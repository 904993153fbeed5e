/**
 * Removes expired lists from pages that were cached or kept open for too long: 24 hours after the products were seen,
 * a list is replaced by the author's text, or removed.
 */
( () => {
	'use strict';
	const MAX_CHECK_INTERVAL_MS = 60000;
	let timer;

	/** Replaces a list by the author's text. */
	const replaceByText = ( list ) => {
		const text = list.dataset.fallback;
		if ( ! text ) {
			list.remove();
			return;
		}
		const paragraph = document.createElement( 'p' );
		paragraph.className = 'amzlinkr-list__fallback';
		paragraph.textContent = text;
		list.replaceWith( paragraph );
	};

	/** Checks all lists of the page, and again when the next time has passed. A text that is no time never passes. */
	const checkLists = () => {
		const times = [];
		document.querySelectorAll( '.amzlinkr-list[data-until]' ).forEach( ( list ) => {
			const time = list.dataset.until * 1000;
			if ( Date.now() >= time ) {
				replaceByText( list );
			} else if ( Date.now() < time ) {
				times.push( time );
			}
		} );
		clearTimeout( timer );
		timer = setTimeout( checkLists, Math.min( MAX_CHECK_INTERVAL_MS, Math.min( ...times ) - Date.now() ) );
	};

	checkLists();
	// Browsers stop timers of hidden pages.
	document.addEventListener( 'visibilitychange', checkLists );
} )();
