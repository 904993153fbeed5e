/**
 * Takes prices back on pages that were kept until nobody may show them any more: in a cache on the way,
 * or in an open window.
 */
( () => {
	'use strict';
	const takeBack = ( box ) => {
		box.removeAttribute( 'data-until' );
		box.querySelectorAll( '.amzlinkr-box__price, .amzlinkr-box__availability, .amzlinkr-box__time' ).forEach( ( part ) => part.remove() );
		box.querySelectorAll( '[data-later]' ).forEach( ( link ) => {
			link.textContent = link.dataset.later;
		} );
	};
	const look = () =>
		document.querySelectorAll( '.amzlinkr-box[data-until]' ).forEach( ( box ) => {
			if ( Date.now() >= box.dataset.until * 1000 ) {
				takeBack( box );
			}
		} );

	look();
	setInterval( look, 60000 );
	document.addEventListener( 'visibilitychange', look );
} )();
