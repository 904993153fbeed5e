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

	/** Returns the entries of a line: one for each ASIN or URL, or the whole line if it contains other words, as shared links do. */
	const parseLine = ( line ) => {
		// URLs can contain commas and semicolons, so only those at the end of an entry are separators.
		const entries = line.split( /\s+/ ).map( ( entry ) => entry.replace( /[,;]+$/, '' ) ).filter( Boolean );
		const isEach = entries.every( ( entry ) => /^(b\d[a-z0-9]{8}|\d{9}[\dx])$|[/.]\S/i.test( entry ) );
		return isEach ? entries : [ line.trim() ];
	};

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		const items = form.elements.list.value.split( /[\r\n]+/ ).flatMap( parseLine );
		if ( items.length ) {
			importInto( document.getElementById( 'amzlinkr-imported' ), form.querySelector( '[type=submit]' ), items, form.elements.marketplace.value );
		}
	} );
} )();
