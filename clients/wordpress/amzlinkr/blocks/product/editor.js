/**
 * The block “Amazon product” in the editor: a search, and after the choice of a product its box.
 */
( () => {
	'use strict';
	const { registerBlockType } = wp.blocks;
	const { BlockControls, InspectorControls, useBlockProps } = wp.blockEditor;
	const { Button, Disabled, Notice, PanelBody, Placeholder, SelectControl, Spinner, TextControl, ToolbarButton, ToolbarGroup } = wp.components;
	const { createElement: el, useState } = wp.element;
	const { __ } = wp.i18n;
	const ServerSideRender = wp.serverSideRender;
	const root = 'amzlinkr/v1';
	const marketplaces = window.amzlinkrMarketplaces || { all: [], primary: '' };

	/** A search result as a button. */
	const ResultButton = ( { product, onChoose } ) =>
		el(
			Button,
			{ className: 'amzlinkr-found', onClick: () => onChoose( product ), style: { height: 'auto', display: 'flex', gap: '12px', textAlign: 'left' } },
			product.image && el( 'img', { src: product.image, alt: '', width: 48 } ),
			el( 'span', {}, product.title, ' ', el( 'strong', {}, product.price, ' ', product.price_access ) )
		);

	/** The search form with its results. A chosen product is imported before the box is shown. */
	const Search = ( { onChosen } ) => {
		const [ keywords, setKeywords ] = useState( '' );
		const [ marketplace, setMarketplace ] = useState( marketplaces.primary );
		const [ results, setResults ] = useState( [] );
		const [ busy, setBusy ] = useState( false );
		const [ problem, setProblem ] = useState( null );
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
		const search = ( event ) => {
			event.preventDefault();
			run( async () => {
				const query = new URLSearchParams( { keywords, marketplace } );
				const response = await wp.apiFetch( { path: `${ root }/search?${ query }` } );
				setResults( response.items );
				if ( ! response.items.length ) {
					setProblem( { message: __( 'No products were found. Try other keywords or fewer filters.', 'amzlinkr' ) } );
				}
			} );
		};
		const choose = ( product ) =>
			run( async () => {
				const data = { items: [ product.asin ], marketplace: product.marketplace };
				data.idempotency_key = `block-${ product.marketplace }-${ product.asin }-${ Date.now() }`;
				const [ result ] = ( await wp.apiFetch( { path: `${ root }/import`, method: 'POST', data } ) ).results;
				if ( result.status !== 'imported' ) {
					throw { message: result.detail || result.status, data: { action: result.action } };
				}
				onChosen( { asin: product.asin, marketplace: product.marketplace } );
			} );
		return el(
			'div',
			{ style: { width: '100%' } },
			el(
				'form',
				{ onSubmit: search, style: { display: 'flex', gap: '8px', alignItems: 'flex-end' } },
				el( TextControl, { label: __( 'Keywords, ASIN or Amazon URL', 'amzlinkr' ), value: keywords, onChange: setKeywords } ),
				marketplaces.all.length > 1 &&
					el( SelectControl, {
						label: __( 'Marketplace', 'amzlinkr' ),
						value: marketplace,
						onChange: setMarketplace,
						options: marketplaces.all.map( ( code ) => ( { label: code, value: code } ) ),
					} ),
				el( Button, { variant: 'primary', type: 'submit', disabled: busy || ! keywords.trim() }, __( 'Search', 'amzlinkr' ) )
			),
			busy && el( Spinner ),
			problem && el( Notice, { status: 'error', isDismissible: false }, problem.message, ' ', problem.data && problem.data.action ),
			results.map( ( product ) => el( ResultButton, { key: product.asin, product, onChoose: choose } ) )
		);
	};

	/** The block: the search, or the box of the chosen product. */
	const Edit = ( { attributes, setAttributes } ) => {
		const isChosen = attributes.asin !== '';
		const toolbar = el(
			BlockControls,
			{},
			el( ToolbarGroup, {}, el( ToolbarButton, { icon: 'search', label: __( 'Choose another product', 'amzlinkr' ), onClick: () => setAttributes( { asin: '', marketplace: '', title: '' } ) } ) )
		);
		const settings = el(
			InspectorControls,
			{},
			el(
				PanelBody,
				{ title: __( 'Product', 'amzlinkr' ) },
				el( TextControl, {
					label: __( 'Your title', 'amzlinkr' ),
					help: __( 'Shown in place of Amazon’s title, and as a link while the data of the product has expired or Amazon no longer returns it.', 'amzlinkr' ),
					value: attributes.title,
					onChange: ( title ) => setAttributes( { title } ),
				} )
			)
		);
		const placeholder = el(
			Placeholder,
			{ icon: 'cart', label: __( 'Amazon product', 'amzlinkr' ), instructions: __( 'Search Amazon and choose a product. It is imported, and its price stays up to date.', 'amzlinkr' ) },
			el( Search, { onChosen: setAttributes } )
		);
		return el(
			'div',
			useBlockProps(),
			isChosen && toolbar,
			isChosen && settings,
			isChosen ? el( Disabled, {}, el( ServerSideRender, { block: 'amzlinkr/product', attributes, httpMethod: 'POST' } ) ) : placeholder
		);
	};

	registerBlockType( 'amzlinkr/product', { edit: Edit, save: () => null } );
} )();
