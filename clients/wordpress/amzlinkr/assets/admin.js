/**
 * What the pages share: calls to this site, elements made of text, notices, imports with progress.
 */
window.amzlinkr = ( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const POLL_MS = 1000;
	const PATIENCE = 10;
	/** How many products one import of the service's may name. */
	const AT_ONCE = 1000;

	/** Ask this site's REST API; a refusal is thrown as the object WordPress answers. */
	const call = ( method, path, data ) => {
		const given = Object.entries( data || {} ).filter( ( [ , value ] ) => value !== '' && value !== null );
		const query = method === 'GET' && given.length ? '?' + new URLSearchParams( given ) : '';
		return wp.apiFetch( { path: `amzlinkr/v1${ path }${ query }`, method, data: method === 'GET' ? undefined : data } );
	};

	/** An element. Its children are elements or text, never HTML. */
	const element = ( tag, attributes, ...children ) => {
		const made = document.createElement( tag );
		Object.entries( attributes || {} ).forEach( ( [ name, value ] ) => made.setAttribute( name, value ) );
		made.append( ...children.filter( ( child ) => child !== null && child !== '' ) );
		return made;
	};

	const notice = ( type, text, ...more ) =>
		element(
			'div',
			{ class: `notice notice-${ type } inline amzlinkr-notice` },
			element( 'p', {}, element( 'strong', {}, text ) ),
			...more.filter( Boolean ).map( ( line ) => element( 'p', {}, line ) )
		);

	/** Say to those who do not see it what has come into sight. */
	const say = ( shown ) =>
		shown.filter( ( part ) => part.matches( '.notice' ) ).forEach( ( part ) => wp.a11y.speak( part.textContent, part.matches( '.notice-error' ) ? 'assertive' : 'polite' ) );

	/** The field of a form that a refusal names, if it is in sight. */
	const refusedField = ( error, form ) => {
		const field = form && form.elements[ ( error.data || {} ).field ];
		return field && field.labels && field.labels.length ? field : null;
	};

	/** A refusal in words: what is wrong with which field, what to do, and Amazon's own code. */
	const problem = ( error, field ) => {
		const data = error.data || {};
		const name = field ? `${ field.labels[ 0 ].textContent.trim() }: ` : '';
		const message = error.message || __( 'This did not work.', 'amzlinkr' );
		/* translators: %s: a code of Amazon's, like InvalidPartnerTag */
		const code = data.amazon_code ? sprintf( __( 'Amazon says: %s', 'amzlinkr' ), data.amazon_code ) : '';
		return notice( 'error', name + message, data.action, code );
	};

	/** Run what a button or form starts: it is busy meanwhile, and a refusal is shown in `place`. */
	const busy = async ( control, place, work ) => {
		let toFocus = null;
		control.disabled = true;
		place.replaceChildren( element( 'span', { class: 'spinner is-active' } ) );
		try {
			place.replaceChildren( ...[ await work() ].flat().filter( Boolean ) );
			say( [ ...place.children ] );
		} catch ( error ) {
			const field = refusedField( error, control.form );
			place.replaceChildren( problem( error, field ) );
			say( [ ...place.children ] );
			toFocus = field;
		} finally {
			control.disabled = false;
			if ( toFocus ) {
				toFocus.focus();
			}
		}
	};

	/** Also where a page is not served over https, which randomUUID needs. */
	const newKey = () => Array.from( crypto.getRandomValues( new Uint32Array( 4 ) ), ( part ) => part.toString( 36 ) ).join( '-' );

	const pause = () => new Promise( ( resolve ) => setTimeout( resolve, POLL_MS ) );

	/** Ask, and ask again some times: what is asked about goes on whether or not an answer arrives. */
	const callPatiently = async ( ...asked ) => {
		for ( let left = PATIENCE; ; left-- ) {
			try {
				return await call( ...asked );
			} catch ( error ) {
				if ( left === 0 ) {
					throw error;
				}
				await pause();
			}
		}
	};

	/** Import, however many; `onProgress` is told how many are done of how many. What became of each. */
	const importItems = async ( items, marketplace, onProgress ) => {
		const results = [];
		for ( let start = 0; start < items.length; start += AT_ONCE ) {
			const some = items.slice( start, start + AT_ONCE );
			const found = await importSome( some, marketplace, ( done ) => onProgress( start + done, items.length ) );
			results.push( ...found );
		}
		return results;
	};

	const importSome = async ( items, marketplace, onProgress ) => {
		const started = await call( 'POST', '/import', { items, marketplace, idempotency_key: newKey() } );
		if ( ! started.job_id ) {
			return started.results;
		}
		const path = `/import/${ started.job_id }`;
		let job = await callPatiently( 'GET', path, { limit: 1 } );
		while ( job.status === 'queued' || job.status === 'running' ) {
			onProgress( job.done );
			await pause();
			job = await callPatiently( 'GET', path, { limit: 1 } );
		}
		onProgress( job.total );
		let page = await callPatiently( 'GET', path, { limit: 100 } );
		const results = page.results;
		while ( page.next_cursor ) {
			page = await callPatiently( 'GET', path, { limit: 100, cursor: page.next_cursor } );
			results.push( ...page.results );
		}
		return results;
	};

	/** What became of an import: how many, and why the others did not. */
	const importOutcome = ( results ) => {
		const imported = results.filter( ( result ) => result.status === 'imported' );
		const failed = results.filter( ( result ) => result.status !== 'imported' );
		/* translators: 1: a number, 2: a number */
		const summary = sprintf( __( '%1$d of %2$d imported.', 'amzlinkr' ), imported.length, results.length );
		const rows = failed.map( ( result ) =>
			element( 'tr', {}, element( 'td', {}, element( 'code', {}, result.input ) ), element( 'td', {}, result.detail || result.status ), element( 'td', {}, result.action ) )
		);
		const heads = [ __( 'Entry', 'amzlinkr' ), __( 'What is wrong', 'amzlinkr' ), __( 'What to do', 'amzlinkr' ) ];
		return [
			notice( failed.length ? 'warning' : 'success', summary ),
			rows.length &&
				element(
					'table',
					{ class: 'widefat striped amzlinkr-failed' },
					element( 'thead', {}, element( 'tr', {}, ...heads.map( ( head ) => element( 'th', { scope: 'col' }, head ) ) ) ),
					element( 'tbody', {}, ...rows )
				),
		];
	};

	/** Import with a progress bar in `place`, then its outcome there. */
	const importInto = ( place, control, items, marketplace ) =>
		busy( control, place, async () => {
			const bar = element( 'progress', { max: items.length, value: 0, 'aria-label': __( 'Import', 'amzlinkr' ) } );
			const text = element( 'span', { class: 'amzlinkr-progress' } );
			const show = ( done, total ) => {
				bar.value = done;
				bar.max = total;
				/* translators: 1: a number, 2: a number */
				text.textContent = sprintf( __( '%1$d of %2$d', 'amzlinkr' ), done, total );
			};
			show( 0, items.length );
			place.replaceChildren( bar, text );
			return importOutcome( await importItems( items, marketplace, show ) );
		} );

	return { busy, call, element, importInto, notice, problem };
} )();
