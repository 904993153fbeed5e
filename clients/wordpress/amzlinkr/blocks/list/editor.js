/**
 * The block “Amazon list” in the editor: the choice of a list or a form for a new one, and after that its products.
 */
( () => {
	'use strict';
	const { registerBlockType } = wp.blocks;
	const { BlockControls, InspectorControls, useBlockProps } = wp.blockEditor;
	const { Button, Disabled, Notice, PanelBody, Placeholder, RangeControl, SelectControl, Spinner, TextControl, ToolbarButton, ToolbarGroup } = wp.components;
	const { createElement: el, useEffect, useState } = wp.element;
	const { __, sprintf } = wp.i18n;
	const ServerSideRender = wp.serverSideRender;
	const { DisplayPanel, PartsPanel, getDisplays } = window.amzlinkrDisplayControls;
	const root = 'amzlinkr/v1';
	const data = window.amzlinkrLists || { marketplaces: [], primary: '', decimals: {}, maxSize: 30, maySave: false, mayChange: false, noAccessCodes: [] };

	const NAME = /^[a-z0-9-]{1,64}$/;
	const TERMS = [ 'keywords', 'brand', 'author', 'artist', 'actor', 'title' ];
	const PRICES = [ 'min_price', 'max_price' ];
	const PREVIEW_DELAY_MS = 1000;
	const PREVIEW_SIZE = 10;
	const DEFAULT_SIZE = 10;
	const POLL_INTERVAL_MS = 4000;
	const MAX_POLLS = 8;
	/** Amazon's names of common categories. Others can be entered, because they differ by marketplace. */
	const CATEGORIES = [ 'Automotive', 'Baby', 'Beauty', 'Books', 'Computers', 'Electronics', 'Fashion', 'GardenAndOutdoor', 'HealthPersonalCare', 'HomeAndKitchen', 'MusicalInstruments', 'OfficeProducts', 'PetSupplies', 'SportsAndOutdoors', 'ToolsAndHomeImprovement', 'ToysAndGames', 'VideoGames' ];
	const EMPTY = { keywords: '', brand: '', category: '', sort: '', min_price: '', max_price: '', min_rating: '', min_saving: '' };
	const GRID = { display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 180px), 1fr))', gap: '12px', alignItems: 'start' };

	/** Suggests a name that is not taken. */
	const suggestName = ( keywords, taken ) => {
		const ascii = keywords.toLowerCase().replace( /ß/g, 'ss' ).normalize( 'NFKD' ).replace( /[\u0300-\u036f]/g, '' );
		const base = ascii.replace( /[^a-z0-9]+/g, '-' ).slice( 0, 60 ).replace( /^-+|-+$/g, '' ) || 'list';
		let name = base;
		for ( let number = 2; taken.includes( name ); number++ ) {
			name = `${ base }-${ number }`;
		}
		return name;
	};

	/** Returns the number of decimals of a marketplace's currency. */
	const getDecimals = ( marketplace ) => data.decimals[ marketplace ] ?? 2;

	/** Converts the fields of the form to a search: prices are in minor units, and empty fields are omitted. */
	const toSearch = ( fields ) => {
		const toMinor = ( price ) => ( price === '' ? '' : Math.round( Number( price ) * 10 ** getDecimals( fields.marketplace ) ) );
		const search = { ...fields, ...Object.fromEntries( PRICES.map( ( name ) => [ name, toMinor( fields[ name ] ) ] ) ) };
		return Object.fromEntries( Object.entries( search ).map( ( [ name, value ] ) => [ name, String( value ) ] ).filter( ( [ , value ] ) => value !== '' ) );
	};

	/** Converts a list to the fields of the form. Fields of the search that the form does not show are kept. */
	const toFields = ( { query, marketplace } ) => {
		const toMajor = ( price ) => ( price === undefined ? '' : price / 10 ** getDecimals( marketplace ) );
		return { ...EMPTY, ...query, ...Object.fromEntries( PRICES.map( ( name ) => [ name, toMajor( query[ name ] ) ] ) ), marketplace };
	};

	/** An error of a request: its message and what to do. */
	const Problem = ( { error, status = 'error', children } ) => el( Notice, { status, isDismissible: false }, error.message, ' ', error.data && error.data.action, ' ', children );

	/** The first products that the search finds. It waits until the fields have not changed for a second. */
	const Preview = ( { search, size } ) => {
		const [ found, setFound ] = useState( null );
		const [ error, setError ] = useState( null );
		const [ busy, setBusy ] = useState( false );
		const query = TERMS.some( ( term ) => search[ term ] ) ? new URLSearchParams( search ).toString() : '';
		useEffect( () => {
			let isCurrent = true;
			setError( null );
			if ( query === '' ) {
				setFound( null );
				return;
			}
			const timer = setTimeout( async () => {
				setBusy( true );
				try {
					const response = await wp.apiFetch( { path: `${ root }/search?${ query }` } );
					if ( isCurrent ) {
						setFound( response );
					}
				} catch ( problem ) {
					if ( isCurrent ) {
						setFound( null );
						setError( problem );
					}
				}
				if ( isCurrent ) {
					setBusy( false );
				}
			}, PREVIEW_DELAY_MS );
			return () => {
				isCurrent = false;
				setBusy( false );
				clearTimeout( timer );
			};
		}, [ query ] );
		const shown = found ? found.items.slice( 0, Math.min( size, PREVIEW_SIZE ) ) : [];
		const hasNoAccess = error && data.noAccessCodes.includes( error.code );
		return el(
			'div',
			{ 'aria-live': 'polite', 'aria-busy': busy },
			busy && el( Spinner ),
			// Such an error does not prevent the list. What else the user can do concerns searches.
			error && el( Problem, { error: hasNoAccess ? { message: error.message } : error, status: hasNoAccess ? 'warning' : 'error' }, hasNoAccess && data.maySave && __( 'You can create the list now. It is filled automatically when Amazon grants the account access to its API.', 'amzlinkr' ) ),
			found && ! shown.length && el( 'p', {}, __( 'No products were found. Try other keywords or fewer filters.', 'amzlinkr' ) ),
			shown.length > 0 && el( 'h4', { style: { margin: '12px 0 4px', fontSize: '13px', fontWeight: 600 } }, __( 'Preview', 'amzlinkr' ) ),
			shown.length > 0 &&
				el(
					'ol',
					{ style: { margin: 0 } },
					shown.map( ( product ) => el( 'li', { key: product.asin }, product.title, ' ', el( 'strong', {}, product.price, ' ', product.price_access ) ) )
				),
			size > PREVIEW_SIZE && shown.length === PREVIEW_SIZE && el( 'p', {}, __( 'The preview shows the first ten products.', 'amzlinkr' ) )
		);
	};

	/** The form of a new or an existing list, with a preview. */
	const ListForm = ( { list, lists, onSaved, onCancel } ) => {
		const taken = lists.map( ( each ) => each.name );
		const [ fields, setFields ] = useState( list ? toFields( list ) : { ...EMPTY, marketplace: data.primary || data.marketplaces[ 0 ] || '' } );
		const [ size, setSize ] = useState( list ? list.size : DEFAULT_SIZE );
		const [ ownName, setOwnName ] = useState( null );
		const [ busy, setBusy ] = useState( false );
		const [ error, setError ] = useState( null );
		const name = list ? list.name : ownName ?? suggestName( fields.keywords || fields.brand, taken );
		const search = toSearch( fields );
		const isNameValid = NAME.test( name );
		const isTaken = ! list && taken.includes( name );
		const save = async ( event ) => {
			event.preventDefault();
			setBusy( true );
			setError( null );
			try {
				// The name has the pattern above: it cannot change the path.
				onSaved( await wp.apiFetch( { path: `${ root }/lists/${ name }`, method: 'PUT', data: { ...search, size } } ) );
			} catch ( problem ) {
				setError( problem );
				setBusy( false );
			}
		};
		const set = ( field ) => ( value ) => setFields( { ...fields, [ field ]: value } );
		const text = ( field, label, more ) => el( TextControl, { label, value: fields[ field ], onChange: set( field ), ...more } );
		const select = ( field, label, options ) => el( SelectControl, { label, value: fields[ field ], onChange: set( field ), options: options.map( ( [ value, optionLabel ] ) => ( { value, label: optionLabel } ) ) } );
		const nameProblem = isTaken
			? __( 'A list of this name exists. Choose another name.', 'amzlinkr' )
			: ! isNameValid && __( 'Use 1 to 64 lowercase letters, digits and hyphens.', 'amzlinkr' );
		return el(
			'form',
			{ onSubmit: save, style: { display: 'block', width: '100%', maxWidth: 'none' } },
			el(
				'div',
				{ style: GRID },
				text( 'keywords', __( 'Keywords', 'amzlinkr' ) ),
				text( 'category', __( 'Category', 'amzlinkr' ), { list: 'amzlinkr-categories', help: __( 'Amazon’s English name. Empty: all.', 'amzlinkr' ) } ),
				el( 'datalist', { id: 'amzlinkr-categories' }, CATEGORIES.map( ( category ) => el( 'option', { key: category, value: category } ) ) ),
				select( 'sort', __( 'Sort by', 'amzlinkr' ), [
					[ '', __( 'Amazon’s order', 'amzlinkr' ) ],
					[ 'Featured', __( 'Featured', 'amzlinkr' ) ],
					[ 'Price:LowToHigh', __( 'Price, low to high', 'amzlinkr' ) ],
					[ 'Price:HighToLow', __( 'Price, high to low', 'amzlinkr' ) ],
					[ 'AvgCustomerReviews', __( 'Customer reviews', 'amzlinkr' ) ],
					[ 'NewestArrivals', __( 'Newest', 'amzlinkr' ) ],
				] ),
				text( 'brand', __( 'Brand', 'amzlinkr' ) ),
				text( 'min_price', __( 'Price from', 'amzlinkr' ), { type: 'number', min: 0, step: 'any' } ),
				text( 'max_price', __( 'Price up to', 'amzlinkr' ), { type: 'number', min: 0, step: 'any' } ),
				select( 'min_rating', __( 'Customer reviews', 'amzlinkr' ), [
					[ '', __( 'Any', 'amzlinkr' ) ],
					/* translators: %d: a number of stars */
					...[ 4, 3, 2, 1 ].map( ( stars ) => [ String( stars ), sprintf( __( '%d stars or more', 'amzlinkr' ), stars ) ] ),
				] ),
				text( 'min_saving', __( 'Minimum saving (%)', 'amzlinkr' ), { type: 'number', min: 1, max: 99 } ),
				data.marketplaces.length > 1 && select( 'marketplace', __( 'Marketplace', 'amzlinkr' ), data.marketplaces.map( ( code ) => [ code, code ] ) ),
				el( TextControl, { label: __( 'Number of products', 'amzlinkr' ), type: 'number', min: 1, max: data.maxSize, required: true, value: size, onChange: ( value ) => setSize( Number( value ) ) } ),
				! list && el( TextControl, { label: __( 'Name of the list', 'amzlinkr' ), value: name, onChange: ( value ) => setOwnName( value.toLowerCase() ), help: nameProblem || ( data.mayChange ? __( 'It stays the same when you change the search.', 'amzlinkr' ) : __( 'Only editors and administrators can change the search later.', 'amzlinkr' ) ) } )
			),
			el( Preview, { search, size } ),
			list && el( 'p', {}, __( 'A change applies to all posts that show this list.', 'amzlinkr' ) ),
			list && list.problem && el( Problem, { error: { message: list.problem }, status: 'warning' } ),
			error && el( Problem, { error } ),
			el(
				'div',
				{ style: { display: 'flex', flexWrap: 'wrap', gap: '8px', marginTop: '12px' } },
				el( Button, { variant: 'primary', type: 'submit', isBusy: busy, disabled: busy || ! isNameValid || isTaken || ! TERMS.some( ( term ) => search[ term ] ) }, list ? __( 'Save the list', 'amzlinkr' ) : __( 'Create the list', 'amzlinkr' ) ),
				el( Button, { variant: 'tertiary', onClick: onCancel }, __( 'Cancel', 'amzlinkr' ) )
			)
		);
	};

	/** The choice of an existing list, and the button that opens the form. */
	const Chooser = ( { lists, onChosen, onCreate } ) => {
		const [ chosen, setChosen ] = useState( '' );
		const options = [ { value: '', label: __( 'Choose a list', 'amzlinkr' ) }, ...lists.map( ( { name, search } ) => ( { value: name, label: `${ name }: ${ search }` } ) ) ];
		return el(
			'div',
			{ style: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'flex-end' } },
			lists.length > 0 && el( SelectControl, { label: __( 'Existing lists', 'amzlinkr' ), value: chosen, options, onChange: setChosen } ),
			lists.length > 0 && el( Button, { variant: 'primary', disabled: ! chosen, onClick: () => onChosen( chosen ) }, __( 'Show this list', 'amzlinkr' ) ),
			data.maySave && el( Button, { variant: lists.length ? 'secondary' : 'primary', onClick: onCreate }, __( 'Create a list', 'amzlinkr' ) ),
			! data.maySave && ! lists.length && el( 'p', {}, __( 'This site has no lists. Ask an author, editor or administrator to create one.', 'amzlinkr' ) )
		);
	};

	/** The lists of this site, or an error. They are loaded when the component is shown. */
	const WithLists = ( { children } ) => {
		const [ lists, setLists ] = useState( null );
		const [ error, setError ] = useState( null );
		useEffect( () => {
			wp.apiFetch( { path: `${ root }/lists` } ).then( ( response ) => setLists( response.lists ), setError );
		}, [] );
		return error ? el( Problem, { error } ) : lists ? children( lists ) : el( Spinner );
	};

	/** Waits for the products of a list that was saved. The service retrieves them soon, if the account has calls left. */
	const useProductsOf = ( name, onFilled ) =>
		useEffect( () => {
			let isCurrent = name !== '';
			const wait = async () => {
				for ( let polls = 0; isCurrent && polls < MAX_POLLS; polls++ ) {
					await new Promise( ( resolve ) => setTimeout( resolve, POLL_INTERVAL_MS ) );
					const list = isCurrent && ( await wp.apiFetch( { path: `${ root }/lists/${ name }` } ) );
					if ( isCurrent && ! list.is_awaited ) {
						isCurrent = false;
						onFilled();
					}
				}
			};
			// The list is filled by the next sync in any case.
			wait().catch( () => {} );
			return () => {
				isCurrent = false;
			};
		}, [ name ] );

	/** The block: the choice or the form, or the products of the chosen list. */
	const Edit = ( { attributes, setAttributes } ) => {
		const [ mode, setMode ] = useState( '' );
		const [ version, setVersion ] = useState( 0 );
		const [ awaited, setAwaited ] = useState( '' );
		const { name, limit, fallback } = attributes;
		const show = ( chosen ) => {
			setAttributes( { name: chosen } );
			setMode( '' );
			setVersion( ( current ) => current + 1 );
		};
		const onSaved = ( list ) => {
			show( list.name );
			setAwaited( list.is_awaited ? list.name : '' );
		};
		useProductsOf( awaited, () => {
			setAwaited( '' );
			setVersion( ( current ) => current + 1 );
		} );
		const settings = el(
			InspectorControls,
			{},
			el( DisplayPanel, { attributes, setAttributes, displays: getDisplays().filter( ( [ display ] ) => [ 'list', 'grid', 'table' ].includes( display ) ) } ),
			el( PartsPanel, { attributes, setAttributes } ),
			el(
				PanelBody,
				{ title: __( 'List', 'amzlinkr' ) },
				el( RangeControl, { label: __( 'Maximum number of products', 'amzlinkr' ), help: __( '0 shows all products of the list.', 'amzlinkr' ), value: limit, min: 0, max: data.maxSize, onChange: ( value ) => setAttributes( { limit: value || 0 } ) } ),
				el( TextControl, {
					label: __( 'Text without products', 'amzlinkr' ),
					help: __( 'Visitors see it while the list has no products that may be shown. Without a text they see nothing.', 'amzlinkr' ),
					value: fallback,
					onChange: ( value ) => setAttributes( { fallback: value } ),
				} )
			)
		);
		const toolbar = el(
			BlockControls,
			{},
			el(
				ToolbarGroup,
				{},
				el( ToolbarButton, { icon: 'search', label: __( 'Choose another list', 'amzlinkr' ), onClick: () => setAttributes( { name: '' } ) } ),
				data.mayChange && el( ToolbarButton, { icon: 'edit', label: __( 'Change the search of this list', 'amzlinkr' ), onClick: () => setMode( 'edit' ) } )
			)
		);
		const fill = ( lists ) => {
			const list = lists.find( ( each ) => each.name === name );
			if ( mode === 'create' || ( mode === 'edit' && list ) ) {
				return el( ListForm, { list: mode === 'edit' ? list : undefined, lists, onSaved, onCancel: () => setMode( '' ) } );
			}
			return el( Chooser, { lists, onChosen: show, onCreate: () => setMode( 'create' ) } );
		};
		const placeholder = el(
			Placeholder,
			{ icon: 'editor-ol', label: __( 'Amazon list', 'amzlinkr' ), instructions: __( 'A saved search. Its products are refreshed automatically, and the list can be shown in any number of posts.', 'amzlinkr' ) },
			el( WithLists, {}, fill )
		);
		const isOpen = name === '' || mode !== '';
		return el(
			'div',
			useBlockProps(),
			name !== '' && toolbar,
			name !== '' && settings,
			isOpen ? placeholder : el( Disabled, {}, el( ServerSideRender, { key: version, block: 'amzlinkr/list', attributes, httpMethod: 'POST', skipBlockSupportAttributes: true } ) )
		);
	};

	registerBlockType( 'amzlinkr/list', { edit: Edit, save: () => null } );
} )();
