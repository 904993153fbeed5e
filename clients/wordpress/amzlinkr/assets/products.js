/**
 * The list of products: refreshes prices without a new page, and asks before products are removed.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { call, notice, runWithSpinner } = window.amzlinkr;
	const products = document.getElementById( 'amzlinkr-products' );
	if ( ! products ) {
		return;
	}
	const refresh = document.getElementById( 'amzlinkr-refresh' );
	const target = document.getElementById( 'amzlinkr-refreshed' );

	if ( refresh ) {
		refresh.addEventListener( 'click', ( event ) => {
			event.preventDefault();
			runWithSpinner( refresh, target, async () => {
				const result = await call( 'POST', [ 'refresh' ] );
				if ( result.succeeded_at ) {
					document.getElementById( 'amzlinkr-synced' ).textContent = result.succeeded_at;
				}
				const problems = result.problems || [];
				return notice( problems.length ? 'warning' : 'success', __( 'The service checks all prices within five minutes. The next sync then brings the changes to this site.', 'amzlinkr' ), ...problems );
			} );
		} );
	}

	products.addEventListener( 'click', ( event ) => {
		const isRemoval = event.target.closest( '.submitdelete' );
		if ( isRemoval && ! window.confirm( __( 'Remove this product? Boxes with this product become empty.', 'amzlinkr' ) ) ) {
			event.preventDefault();
		}
	} );

	products.addEventListener( 'submit', ( event ) => {
		const count = products.querySelectorAll( '[name="product[]"]:checked' ).length;
		const isAction = event.submitter && [ 'doaction', 'doaction2' ].includes( event.submitter.id );
		if ( ! isAction || ! count || products.querySelector( '[name="action"]' ).value !== 'remove' ) {
			return;
		}
		/* translators: %d: a number */
		if ( ! window.confirm( sprintf( __( 'Remove the selected products (%d)? Boxes with these products become empty.', 'amzlinkr' ), count ) ) ) {
			event.preventDefault();
		}
	} );
} )();
