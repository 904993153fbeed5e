/**
 * Counts clicks on links to Amazon: sends the ASIN, the Amazon site and the post to this site. The links stay unaltered.
 *
 * It sends nothing about the visitor, sets no cookie, and sends nothing at all if the browser objects.
 */
( () => {
	'use strict';
	const AMAZON_HOST = /^(?:[a-z0-9-]+\.)?amazon\.[a-z]{2,3}(?:\.[a-z]{2})?$/;
	const ASIN = /\/(?:dp|gp\/product)\/([A-Z0-9]{10})(?:[/?#]|$)/;
	const { url } = window.amzlinkrClicks || {};
	if ( ! url || ! navigator.sendBeacon || navigator.doNotTrack === '1' || navigator.globalPrivacyControl ) {
		return;
	}

	/** Sends a click on a link to Amazon. */
	const send = ( event ) => {
		const link = event.target.closest && event.target.closest( '[data-amzlinkr-post] a[href]' );
		// The middle button opens a link too, the right one does not. Scripts click without a visitor.
		if ( ! link || ! event.isTrusted || event.button > 1 || ! AMAZON_HOST.test( link.hostname ) ) {
			return;
		}
		const [ , asin ] = ASIN.exec( link.pathname ) || [];
		const { amzlinkrPost } = link.closest( '[data-amzlinkr-post]' ).dataset;
		if ( asin ) {
			navigator.sendBeacon( url, new URLSearchParams( { asin, host: link.hostname, post: amzlinkrPost } ) );
		}
	};

	document.addEventListener( 'click', send );
	document.addEventListener( 'auxclick', send );
} )();
