/**
 * Settings → API: the form for Amazon's keys, the accounts' states, the diagnosis.
 */
( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const { busy, call, element, notice } = window.amzlinkr;
	const form = document.getElementById( 'amzlinkr-keys' );
	if ( ! form ) {
		return;
	}
	const accountsPlace = document.getElementById( 'amzlinkr-accounts' );
	const validatedPlace = document.getElementById( 'amzlinkr-validated' );

	const showFieldsOf = ( api ) =>
		form.querySelectorAll( 'tr[data-api]' ).forEach( ( row ) => {
			row.hidden = row.dataset.api !== api;
		} );

	const row = ( account ) => {
		const forget = element( 'button', { type: 'button', class: 'button-link button-link-delete' }, __( 'Forget these keys', 'amzlinkr' ) );
		forget.addEventListener( 'click', () => {
			/* translators: %s: a marketplace like US */
			if ( window.confirm( sprintf( __( 'Forget the Amazon keys for %s? Its prices are not kept right any more.', 'amzlinkr' ), account.marketplace ) ) ) {
				busy( forget, validatedPlace, async () => {
					showAccounts( ( await call( 'DELETE', `/accounts/${ account.marketplace }` ) ).accounts );
					return notice( 'success', __( 'The keys are forgotten.', 'amzlinkr' ) );
				} );
			}
		} );
		/* translators: %s: a date and time */
		const probe = account.next_probe ? sprintf( __( 'Tried again %s.', 'amzlinkr' ), account.next_probe ) : '';
		return element(
			'tr',
			{ class: account.healthy ? 'is-healthy' : 'is-broken' },
			element( 'td', {}, account.marketplace ),
			element( 'td', {}, account.api ),
			element( 'td', {}, element( 'code', {}, account.partner_tag ), ' ', element( 'code', {}, account.key ) ),
			element( 'td', { class: 'amzlinkr-state' }, element( 'strong', {}, account.state ), ' ', [ account.amazon_code, account.action, probe ].filter( Boolean ).join( ' ' ) ),
			element( 'td', {}, account.since ),
			element( 'td', {}, forget )
		);
	};

	const table = ( accounts ) => {
		if ( ! accounts.length ) {
			return null;
		}
		const heads = [ __( 'Locale', 'amzlinkr' ), __( 'API', 'amzlinkr' ), __( 'Tag and key', 'amzlinkr' ), __( 'State', 'amzlinkr' ), __( 'Since', 'amzlinkr' ), __( 'Forget these keys', 'amzlinkr' ) ];
		return element(
			'table',
			{ class: 'widefat striped' },
			element( 'thead', {}, element( 'tr', {}, ...heads.map( ( head ) => element( 'th', { scope: 'col' }, head ) ) ) ),
			element( 'tbody', {}, ...accounts.map( row ) )
		);
	};

	const states = document.querySelector( '.amzlinkr-states' );
	const none = element( 'li', { class: 'is-broken' }, __( 'No Amazon account is connected yet: enter its keys under Settings → API.', 'amzlinkr' ) );
	const state = ( account ) => element( 'li', { class: account.healthy ? 'is-healthy' : 'is-broken' }, `${ account.marketplace }: ${ account.state }` );
	const showAccounts = ( accounts ) => {
		accountsPlace.replaceChildren( ...[ table( accounts ) ].filter( Boolean ) );
		states.replaceChildren( ...( accounts.length ? accounts.map( state ) : [ none ] ) );
	};

	form.addEventListener( 'change', () => showFieldsOf( form.elements.api.value ) );
	form.addEventListener( 'submit', ( event ) => {
		event.preventDefault();
		const api = form.elements.api.value;
		const visible = [ ...form.querySelectorAll( `tr[data-api="${ api }"] input` ), form.elements.partner_tag, form.elements.marketplace ];
		const keys = { api };
		visible.forEach( ( field ) => {
			keys[ field.name ] = field.value;
		} );
		busy( form.querySelector( '[type=submit]' ), validatedPlace, async () => {
			const validated = await call( 'POST', '/accounts', keys );
			showAccounts( validated.accounts );
			form.reset();
			showFieldsOf( form.elements.api.value );
			return notice( validated.status === 'valid' ? 'success' : 'warning', validated.message );
		} );
	} );

	/** No sign that WordPress would replace by a picture from another server. */
	const marks = new Map( [
		[ true, [ 'yes-alt', __( 'works', 'amzlinkr' ) ] ],
		[ false, [ 'dismiss', __( 'does not work', 'amzlinkr' ) ] ],
		[ null, [ 'minus', __( 'not tried', 'amzlinkr' ) ] ],
	] );
	const mark = ( ok ) => {
		const [ icon, words ] = marks.get( ok );
		return element( 'span', {}, element( 'span', { class: `dashicons dashicons-${ icon }`, 'aria-hidden': 'true' } ), element( 'span', { class: 'screen-reader-text' }, words ) );
	};
	const step = ( found ) => {
		const amazons = found.upstream && found.upstream.code;
		return element(
			'li',
			{ class: found.ok === false ? 'is-broken' : 'is-healthy' },
			mark( found.ok ),
			element( 'strong', {}, ` ${ found.step }` ),
			` ${ found.detail } `,
			/* translators: %s: a code of Amazon's, like InvalidPartnerTag */
			amazons ? element( 'code', {}, sprintf( __( 'Amazon says: %s', 'amzlinkr' ), amazons ) ) : '',
			found.action ? element( 'p', {}, found.action ) : ''
		);
	};
	const diagnose = document.getElementById( 'amzlinkr-diagnose' );
	diagnose.addEventListener( 'click', () =>
		busy( diagnose, document.getElementById( 'amzlinkr-diagnosis' ), async () => {
			const found = await call( 'GET', '/diagnostics', { marketplace: form.elements.marketplace.value } );
			return element( 'ol', { class: 'amzlinkr-steps' }, ...found.steps.map( step ) );
		} )
	);

	showAccounts( window.amzlinkrData.accounts );
	call( 'GET', '/accounts' ).then( ( found ) => showAccounts( found.accounts ), () => {} );
} )();
