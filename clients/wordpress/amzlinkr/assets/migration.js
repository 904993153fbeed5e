/**
 * The page that finds Amazon products in posts: runs the search slice by slice, and imports the products.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { call, element, importInto, notice, runWithSpinner } = window.amzlinkr;
	const searchButton = document.getElementById( 'amzlinkr-migration-search' );
	if ( ! searchButton ) {
		return;
	}
	const target = document.getElementById( 'amzlinkr-migration-searched' );
	const importButton = document.getElementById( 'amzlinkr-migration-import' );

	searchButton.addEventListener( 'click', () =>
		runWithSpinner( searchButton, target, async () => {
			let restart = searchButton.dataset.restart === '1';
			const progress = element( 'span', { class: 'amzlinkr-progress' } );
			target.append( progress );
			for ( ;; ) {
				const state = await call( 'POST', [ 'migration', 'search' ], { restart } );
				// If the next request fails, the button continues this search.
				searchButton.dataset.restart = '';
				restart = false;
				if ( state.is_done ) {
					window.location.assign( window.location.pathname + '?page=amzlinkr-migration' );
					return notice( 'success', __( 'The search has ended.', 'amzlinkr' ) );
				}
				/* translators: %d: a number */
				progress.textContent = sprintf( __( 'Found so far: %d', 'amzlinkr' ), state.found );
			}
		} )
	);

	if ( importButton ) {
		importButton.addEventListener( 'click', async () => {
			const imported = document.getElementById( 'amzlinkr-imported' );
			let items = [];
			await runWithSpinner( importButton, imported, async () => {
				items = ( await call( 'GET', [ 'migration', 'products' ] ) ).items;
				return items.length ? null : notice( 'info', __( 'There is nothing to import.', 'amzlinkr' ) );
			} );
			if ( items.length ) {
				await importInto( imported, importButton, items, '' );
			}
		} );
	}
} )();
