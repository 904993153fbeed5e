/**
 * The choice among the imported products, for the editor. It needs no call to the service.
 */
window.amzlinkrProductPicker = ( () => {
	'use strict';
	const { Button, Notice, Spinner, TextControl } = wp.components;
	const { createElement: el, useEffect, useState } = wp.element;
	const { __, sprintf } = wp.i18n;
	const DELAY_MS = 300;

	/** Returns the key of a product. */
	const getKey = ( { marketplace, asin } ) => `${ marketplace }:${ asin }`;

	/** A product as a button that selects it, or ends its selection. */
	const ProductButton = ( { product, isChosen, onToggle } ) =>
		el(
			Button,
			{
				className: 'amzlinkr-imported-product',
				variant: isChosen ? 'primary' : 'secondary',
				'aria-pressed': isChosen,
				onClick: onToggle,
				style: { height: 'auto', width: '100%', padding: '6px 10px', display: 'flex', gap: '10px', textAlign: 'start', whiteSpace: 'normal' },
			},
			product.image && el( 'img', { src: product.image, alt: '', width: 32, height: 32, style: { objectFit: 'contain', background: '#fff', flex: 'none' } } ),
			el( 'span', {}, product.title || product.asin, ' ', el( 'strong', {}, product.price || product.note ) )
		);

	/**
	 * The imported products that contain a text, and a button that inserts the chosen ones.
	 *
	 * `load` takes the text and returns a promise of `{ products, total }`.
	 */
	const Picker = ( { load, onInsert } ) => {
		const [ keywords, setKeywords ] = useState( '' );
		const [ found, setFound ] = useState( null );
		const [ chosen, setChosen ] = useState( [] );
		const [ problem, setProblem ] = useState( null );
		useEffect( () => {
			let isCurrent = true;
			const timer = setTimeout(
				() =>
					load( keywords ).then(
						( response ) => isCurrent && setFound( response ),
						( error ) => isCurrent && setProblem( error )
					),
				found ? DELAY_MS : 0
			);
			return () => {
				isCurrent = false;
				clearTimeout( timer );
			};
		}, [ keywords ] );
		const keys = chosen.map( getKey );
		const toggle = ( product ) => setChosen( keys.includes( getKey( product ) ) ? chosen.filter( ( each ) => getKey( each ) !== getKey( product ) ) : [ ...chosen, product ] );
		if ( problem ) {
			return el( Notice, { status: 'error', isDismissible: false }, problem.message );
		}
		if ( ! found ) {
			return el( Spinner );
		}
		if ( ! found.total ) {
			return null;
		}
		return el(
			'div',
			{ className: 'amzlinkr-picker', style: { width: '100%', marginBottom: '16px' } },
			el( TextControl, { label: __( 'Imported products', 'amzlinkr' ), placeholder: __( 'Title or ASIN', 'amzlinkr' ), value: keywords, onChange: setKeywords } ),
			el(
				'div',
				{ style: { display: 'grid', gap: '6px', maxHeight: '260px', overflowY: 'auto', padding: '2px' }, 'aria-live': 'polite' },
				found.products.map( ( product ) => el( ProductButton, { key: getKey( product ), product, isChosen: keys.includes( getKey( product ) ), onToggle: () => toggle( product ) } ) ),
				! found.products.length && el( 'p', {}, __( 'No imported product contains this text.', 'amzlinkr' ) )
			),
			chosen.length > 0 &&
				el(
					Button,
					{ variant: 'primary', style: { marginTop: '8px' }, onClick: () => onInsert( chosen ) },
					/* translators: %d: a number of products */
					chosen.length > 1 ? sprintf( __( 'Insert %d products', 'amzlinkr' ), chosen.length ) : __( 'Insert the product', 'amzlinkr' )
				)
		);
	};

	return { Picker };
} )();
