/**
 * Removes expired prices from pages that were cached or kept open for too long.
 */
( () => {
	'use strict';
	const CHECK_INTERVAL_MS = 60000;

	/** Removes price, availability and time from a box, and changes the text of its link. */
	const removeExpiredData = ( box ) => {
		box.removeAttribute( 'data-until' );
		box.querySelectorAll( '.amzlinkr-box__price, .amzlinkr-box__availability, .amzlinkr-box__time' ).forEach( ( part ) => part.remove() );
		box.querySelectorAll( '[data-later]' ).forEach( ( link ) => {
			link.textContent = link.dataset.later;
		} );
	};

	/** Checks all boxes of the page. */
	const checkBoxes = () =>
		document.querySelectorAll( '.amzlinkr-box[data-until]' ).forEach( ( box ) => {
			if ( Date.now() >= box.dataset.until * 1000 ) {
				removeExpiredData( box );
			}
		} );

	checkBoxes();
	setInterval( checkBoxes, CHECK_INTERVAL_MS );
	// Browsers stop timers of hidden pages.
	document.addEventListener( 'visibilitychange', checkBoxes );
} )();
