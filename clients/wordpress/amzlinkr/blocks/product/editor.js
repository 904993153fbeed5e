/**
 * The block “Amazon product” in the editor: the choice of products, and their display.
 */
( () => {
	'use strict';
	const { registerBlockType } = wp.blocks;
	const { BlockControls, InspectorControls, useBlockProps } = wp.blockEditor;
	const { Button, Disabled, Notice, Placeholder, SelectControl, Spinner, TextControl, ToolbarButton, ToolbarGroup } = wp.components;
	const { createElement: el, useState } = wp.element;
	const { __ } = wp.i18n;
	const ServerSideRender = wp.serverSideRender;
	const { Panel: OwnContentPanel, Panels: OwnContentPanels } = window.amzlinkrOwnContent;
	const { DisplayPanel, PartsPanel, RowsPanel, ProductsPanel, getDisplay, getVariations, GROUPS } = window.amzlinkrDisplayControls;
	const { Picker } = window.amzlinkrProductPicker;
	const { getEntries, add } = window.amzlinkrProductTexts;
	const root = 'amzlinkr/v1';
	const marketplaces = window.amzlinkrMarketplaces || { all: [], domains: {}, primary: '', linkOnly: [], noAccessCodes: [], mayImport: false };

	/** A search result as a button. */
	const ResultButton = ( { product, onChoose } ) =>
		el(
			Button,
			{ className: 'amzlinkr-found', onClick: () => onChoose( product ), style: { height: 'auto', display: 'flex', gap: '12px', textAlign: 'left' } },
			product.image && el( 'img', { src: product.image, alt: '', width: 48 } ),
			el( 'span', {}, product.title, ' ', el( 'strong', {}, product.price, ' ', product.price_access ) )
		);

	/** Imports a product by its ASIN or URL, and returns the attributes of its block. Its data may have to wait for API access. */
	const importProduct = async ( item, marketplace ) => {
		const data = { items: [ item ], marketplace, idempotency_key: `block-${ Date.now() }-${ Math.random().toString( 36 ).slice( 2 ) }` };
		const [ result ] = ( await wp.apiFetch( { path: `${ root }/import`, method: 'POST', data } ) ).results;
		if ( result.status !== 'imported' && result.status !== 'waiting' ) {
			throw { message: result.detail || result.status, data: { action: result.action } };
		}
		return { asin: result.asin, marketplace: result.marketplace };
	};

	/** Returns the attributes of a block for users who may not import: of an ASIN, which another user may have imported. */
	const nameProduct = ( item, marketplace ) => {
		if ( ! /^[a-z0-9]{10}$/i.test( item ) ) {
			throw { message: __( 'Enter the ASIN of a product: ten letters and digits.', 'amzlinkr' ) };
		}
		return { asin: item.toUpperCase(), marketplace };
	};

	/**
	 * The search form with its results. A chosen product is imported before the box is shown.
	 *
	 * In a marketplace without API access, the form takes the ASIN or URL of a product.
	 */
	const Search = ( { onChosen } ) => {
		const [ keywords, setKeywords ] = useState( '' );
		const [ marketplace, setMarketplace ] = useState( marketplaces.primary );
		const [ results, setResults ] = useState( [] );
		const [ busy, setBusy ] = useState( false );
		const [ problem, setProblem ] = useState( null );
		const [ unsearchable, setUnsearchable ] = useState( marketplaces.linkOnly );
		const canSearch = ! unsearchable.includes( marketplace );
		const run = async ( work ) => {
			setBusy( true );
			setProblem( null );
			try {
				await work();
			} catch ( error ) {
				setProblem( error );
			}
			setBusy( false );
		};
		const insert = ( item, code ) => run( async () => onChosen( marketplaces.mayImport ? await importProduct( item, code ) : nameProduct( item, code ) ) );
		const search = () =>
			run( async () => {
				const query = new URLSearchParams( { keywords, marketplace } );
				try {
					const response = await wp.apiFetch( { path: `${ root }/search?${ query }` } );
					setResults( response.items );
					if ( ! response.items.length ) {
						throw { message: __( 'No products were found. Try other keywords or fewer filters.', 'amzlinkr' ) };
					}
				} catch ( error ) {
					if ( marketplaces.noAccessCodes.includes( error.code ) ) {
						setUnsearchable( [ ...unsearchable, marketplace ] );
					}
					throw error;
				}
			} );
		const submit = ( event ) => {
			event.preventDefault();
			if ( canSearch ) {
				search();
			} else {
				insert( keywords.trim(), marketplace );
			}
		};
		return el(
			'div',
			{ style: { width: '100%' } },
			el(
				'form',
				{ onSubmit: submit, style: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'flex-end' } },
				el( TextControl, { label: canSearch ? __( 'Keywords, ASIN or Amazon URL', 'amzlinkr' ) : __( 'ASIN or Amazon URL', 'amzlinkr' ), value: keywords, onChange: setKeywords } ),
				marketplaces.all.length > 1 &&
					el( SelectControl, {
						label: __( 'Marketplace', 'amzlinkr' ),
						value: marketplace,
						onChange: setMarketplace,
						options: marketplaces.all.map( ( code ) => ( { label: code, value: code } ) ),
					} ),
				el( Button, { variant: 'primary', type: 'submit', disabled: busy || ! keywords.trim() }, canSearch ? __( 'Search', 'amzlinkr' ) : __( 'Insert', 'amzlinkr' ) )
			),
			! canSearch && el( 'p', {}, __( 'This marketplace has no API access yet. The box shows your own content and a link with your tag until it is filled in automatically.', 'amzlinkr' ) ),
			busy && el( Spinner ),
			problem && el( Notice, { status: 'error', isDismissible: false }, problem.message, ' ', problem.data && problem.data.action ),
			results.map( ( product ) => el( ResultButton, { key: product.asin, product, onChoose: ( { asin } ) => insert( asin, product.marketplace ) } ) )
		);
	};

	/** Loads the imported products that contain a text. */
	const loadImported = ( keywords ) => wp.apiFetch( { path: `${ root }/products?${ new URLSearchParams( { keywords } ) }` } );

	const NO_PRODUCTS = { asin: '', marketplace: '', title: '', text: '', image: 0, bullets: '', pros: '', cons: '', badge: '', rows: '' };

	/** The block: the choice of products, or their display. */
	const Edit = ( { attributes, setAttributes } ) => {
		const [ isAdding, setAdding ] = useState( false );
		const isChosen = attributes.asin !== '' && ! isAdding;
		const display = getDisplay( attributes );
		const isGroup = GROUPS.includes( display );
		const hasSeveral = getEntries( attributes.asin ).length > 1;
		const insert = ( products ) => {
			setAttributes( add( attributes, products, marketplaces ) );
			setAdding( false );
		};
		const toolbar = el(
			BlockControls,
			{},
			el(
				ToolbarGroup,
				{},
				el( ToolbarButton, { icon: 'search', label: __( 'Choose another product', 'amzlinkr' ), onClick: () => setAttributes( NO_PRODUCTS ) } ),
				el( ToolbarButton, { icon: 'plus', label: __( 'Add products', 'amzlinkr' ), onClick: () => setAdding( true ) } )
			)
		);
		const settings = el(
			InspectorControls,
			{},
			el( DisplayPanel, { attributes, setAttributes } ),
			display === 'table' && el( RowsPanel, { attributes, setAttributes } ),
			hasSeveral && el( ProductsPanel, { attributes, setAttributes } ),
			( isGroup || display === 'box' ) && el( PartsPanel, { attributes, setAttributes } ),
			hasSeveral ? el( OwnContentPanels, { attributes, setAttributes } ) : el( OwnContentPanel, { attributes, setAttributes } )
		);
		const placeholder = el(
			Placeholder,
			{ icon: 'cart', label: __( 'Amazon product', 'amzlinkr' ), instructions: isGroup ? __( 'Choose products. Those of a search are imported, and their prices stay up to date.', 'amzlinkr' ) : __( 'Choose a product. It is imported, and its price stays up to date.', 'amzlinkr' ) },
			el( Picker, { load: loadImported, onInsert: insert } ),
			el( Search, { onChosen: ( product ) => insert( [ product ] ) } ),
			isAdding && el( Button, { variant: 'tertiary', onClick: () => setAdding( false ) }, __( 'Cancel', 'amzlinkr' ) )
		);
		return el(
			'div',
			useBlockProps(),
			isChosen && toolbar,
			isChosen && settings,
			isChosen ? el( Disabled, {}, el( ServerSideRender, { block: 'amzlinkr/product', attributes, httpMethod: 'POST', skipBlockSupportAttributes: true } ) ) : placeholder
		);
	};

	registerBlockType( 'amzlinkr/product', { edit: Edit, save: () => null, variations: getVariations() } );
} )();
