/**
 * The list of products that need attention: removes products that no post shows.
 */
( () => {
	'use strict';
	const { __ } = wp.i18n;
	const { call, notice, runWithSpinner } = window.amzlinkr;
	const table = document.getElementById( 'amzlinkr-attention' );
	if ( ! table ) {
		return;
	}
	const target = document.getElementById( 'amzlinkr-removed' );

	table.addEventListener( 'click', ( event ) => {
		const button = event.target.closest( '[data-asin]' );
		if ( button && window.confirm( __( 'Remove this product? Boxes with this product become empty.', 'amzlinkr' ) ) ) {
			runWithSpinner( button, target, async () => {
				await call( 'DELETE', [ 'products', button.dataset.marketplace, button.dataset.asin ] );
				button.closest( 'tr' ).remove();
				return notice( 'success', __( 'Removed.', 'amzlinkr' ) );
			} );
		}
	} );
} )();
