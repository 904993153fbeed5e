/**
 * The import page: a pasted list.
 */
( () => {
	'use strict';
	const { importInto } = window.amzlinkr;
	const form = document.getElementById( 'amzlinkr-import' );
	if ( ! form ) {
		return;
	}
	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		const items = form.elements.list.value.split( /[\s,;]+/ ).filter( Boolean );
		if ( items.length ) {
			importInto( document.getElementById( 'amzlinkr-imported' ), form.querySelector( '[type=submit]' ), items, form.elements.marketplace.value );
		}
	} );
} )();
