/**
 * The import page: imports the entries of a pasted list.
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
		// URLs can contain commas and semicolons, so only those at the end of an entry are separators.
		const items = form.elements.list.value.split( /\s+/ ).map( ( entry ) => entry.replace( /[,;]+$/, '' ) ).filter( Boolean );
		if ( items.length ) {
			importInto( document.getElementById( 'amzlinkr-imported' ), form.querySelector( '[type=submit]' ), items, form.elements.marketplace.value );
		}
	} );
} )();
