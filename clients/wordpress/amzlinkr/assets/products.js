/**
 * The list of products: refreshes prices and removes products.
 */
( () => {
	'use strict';
	const { __ } = wp.i18n;
	const { call, notice, runWithSpinner } = window.amzlinkr;
	const refresh = document.getElementById( 'amzlinkr-refresh' );
	if ( ! refresh ) {
		return;
	}
	const target = document.getElementById( 'amzlinkr-refreshed' );

	refresh.addEventListener( 'click', () =>
		runWithSpinner( refresh, target, async () => {
			const result = await call( 'POST', [ 'refresh' ] );
			if ( result.succeeded_at ) {
				document.getElementById( 'amzlinkr-synced' ).textContent = result.succeeded_at;
			}
			return notice( 'success', __( 'The service checks all prices within five minutes. The next sync then brings the changes to this site.', 'amzlinkr' ) );
		} )
	);

	document.getElementById( 'amzlinkr-products' ).addEventListener( 'click', ( event ) => {
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
