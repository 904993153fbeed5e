/**
 * Settings → API: the form for Amazon keys, the states of the accounts, and the diagnostics.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { call, element, notice, runWithSpinner } = window.amzlinkr;
	const form = document.getElementById( 'amzlinkr-keys' );
	if ( ! form ) {
		return;
	}
	const accountsTarget = document.getElementById( 'amzlinkr-accounts' );
	const noticeTarget = document.getElementById( 'amzlinkr-validated' );
	const headings = [
		__( 'Marketplace', 'amzlinkr' ),
		__( 'API', 'amzlinkr' ),
		__( 'Tag and key', 'amzlinkr' ),
		__( 'State', 'amzlinkr' ),
		__( 'Since', 'amzlinkr' ),
		__( 'Delete', 'amzlinkr' ),
	];

	/** Shows the fields and the description of one choice: an API, or `none`. */
	const showFields = ( api ) =>
		form.querySelectorAll( '[data-api]' ).forEach( ( row ) => {
			row.hidden = row.dataset.api !== api;
		} );

	/** Returns the texts of the button that deletes the keys of an account, or its tag if it has no keys. */
	const deletionTexts = ( account ) =>
		account.link_only
			? {
					button: __( 'Delete this tag', 'amzlinkr' ),
					/* translators: %s: a marketplace like US */
					question: __( 'Delete the tag for %s from the service? You can then import no products of this marketplace. Links in your posts keep the tag.', 'amzlinkr' ),
					done: __( 'The service has deleted the tag.', 'amzlinkr' ),
			  }
			: {
					button: __( 'Delete these keys', 'amzlinkr' ),
					/* translators: %s: a marketplace like US */
					question: __( 'Delete the Amazon keys for %s? Prices of this marketplace are then no longer updated.', 'amzlinkr' ),
					done: __( 'The service has deleted the keys.', 'amzlinkr' ),
			  };

	/** Creates the warning about a tag. */
	const warning = ( text ) => element( 'p', { class: 'amzlinkr-tag-warning' }, element( 'span', { class: 'dashicons dashicons-warning', 'aria-hidden': 'true' } ), ` ${ text }` );

	/** Creates the table row of an account. */
	const accountRow = ( account ) => {
		const texts = deletionTexts( account );
		const deleteButton = element( 'button', { type: 'button', class: 'button-link button-link-delete', 'aria-label': `${ texts.button }: ${ account.marketplace }` }, texts.button );
		deleteButton.addEventListener( 'click', () => {
			if ( window.confirm( sprintf( texts.question, account.marketplace ) ) ) {
				runWithSpinner( deleteButton, noticeTarget, async () => {
					showAccounts( ( await call( 'DELETE', [ 'accounts', account.marketplace ] ) ).accounts );
					return notice( 'success', texts.done );
				} );
			}
		} );
		/* translators: %s: a date and time */
		const probe = account.next_probe ? sprintf( __( 'Next test: %s.', 'amzlinkr' ), account.next_probe ) : '';
		const state = [ account.action, probe ].filter( Boolean ).join( ' ' );
		const cells = [
			[ account.marketplace ],
			[ account.api ],
			[ element( 'code', {}, account.partner_tag ), ' ', account.key && element( 'code', {}, account.key ), account.warning ? warning( account.warning ) : '' ],
			[ element( 'strong', {}, account.state ), ' ', account.amazon_code && element( 'code', {}, account.amazon_code ), ` ${ state } `, account.class !== 'is-healthy' ? associatesLink( account.marketplace ) : '' ],
			[ account.since ],
			[ deleteButton ],
		];
		// On a phone, each cell is a line that begins with its heading.
		const row = cells.map( ( content, index ) => element( 'td', { 'data-label': headings[ index ] }, ...content ) );
		row[ 3 ].className = 'amzlinkr-state';
		return element( 'tr', { class: account.class }, ...row );
	};

	/** Creates the table of accounts, or null if there are none. */
	const accountsTable = ( accounts ) =>
		accounts.length
			? element(
					'table',
					{ class: 'widefat striped amzlinkr-stacked' },
					element( 'thead', {}, element( 'tr', {}, ...headings.map( ( heading ) => element( 'th', { scope: 'col' }, heading ) ) ) ),
					element( 'tbody', {}, ...accounts.map( accountRow ) )
			  )
			: null;

	const states = document.querySelector( '.amzlinkr-states' );
	const noAccount = element( 'li', { class: 'is-broken' }, __( 'No Amazon account is connected. Enter your Amazon keys, or your Associate tag alone, under Settings → API.', 'amzlinkr' ) );

	/** Creates the entry of an account in the page header. */
	const stateItem = ( account ) => element( 'li', { class: account.class }, `${ account.marketplace }: ${ account.state }` );

	/** Shows the accounts in the table and in the page header. */
	const showAccounts = ( accounts ) => {
		tags = Object.fromEntries( accounts.map( ( account ) => [ account.marketplace, account.partner_tag ] ) );
		accountsTarget.replaceChildren( ...[ accountsTable( accounts ) ].filter( Boolean ) );
		states.replaceChildren( ...( accounts.length ? accounts.map( stateItem ) : [ noAccount ] ) );
	};

	let tags = {};

	/** Fills in the tag that is stored for the selected marketplace, unless the owner has entered one. */
	const fillTag = () => {
		const { partner_tag: field, marketplace } = form.elements;
		if ( field.value === '' || Object.values( tags ).includes( field.value ) ) {
			field.value = tags[ marketplace.value ] || '';
		}
	};

	/** Creates a link to a page of Amazon, which opens in a new tab. */
	const amazonLink = ( url, text ) =>
		element( 'a', { href: url, target: '_blank', rel: 'noopener noreferrer', class: 'amzlinkr-external' }, text, element( 'span', { class: 'screen-reader-text' }, ` ${ __( '(opens in a new tab)', 'amzlinkr' ) }` ) );

	/** Creates the link to Associates Central of a marketplace, or an empty text if its site is not known. */
	const associatesLink = ( marketplace ) => {
		const link = window.amzlinkrData.associates[ marketplace ];
		return link ? amazonLink( link.url, link.text ) : '';
	};

	/** Shows the link to Associates Central of the selected marketplace. */
	const showAssociatesLink = () => {
		const target = document.getElementById( 'amzlinkr-associates' );
		if ( target ) {
			target.replaceChildren( associatesLink( form.elements.marketplace.value ) );
		}
	};

	form.addEventListener( 'change', () => {
		showFields( form.elements.api.value );
		fillTag();
		showAssociatesLink();
	} );

	/** Sends the tag without keys. */
	const saveTag = ( fields ) => call( 'PUT', [ 'accounts', fields.marketplace.value ], { partner_tag: fields.partner_tag.value } );

	/** Sends the keys of an API with the tag. */
	const saveKeys = ( api, { partner_tag: tag, marketplace } ) => {
		const keys = { api };
		[ ...form.querySelectorAll( `tr[data-api="${ api }"] input` ), tag, marketplace ].forEach( ( field ) => {
			keys[ field.name ] = field.value;
		} );
		return call( 'POST', [ 'accounts' ], keys );
	};

	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		const api = form.elements.api.value;
		runWithSpinner( form.querySelector( '[type=submit]' ), noticeTarget, async () => {
			const saved = api === 'none' ? await saveTag( form.elements ) : await saveKeys( api, form.elements );
			showAccounts( saved.accounts );
			form.reset();
			showFields( form.elements.api.value );
			fillTag();
			showAssociatesLink();
			const works = api === 'none' || saved.status === 'valid';
			return notice( works && ! saved.warning ? 'success' : 'warning', saved.message, saved.warning );
		} );
	} );

	// Dashicons, not emoji: WordPress replaces emoji with pictures from another server.
	const stepIcons = new Map( [
		[ true, [ 'yes-alt', __( 'works', 'amzlinkr' ) ] ],
		[ false, [ 'dismiss', __( 'failed', 'amzlinkr' ) ] ],
		[ null, [ 'minus', __( 'not tested', 'amzlinkr' ) ] ],
	] );

	const stepClasses = new Map( [
		[ true, 'is-healthy' ],
		[ false, 'is-broken' ],
	] );

	/** Creates the icon of a step's result, with a text for screen readers. */
	const stepIcon = ( ok ) => {
		const [ icon, label ] = stepIcons.get( ok );
		return element( 'span', {}, element( 'span', { class: `dashicons dashicons-${ icon }`, 'aria-hidden': 'true' } ), element( 'span', { class: 'screen-reader-text' }, label ) );
	};

	/** Creates the list entry of a diagnostics step. */
	const stepItem = ( step ) => {
		const amazonCode = step.upstream && step.upstream.code;
		return element(
			'li',
			{ class: stepClasses.get( step.ok ) || '' },
			stepIcon( step.ok === undefined ? null : step.ok ),
			element( 'strong', {}, ` ${ step.label }` ),
			` ${ step.detail } `,
			/* translators: %s: a code of Amazon's, like InvalidPartnerTag */
			amazonCode ? element( 'code', {}, sprintf( __( 'Code from Amazon: %s', 'amzlinkr' ), amazonCode ) ) : '',
			step.action ? element( 'p', {}, step.action ) : ''
		);
	};
	const diagnose = document.getElementById( 'amzlinkr-diagnose' );
	diagnose.addEventListener( 'click', () =>
		runWithSpinner( diagnose, document.getElementById( 'amzlinkr-diagnosis' ), async () => {
			const report = await call( 'GET', [ 'diagnostics' ], { marketplace: form.elements.marketplace.value } );
			return element( 'ol', { class: 'amzlinkr-steps' }, ...report.steps.map( stepItem ) );
		} )
	);

	showAccounts( window.amzlinkrData.accounts );
	fillTag();
	showAssociatesLink();
	// The stored states are shown until the service has answered.
	call( 'GET', [ 'accounts' ] ).then( ( response ) => showAccounts( response.accounts ), () => {} );
} )();
