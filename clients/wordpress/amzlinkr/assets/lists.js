/**
 * The page of lists: deletes a list after a confirmation.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { call, notice, runWithSpinner } = window.amzlinkr;
	const table = document.getElementById( 'amzlinkr-lists' );
	if ( ! table ) {
		return;
	}
	const target = document.getElementById( 'amzlinkr-lists-changed' );

	table.addEventListener( 'click', ( event ) => {
		const button = event.target.closest( '[data-name]' );
		if ( ! button ) {
			return;
		}
		const { name, uses } = button.dataset;
		/* translators: 1: the name of a list, 2: a number */
		const question = sprintf( __( 'Delete the list “%1$s”? Number of posts that show it: %2$s. They show your text in its place, or nothing.', 'amzlinkr' ), name, uses );
		if ( window.confirm( question ) ) {
			runWithSpinner( button, target, async () => {
				await call( 'DELETE', [ 'lists', name ] );
				button.closest( 'tr' ).remove();
				return notice( 'success', __( 'Deleted.', 'amzlinkr' ) );
			} );
		}
	} );
} )();
