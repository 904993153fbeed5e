/**
 * The search page: shows results as cards, changes pages, and imports the selected products.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { call, element, importInto, notice, runWithSpinner } = window.amzlinkr;
	const form = document.getElementById( 'amzlinkr-search' );
	if ( ! form ) {
		return;
	}
	const target = document.getElementById( 'amzlinkr-found' );
	const importTarget = document.getElementById( 'amzlinkr-imported' );
	const submit = form.querySelector( '[type=submit]' );

	/** Returns the query for a page of results. Prices are converted to minor units, such as cents. */
	const getQuery = ( page ) => {
		const query = Object.fromEntries( new FormData( form ) );
		// The service searches products in stock unless it is asked not to.
		query.in_stock = String( form.elements.in_stock.checked );
		[ 'min_price', 'max_price' ].forEach( ( field ) => {
			query[ field ] = query[ field ] ? Math.round( Number( query[ field ] ) * 10 ** getDecimals( query.marketplace ) ) : '';
		} );
		return { ...query, page };
	};

	/** Returns the number of decimals of a marketplace's currency. */
	const getDecimals = ( marketplace ) => window.amzlinkrData.decimals[ marketplace ] ?? 2;

	/** Creates the card of a product with its checkbox. */
	const card = ( product ) => {
		const checkbox = element( 'input', { type: 'checkbox', value: product.asin, 'data-marketplace': product.marketplace } );
		const terms = [ product.price_access, product.condition ].filter( Boolean ).join( ' · ' );
		return element(
			'label',
			{ class: 'amzlinkr-card' },
			checkbox,
			product.image ? element( 'img', { src: product.image, alt: '', loading: 'lazy' } ) : '',
			element( 'span', { class: 'amzlinkr-card__title' }, product.title ),
			element( 'span', { class: 'description' }, product.brand ),
			element( 'strong', {}, product.price || __( 'No price', 'amzlinkr' ) ),
			terms && element( 'span', {}, terms ),
			/* translators: %s: a date and time */
			element( 'span', { class: 'description' }, sprintf( __( 'as of %s', 'amzlinkr' ), product.as_of ) ),
			element( 'code', {}, product.asin )
		);
	};

	/** Creates a button that searches another page of results. */
	const pageButton = ( text, number, pages ) => {
		const button = element( 'button', { type: 'button', class: 'button' }, text );
		button.disabled = number < 1 || number > pages;
		button.addEventListener( 'click', () => search( number ) );
		return button;
	};

	/** Creates the cards and buttons of a page of results. */
	const results = ( found ) => {
		if ( ! found.items.length ) {
			return notice( 'info', __( 'No products were found. Try other keywords or fewer filters.', 'amzlinkr' ) );
		}
		const cards = element( 'div', { class: 'amzlinkr-cards' }, ...found.items.map( card ) );
		const importButton = element( 'button', { type: 'button', class: 'button button-primary' }, __( 'Import selected products', 'amzlinkr' ) );
		importButton.addEventListener( 'click', () => {
			const selected = [ ...cards.querySelectorAll( 'input:checked' ) ];
			if ( selected.length ) {
				importInto( importTarget, importButton, selected.map( ( checkbox ) => checkbox.value ), selected[ 0 ].dataset.marketplace );
			}
		} );
		/* translators: 1: a page number, 2: the number of pages */
		const position = sprintf( __( 'Page %1$d of %2$d', 'amzlinkr' ), found.page, found.pages );
		wp.a11y.speak( position );
		return [
			cards,
			element(
				'p',
				{ class: 'amzlinkr-pages' },
				window.amzlinkrData.mayImport ? importButton : null,
				pageButton( __( 'Previous', 'amzlinkr' ), found.page - 1, found.pages ),
				element( 'span', {}, position ),
				pageButton( __( 'Next', 'amzlinkr' ), found.page + 1, found.pages )
			),
		];
	};

	/** Searches a page of results and shows it. */
	const search = ( page ) => runWithSpinner( submit, target, async () => results( await call( 'GET', [ 'search' ], getQuery( page ) ) ) );

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		search( 1 );
	} );
} )();
