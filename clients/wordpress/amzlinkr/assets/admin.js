/**
 * Functions shared by the scripts of the admin pages: REST calls, DOM elements, notices and imports.
 */
window.amzlinkr = ( () => {
	'use strict';
	const { __, sprintf } = wp.i18n;
	const POLL_INTERVAL_MS = 1000;
	const MAX_POLL_INTERVAL_MS = 10000;
	const MAX_RETRIES = 10;
	/** The maximum number of entries in one import request of the service. */
	const MAX_IMPORT_ITEMS = 1000;

	/**
	 * Builds a path from its segments. This is the only place where values become a part of a path.
	 *
	 * A browser resolves `..`, and a server may do so after it has decoded a segment. Encoding is not enough.
	 */
	const buildPath = ( segments ) => {
		if ( ! segments.every( ( segment ) => typeof segment === 'string' && /^[\w-]{1,100}$/.test( segment ) ) ) {
			throw new Error( __( 'This request names something that cannot exist at the service. Nothing was sent.', 'amzlinkr' ) );
		}
		return `amzlinkr/v1/${ segments.join( '/' ) }`;
	};

	/** Calls this site's REST API. Throws the error object of WordPress. */
	const call = async ( method, segments, data ) => {
		const path = buildPath( segments );
		const values = Object.entries( data || {} ).filter( ( [ , value ] ) => value !== '' && value !== null );
		const query = method === 'GET' && values.length ? '?' + new URLSearchParams( values ) : '';
		return wp.apiFetch( { path: path + query, method, data: method === 'GET' ? undefined : data } );
	};

	/** Creates an element. Children are elements or text, never HTML. */
	const element = ( tag, attributes, ...children ) => {
		const created = document.createElement( tag );
		Object.entries( attributes || {} ).forEach( ( [ name, value ] ) => created.setAttribute( name, value ) );
		created.append( ...children.filter( ( child ) => child !== null && child !== '' ) );
		return created;
	};

	/** Creates a notice: a sentence and further lines. */
	const notice = ( type, text, ...lines ) =>
		element(
			'div',
			{ class: `notice notice-${ type } inline amzlinkr-notice` },
			element( 'p', {}, element( 'strong', {}, text ) ),
			...lines.filter( Boolean ).map( ( line ) => element( 'p', {}, line ) )
		);

	/** Announces notices to screen readers. */
	const announce = ( elements ) =>
		elements
			.filter( ( part ) => part.matches( '.notice' ) )
			.forEach( ( part ) => wp.a11y.speak( part.textContent, part.matches( '.notice-error' ) ? 'assertive' : 'polite' ) );

	/** Returns the form field that an error names, or null if the form does not show it. */
	const getErrorField = ( error, form ) => {
		const field = form && form.elements[ ( error.data || {} ).field ];
		return field && field.labels && field.labels.length ? field : null;
	};

	/** Creates a notice for an error: the field and the message, the action, and Amazon's code. */
	const errorNotice = ( error, field ) => {
		const data = error.data || {};
		const label = field ? `${ field.labels[ 0 ].textContent.trim() }: ` : '';
		const message = error.message || __( 'The request failed. Try again.', 'amzlinkr' );
		/* translators: %s: a code of Amazon's, like InvalidPartnerTag */
		const code = data.amazon_code ? sprintf( __( 'Code from Amazon: %s', 'amzlinkr' ), data.amazon_code ) : '';
		return notice( 'error', label + message, data.action, code );
	};

	/** Runs the work of a button or form with a spinner, and shows its result or error in `target`. */
	const runWithSpinner = async ( control, target, work ) => {
		let fieldToFocus = null;
		control.disabled = true;
		target.replaceChildren( element( 'span', { class: 'spinner is-active' } ) );
		try {
			target.replaceChildren( ...[ await work() ].flat().filter( Boolean ) );
			announce( [ ...target.children ] );
		} catch ( error ) {
			const field = getErrorField( error, control.form );
			target.replaceChildren( errorNotice( error, field ) );
			announce( [ ...target.children ] );
			fieldToFocus = field;
		} finally {
			control.disabled = false;
			if ( fieldToFocus ) {
				fieldToFocus.focus();
			}
		}
	};

	/** Creates an idempotency key. randomUUID() is not available on pages without https. */
	const createIdempotencyKey = () => Array.from( crypto.getRandomValues( new Uint32Array( 4 ) ), ( part ) => part.toString( 36 ) ).join( '-' );

	/** Waits for one poll interval. It grows with the number of polls, because users have a limit of polls per hour. */
	const sleep = ( polls = 0 ) => new Promise( ( resolve ) => setTimeout( resolve, Math.min( MAX_POLL_INTERVAL_MS, POLL_INTERVAL_MS * ( 1 + polls / 20 ) ) ) );

	/** Calls the REST API with retries, because a job continues at the service after a failed request. Errors of requests have a code. */
	const callWithRetries = async ( ...args ) => {
		for ( let retries = MAX_RETRIES; ; retries-- ) {
			try {
				return await call( ...args );
			} catch ( error ) {
				if ( retries === 0 || ! error.code || error.code === 'user_limit_reached' ) {
					throw error;
				}
				await sleep();
			}
		}
	};

	/** Imports any number of entries and returns their results. `onProgress` receives the number done and the total. */
	const importItems = async ( items, marketplace, onProgress ) => {
		const results = [];
		for ( let start = 0; start < items.length; start += MAX_IMPORT_ITEMS ) {
			const batch = items.slice( start, start + MAX_IMPORT_ITEMS );
			const batchResults = await importBatch( batch, marketplace, ( done ) => onProgress( start + done, items.length ) );
			results.push( ...batchResults );
		}
		return results;
	};

	/** Imports the entries of one request, waits for its job, and returns the results. */
	const importBatch = async ( items, marketplace, onProgress ) => {
		const started = await call( 'POST', [ 'import' ], { items, marketplace, idempotency_key: createIdempotencyKey() } );
		if ( ! started.job_id ) {
			return started.results;
		}
		const path = [ 'import', started.job_id ];
		let job = await callWithRetries( 'GET', path, { limit: 1 } );
		for ( let polls = 0; job.status === 'queued' || job.status === 'running'; polls++ ) {
			onProgress( job.done );
			await sleep( polls );
			job = await callWithRetries( 'GET', path, { limit: 1 } );
		}
		onProgress( job.total );
		let page = await callWithRetries( 'GET', path, { limit: 100 } );
		const results = page.results;
		while ( page.next_cursor ) {
			page = await callWithRetries( 'GET', path, { limit: 100, cursor: page.next_cursor } );
			results.push( ...page.results );
		}
		return results;
	};

	/** Creates a table with text in its cells, or null without rows. */
	const table = ( headings, rows ) =>
		rows.length
			? element(
					'table',
					{ class: 'widefat striped amzlinkr-results' },
					element( 'thead', {}, element( 'tr', {}, ...headings.map( ( heading ) => element( 'th', { scope: 'col' }, heading ) ) ) ),
					element( 'tbody', {}, ...rows.map( ( cells ) => element( 'tr', {}, ...cells.map( ( cell ) => element( 'td', {}, cell ) ) ) ) )
			  )
			: null;

	/** Creates the summary of an import: the numbers, the entries that wait, and the entries that failed. */
	const importSummary = ( results ) => {
		const imported = results.filter( ( result ) => result.status === 'imported' );
		const waiting = results.filter( ( result ) => result.status === 'waiting' );
		const failed = results.filter( ( result ) => ! imported.includes( result ) && ! waiting.includes( result ) );
		const notices = [];
		if ( imported.length || failed.length || ! waiting.length ) {
			/* translators: 1: a number, 2: a number */
			const text = sprintf( __( '%1$d of %2$d products imported.', 'amzlinkr' ), imported.length, results.length );
			notices.push( notice( failed.length ? 'warning' : 'success', text ) );
		}
		if ( waiting.length ) {
			/* translators: 1: a number, 2: a number */
			const text = sprintf( __( '%1$d of %2$d products are waiting for access to Amazon’s API.', 'amzlinkr' ), waiting.length, results.length );
			const next = __( 'You can put them into posts now, with your own title, text and picture. Visitors see a link with your tag until the boxes are filled in automatically.', 'amzlinkr' );
			notices.push( notice( 'info', text, next ) );
		}
		return [
			...notices,
			table(
				[ __( 'Entry', 'amzlinkr' ), __( 'Shortcode', 'amzlinkr' ) ],
				waiting.map( ( result ) => [ element( 'code', {}, result.input ), element( 'code', {}, `[amzlinkr asin="${ result.asin }" marketplace="${ result.marketplace }" title=""]` ) ] )
			),
			table(
				[ __( 'Entry', 'amzlinkr' ), __( 'Problem', 'amzlinkr' ), __( 'What to do', 'amzlinkr' ) ],
				failed.map( ( result ) => [ element( 'code', {}, result.input ), result.detail || result.status, result.action ] )
			),
		];
	};

	/** Imports entries with a progress bar in `target` and shows the summary there. */
	const importInto = ( target, control, items, marketplace ) =>
		runWithSpinner( control, target, async () => {
			const bar = element( 'progress', { max: items.length, value: 0, 'aria-label': __( 'Import', 'amzlinkr' ) } );
			const text = element( 'span', { class: 'amzlinkr-progress' } );
			const showProgress = ( done, total ) => {
				bar.value = done;
				bar.max = total;
				/* translators: 1: a number, 2: a number */
				text.textContent = sprintf( __( '%1$d of %2$d', 'amzlinkr' ), done, total );
			};
			showProgress( 0, items.length );
			target.replaceChildren( bar, text );
			return importSummary( await importItems( items, marketplace, showProgress ) );
		} );

	return { call, element, importInto, notice, runWithSpinner };
} )();
