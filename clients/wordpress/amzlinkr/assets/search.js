/**
 * The search page: cards with pictures and prices, paging, and the import of what is ticked.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { busy, call, element, importInto, notice } = window.amzlinkr;
	const form = document.getElementById( 'amzlinkr-search' );
	if ( ! form ) {
		return;
	}
	const place = document.getElementById( 'amzlinkr-found' );
	const imported = document.getElementById( 'amzlinkr-imported' );
	const submit = form.querySelector( '[type=submit]' );

	/** Prices are typed in the currency, and asked for in its smallest unit. */
	const asked = ( page ) => {
		const query = Object.fromEntries( new FormData( form ) );
		[ 'min_price', 'max_price' ].forEach( ( field ) => {
			query[ field ] = query[ field ] ? Math.round( Number( query[ field ] ) * 10 ** decimals( query.marketplace ) ) : '';
		} );
		return { ...query, page };
	};
	const decimals = ( marketplace ) => window.amzlinkrData.decimals[ marketplace ] ?? 2;

	const card = ( product ) => {
		const box = element( 'input', { type: 'checkbox', value: product.asin, 'data-marketplace': product.marketplace } );
		return element(
			'label',
			{ class: 'amzlinkr-card' },
			box,
			product.image ? element( 'img', { src: product.image, alt: '', loading: 'lazy' } ) : '',
			element( 'span', { class: 'amzlinkr-card__title' }, product.title ),
			element( 'span', { class: 'description' }, product.brand ),
			element( 'strong', {}, product.price || __( 'No price', 'amzlinkr' ) ),
			/* translators: %s: a date and time */
			element( 'span', { class: 'description' }, sprintf( __( 'as of %s', 'amzlinkr' ), product.as_of ) ),
			element( 'code', {}, product.asin )
		);
	};

	const pageButton = ( text, number, pages ) => {
		const button = element( 'button', { type: 'button', class: 'button' }, text );
		button.disabled = number < 1 || number > pages;
		button.addEventListener( 'click', () => search( number ) );
		return button;
	};

	const results = ( found ) => {
		if ( ! found.items.length ) {
			return notice( 'info', __( 'Nothing was found. Try other words or fewer filters.', 'amzlinkr' ) );
		}
		const cards = element( 'div', { class: 'amzlinkr-cards' }, ...found.items.map( card ) );
		const start = element( 'button', { type: 'button', class: 'button button-primary' }, __( 'Import what is ticked', 'amzlinkr' ) );
		start.addEventListener( 'click', () => {
			const ticked = [ ...cards.querySelectorAll( 'input:checked' ) ];
			if ( ticked.length ) {
				importInto( imported, start, ticked.map( ( box ) => box.value ), ticked[ 0 ].dataset.marketplace );
			}
		} );
		/* translators: 1: a page number, 2: how many pages */
		const where = sprintf( __( 'Page %1$d of %2$d', 'amzlinkr' ), found.page, found.pages );
		wp.a11y.speak( where );
		return [
			cards,
			element(
				'p',
				{ class: 'amzlinkr-pages' },
				window.amzlinkrData.mayImport ? start : null,
				pageButton( __( 'Previous', 'amzlinkr' ), found.page - 1, found.pages ),
				element( 'span', {}, where ),
				pageButton( __( 'Next', 'amzlinkr' ), found.page + 1, found.pages )
			),
		];
	};

	const search = ( page ) => busy( submit, place, async () => results( await call( 'GET', '/search', asked( page ) ) ) );

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		search( 1 );
	} );
} )();
