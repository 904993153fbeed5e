/**
 * The list of products: refresh now, and remove.
 */
( () => {
	'use strict';
	const { __ } = wp.i18n;
	const { busy, call, notice } = window.amzlinkr;
	const refresh = document.getElementById( 'amzlinkr-refresh' );
	if ( ! refresh ) {
		return;
	}
	const place = document.getElementById( 'amzlinkr-refreshed' );

	refresh.addEventListener( 'click', () =>
		busy( refresh, place, async () => {
			const done = await call( 'POST', '/refresh' );
			if ( done.succeeded_at ) {
				document.getElementById( 'amzlinkr-synced' ).textContent = done.succeeded_at;
			}
			return notice( 'success', __( 'The service checks every price within five minutes. New ones arrive with the sync after that.', 'amzlinkr' ) );
		} )
	);

	document.getElementById( 'amzlinkr-products' ).addEventListener( 'click', ( event ) => {
		const button = event.target.closest( '[data-remove]' );
		if ( button && window.confirm( __( 'Remove this product? Boxes in posts that show it become empty.', 'amzlinkr' ) ) ) {
			busy( button, place, async () => {
				await call( 'DELETE', `/products/${ button.dataset.remove }` );
				button.closest( 'tr' ).remove();
				return notice( 'success', __( 'Removed.', 'amzlinkr' ) );
			} );
		}
	} );
} )();
