/**
 * The block “Amazon product” in the editor: a search, and then the box as visitors see it.
 */
( () => {
	'use strict';
	const { registerBlockType } = wp.blocks;
	const { BlockControls, useBlockProps } = wp.blockEditor;
	const { Button, Disabled, Notice, Placeholder, SelectControl, Spinner, TextControl, ToolbarButton, ToolbarGroup } = wp.components;
	const { createElement: el, useState } = wp.element;
	const { __ } = wp.i18n;
	const ServerSideRender = wp.serverSideRender;
	const root = 'amzlinkr/v1';
	const locales = window.amzlinkrLocales || { all: [], primary: '' };

	const Found = ( { product, onChoose } ) =>
		el(
			Button,
			{ className: 'amzlinkr-found', onClick: () => onChoose( product ), style: { height: 'auto', display: 'flex', gap: '12px', textAlign: 'left' } },
			product.image && el( 'img', { src: product.image, alt: '', width: 48 } ),
			el( 'span', {}, product.title, ' ', el( 'strong', {}, product.price ) )
		);

	const Search = ( { onChosen } ) => {
		const [ keywords, setKeywords ] = useState( '' );
		const [ marketplace, setMarketplace ] = useState( locales.primary );
		const [ found, setFound ] = useState( [] );
		const [ busy, setBusy ] = useState( false );
		const [ problem, setProblem ] = useState( null );
		const doing = async ( work ) => {
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
			doing( async () => {
				const query = new URLSearchParams( { keywords, marketplace } );
				const answer = await wp.apiFetch( { path: `${ root }/search?${ query }` } );
				setFound( answer.items );
				if ( ! answer.items.length ) {
					setProblem( { message: __( 'Nothing was found. Try other words or fewer filters.', 'amzlinkr' ) } );
				}
			} );
		};
		const choose = ( product ) =>
			doing( async () => {
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
				el( TextControl, { label: __( 'Keywords, ASIN or Amazon address', 'amzlinkr' ), value: keywords, onChange: setKeywords } ),
				locales.all.length > 1 &&
					el( SelectControl, {
						label: __( 'Locale', 'amzlinkr' ),
						value: marketplace,
						onChange: setMarketplace,
						options: locales.all.map( ( code ) => ( { label: code, value: code } ) ),
					} ),
				el( Button, { variant: 'primary', type: 'submit', disabled: busy || ! keywords.trim() }, __( 'Search', 'amzlinkr' ) )
			),
			busy && el( Spinner ),
			problem && el( Notice, { status: 'error', isDismissible: false }, problem.message, ' ', problem.data && problem.data.action ),
			found.map( ( product ) => el( Found, { key: product.asin, product, onChoose: choose } ) )
		);
	};

	const Edit = ( { attributes, setAttributes } ) => {
		const chosen = attributes.asin !== '';
		const again = el(
			BlockControls,
			{},
			el( ToolbarGroup, {}, el( ToolbarButton, { icon: 'search', label: __( 'Choose another product', 'amzlinkr' ), onClick: () => setAttributes( { asin: '', marketplace: '' } ) } ) )
		);
		const placeholder = el(
			Placeholder,
			{ icon: 'cart', label: __( 'Amazon product', 'amzlinkr' ), instructions: __( 'Search Amazon, and choose a product. It is imported, and its price stays right.', 'amzlinkr' ) },
			el( Search, { onChosen: setAttributes } )
		);
		return el(
			'div',
			useBlockProps(),
			chosen && again,
			chosen ? el( Disabled, {}, el( ServerSideRender, { block: 'amzlinkr/product', attributes, httpMethod: 'POST' } ) ) : placeholder
		);
	};

	registerBlockType( 'amzlinkr/product', { edit: Edit, save: () => null } );
} )();
