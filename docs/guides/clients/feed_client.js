/*
 * Client of the change feed: each run updates a file and prints what may be shown now.
 *
 * AMZLINKR_URL=https://…/v1 AMZLINKR_KEY=amzl_… node feed_client.js store.json
 */
const fs = require( 'node:fs' );

const DAY = 24 * 60 * 60;
const OFFER = [ 'price', 'list_price', 'list_price_kind', 'list_price_label', 'savings_percent',
	'unit_price', 'deal' ];
const NAMES = [ 'name', 'marketplace', 'asin', 'url' ];

const file = process.argv[ 2 ];
// `seen` has the keys of all entries since the client started again, otherwise it is null.
let store = { cursor: '', seen: null, checked_at: {}, records: {}, wait_until: 0 };
if ( fs.existsSync( file ) ) {
	store = JSON.parse( fs.readFileSync( file, 'utf8' ) );
}
const records = store.records; // products and lists

class Problem extends Error {
	constructor( status, text, retryAfter ) {
		super( text );
		Object.assign( this, { status, retryAfter } );
	}
}

async function get( path, query = {} ) {
	const url = `${ process.env.AMZLINKR_URL }${ path }?${ new URLSearchParams( query ) }`;
	const headers = { Authorization: `Bearer ${ process.env.AMZLINKR_KEY }` };
	const response = await fetch( url, { headers, signal: AbortSignal.timeout( 30_000 ) } );
	const text = await response.text();
	if ( response.status !== 200 ) {
		throw new Problem( response.status, text, Number( response.headers.get( 'Retry-After' ) ) );
	}
	return JSON.parse( text );
}

function save() {
	// In one step: a file with a cursor has all entries before it.
	fs.writeFileSync( `${ file }.new`, JSON.stringify( store ) );
	fs.renameSync( `${ file }.new`, file );
}

const now = () => Date.now() / 1000;
const isPast = ( time, seconds = 0 ) => Date.parse( time ) / 1000 + seconds <= now();
const keyOf = ( record ) => record.asin ? `${ record.marketplace } ${ record.asin }` : record.name;
const select = ( record, test ) =>
	Object.fromEntries( Object.entries( record ).filter( ( [ name ] ) => test( name ) ) );

// Returns what may be shown of a product or list now.
function shown( record ) {
	if ( record.fresh_until && isPast( record.fresh_until ) ) {
		const checkedAt = store.checked_at[ record.marketplace ];
		if ( ! checkedAt || isPast( checkedAt, DAY ) || record.items?.length === 0 ) {
			const kept = select( record, ( name ) => NAMES.includes( name ) );
			return { ...kept, ...( record.name ? { items: [] } : { price_status: 'expired' } ) };
		}
	}
	if ( record.items ) {
		return { ...record, items: record.items.map( withoutEndedDeal ) };
	}
	return withoutEndedDeal( record );
}

function withoutEndedDeal( product ) {
	if ( ! product.deal?.ends_at || ! isPast( product.deal.ends_at ) ) {
		return product;
	}
	return { ...select( product, ( name ) => ! OFFER.includes( name ) ), price_status: 'hidden' };
}

function deleteOldContent() {
	for ( const [ key, record ] of Object.entries( records ) ) {
		if ( record.fresh_until && ! shown( record ).fresh_until ) {
			records[ key ] = shown( record );
		}
	}
}

function apply( page ) {
	for ( const change of page.changes ) {
		const record = change.product ?? change.list;
		if ( [ 'removed', 'list_removed' ].includes( change.kind ) ) {
			delete records[ keyOf( record ?? change ) ];
		} else if ( record ) {
			records[ keyOf( record ) ] = record;
			store.seen?.push( keyOf( record ) );
		}
	}
}

function updateLinks( connections ) {
	for ( const record of Object.values( records ) ) {
		if ( record.asin && ! record.fresh_until ) {
			const tag = connections[ record.marketplace ]?.partner_tag;
			const link = `https://${ new URL( record.url ).hostname }/dp/${ record.asin }`;
			record.url = tag ? `${ link }?tag=${ tag }` : link;
		}
	}
}

async function readFeed() {
	for ( let hasMore = true; hasMore; ) {
		let page;
		try {
			page = await get( '/changes', { cursor: store.cursor } );
		} catch ( error ) {
			if ( ! [ 400, 410 ].includes( error.status ) || ! store.cursor ) {
				throw error;
			}
			store.cursor = ''; // start again
			continue;
		}
		if ( ! store.cursor ) {
			store.seen = [];
		}
		deleteOldContent();
		apply( page );
		updateLinks( page.connections );
		store.cursor = page.next_cursor;
		hasMore = page.has_more;
		if ( ! hasMore ) {
			store.checked_at = page.checked_at;
			const seen = new Set( store.seen ?? Object.keys( records ) );
			for ( const key of Object.keys( records ).filter( ( key ) => ! seen.has( key ) ) ) {
				delete records[ key ];
			}
			store.seen = null;
		}
		save();
	}
}

async function readWithheld() {
	for ( const [ code, checkedAt ] of Object.entries( store.checked_at ) ) {
		if ( isPast( checkedAt, DAY ) ) {
			continue;
		}
		const here = Object.values( records ).filter( ( record ) => record.marketplace === code );
		const expired = here.filter( ( record ) => record.price_status === 'expired' );
		const asins = expired.map( ( { asin } ) => asin );
		while ( asins.length ) {
			const batch = asins.splice( 0, 100 );
			const page = await get( '/products', { marketplace: code, asins: batch.join() } );
			for ( const asin of batch ) {
				delete records[ `${ code } ${ asin }` ];
			}
			for ( const product of page.products ) {
				records[ keyOf( product ) ] = product;
			}
		}
		for ( const { name } of here.filter( ( record ) => record.name && ! record.fresh_until ) ) {
			try {
				records[ name ] = await get( `/lists/${ name }` );
			} catch ( error ) {
				if ( error.status !== 404 ) {
					throw error;
				}
				delete records[ name ];
			}
		}
	}
	save();
}

async function main() {
	try {
		if ( store.wait_until <= now() ) {
			await readFeed();
			await readWithheld();
		}
	} catch ( error ) { // a problem, or no complete response
		if ( error instanceof Problem ) {
			store.wait_until = now() + error.retryAfter;
			save();
		}
		console.error( error.message );
	}
	const sorted = Object.keys( records ).sort();
	console.log( JSON.stringify( sorted.map( ( key ) => shown( records[ key ] ) ) ) );
}

main();
