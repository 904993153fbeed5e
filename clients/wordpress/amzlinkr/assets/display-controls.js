/**
 * The settings of a display in the editor: its kind, layout, parts, rows and products.
 */
window.amzlinkrDisplayControls = ( () => {
	'use strict';
	const { Button, CheckboxControl, PanelBody, RangeControl, SelectControl, TextControl, TextareaControl } = wp.components;
	const { createElement: el } = wp.element;
	const { __, sprintf } = wp.i18n;
	const { getEntries, move } = window.amzlinkrProductTexts;
	const MAX_COLUMNS = 6;
	const ROW = /^([a-z]+)\s*(?:\*\s*(\d{1,2}))?$/;
	const DEFAULT_ROWS = 'price\navailability';
	const GROUPS = [ 'grid', 'list', 'table' ];
	const defaults = window.amzlinkrDisplayDefaults || { several: 'grid', button: '' };

	/** Returns the displays, and the labels of each. */
	const getDisplays = () => [
		[ 'box', __( 'Box', 'amzlinkr' ) ],
		[ 'grid', __( 'Grid', 'amzlinkr' ) ],
		[ 'list', __( 'Numbered list', 'amzlinkr' ) ],
		[ 'table', __( 'Comparison table', 'amzlinkr' ) ],
		[ 'link', __( 'Text link', 'amzlinkr' ) ],
		[ 'image', __( 'Picture link', 'amzlinkr' ) ],
		[ 'button', __( 'Button', 'amzlinkr' ) ],
		[ 'price', __( 'Price', 'amzlinkr' ) ],
		[ 'title', __( 'Title', 'amzlinkr' ) ],
		[ 'savings', __( 'Savings', 'amzlinkr' ) ],
	];

	/** Returns the parts that can be hidden. */
	const getParts = () => [
		[ 'image', __( 'Picture', 'amzlinkr' ) ],
		[ 'title', __( 'Title', 'amzlinkr' ) ],
		[ 'brand', __( 'Brand', 'amzlinkr' ) ],
		[ 'text', __( 'Your texts', 'amzlinkr' ) ],
		[ 'badge', __( 'Your badge', 'amzlinkr' ) ],
		[ 'deal', __( 'Deal', 'amzlinkr' ) ],
		[ 'price', __( 'Price', 'amzlinkr' ) ],
		[ 'savings', __( 'Savings', 'amzlinkr' ) ],
		[ 'unit', __( 'Unit price', 'amzlinkr' ) ],
		[ 'availability', __( 'Availability', 'amzlinkr' ) ],
		[ 'quantity', __( 'Order quantity', 'amzlinkr' ) ],
		[ 'button', __( 'Button', 'amzlinkr' ) ],
	];

	/** Returns the rows of a comparison table that the plugin fills. */
	const getRows = () => [
		[ 'price', __( 'Price', 'amzlinkr' ) ],
		[ 'savings', __( 'Savings', 'amzlinkr' ) ],
		[ 'deal', __( 'Deal', 'amzlinkr' ) ],
		[ 'unit', __( 'Unit price', 'amzlinkr' ) ],
		[ 'condition', __( 'Condition', 'amzlinkr' ) ],
		[ 'availability', __( 'Availability', 'amzlinkr' ) ],
		[ 'quantity', __( 'Order quantity', 'amzlinkr' ) ],
		[ 'brand', __( 'Brand', 'amzlinkr' ) ],
		[ 'bullets', __( 'Features', 'amzlinkr' ) ],
		[ 'pros', __( 'Pros', 'amzlinkr' ) ],
		[ 'cons', __( 'Cons', 'amzlinkr' ) ],
	];

	/** Returns the options of a SelectControl. */
	const toOptions = ( pairs ) => pairs.map( ( [ value, label ] ) => ( { value, label } ) );

	/** Returns the display of attributes, as the server chooses it. */
	const getDisplay = ( { display, asin } ) => display || ( getEntries( asin ).length > 1 ? defaults.several : 'box' );

	/** The kind of display, and how it looks. */
	const DisplayPanel = ( { attributes, setAttributes, displays = getDisplays() } ) => {
		const display = attributes.asin === undefined ? attributes.display : getDisplay( attributes );
		return el(
			PanelBody,
			{ title: __( 'Display', 'amzlinkr' ) },
			el( SelectControl, { label: __( 'Display', 'amzlinkr' ), value: display, options: toOptions( displays ), onChange: ( value ) => setAttributes( { display: value } ) } ),
			[ 'box', 'list', 'grid' ].includes( display ) &&
				el( SelectControl, {
					label: __( 'Layout', 'amzlinkr' ),
					value: attributes.layout,
					options: toOptions( [
						[ '', __( 'Default', 'amzlinkr' ) ],
						[ 'horizontal', __( 'Picture beside the text', 'amzlinkr' ) ],
						[ 'vertical', __( 'Picture above the text', 'amzlinkr' ) ],
						[ 'compact', __( 'Compact', 'amzlinkr' ) ],
					] ),
					onChange: ( layout ) => setAttributes( { layout } ),
				} ),
			display === 'grid' && el( RangeControl, { label: __( 'Columns', 'amzlinkr' ), help: __( '0 shows as many as there is room for.', 'amzlinkr' ), value: attributes.columns, min: 0, max: MAX_COLUMNS, onChange: ( columns ) => setAttributes( { columns: columns || 0 } ) } ),
			[ 'box', 'list', 'grid', 'image' ].includes( display ) &&
				el( SelectControl, {
					label: __( 'Size of the picture', 'amzlinkr' ),
					value: attributes.size,
					options: toOptions( [
						[ '', __( 'Default', 'amzlinkr' ) ],
						[ 'small', __( 'Small', 'amzlinkr' ) ],
						[ 'medium', __( 'Medium', 'amzlinkr' ) ],
						[ 'large', __( 'Large', 'amzlinkr' ) ],
					] ),
					onChange: ( size ) => setAttributes( { size } ),
				} ),
			[ 'box', 'button', ...GROUPS ].includes( display ) && el( TextControl, { label: __( 'Label of the button', 'amzlinkr' ), value: attributes.button, placeholder: defaults.button || __( 'Buy on Amazon', 'amzlinkr' ), onChange: ( button ) => setAttributes( { button } ) } )
		);
	};

	/** The parts that are shown. */
	const PartsPanel = ( { attributes, setAttributes } ) => {
		const hidden = attributes.hide.split( ',' ).filter( Boolean );
		const toggle = ( part ) => ( isShown ) => setAttributes( { hide: ( isShown ? hidden.filter( ( each ) => each !== part ) : [ ...hidden, part ] ).join( ',' ) } );
		return el(
			PanelBody,
			{ title: __( 'Parts', 'amzlinkr' ), initialOpen: false },
			getParts().map( ( [ part, label ] ) => el( CheckboxControl, { key: part, label, checked: ! hidden.includes( part ), onChange: toggle( part ) } ) )
		);
	};

	/** Splits the attribute `rows` into the rows that the plugin fills and the author's text. */
	const parseRows = ( text ) => {
		const lines = ( text || DEFAULT_ROWS ).split( '\n' );
		const names = getRows().map( ( [ name ] ) => name );
		const first = lines.findIndex( ( line ) => ! names.includes( ( ROW.exec( line.trim() ) || [] )[ 1 ] ) );
		const filled = ( first < 0 ? lines : lines.slice( 0, first ) ).map( ( line ) => ROW.exec( line.trim() ) );
		return { best: Object.fromEntries( filled.map( ( [ , name, number ] ) => [ name, Number( number || 0 ) ] ) ), own: first < 0 ? '' : lines.slice( first ).join( '\n' ) };
	};

	/** The rows of a comparison table, with the product that is the best of each. */
	const RowsPanel = ( { attributes, setAttributes } ) => {
		const { best, own } = parseRows( attributes.rows );
		const save = ( newBest, newOwn ) => {
			const filled = getRows().filter( ( [ name ] ) => name in newBest );
			const lines = filled.map( ( [ name ] ) => ( newBest[ name ] ? `${ name } *${ newBest[ name ] }` : name ) );
			setAttributes( { rows: [ ...lines, ...( newOwn ? [ newOwn ] : [] ) ].join( '\n' ) } );
		};
		const toggle = ( name, isShown ) => {
			const { [ name ]: removed, ...others } = best;
			save( isShown ? { ...others, [ name ]: 0 } : others, own );
		};
		const numbers = getEntries( attributes.asin ).map( ( entry, index ) => [ String( index + 1 ), `${ index + 1 }: ${ entry.slice( -10 ) }` ] );
		return el(
			PanelBody,
			{ title: __( 'Rows of the table', 'amzlinkr' ) },
			getRows().map( ( [ name, label ] ) =>
				el(
					'div',
					{ key: name },
					el( CheckboxControl, { label, checked: name in best, onChange: ( isShown ) => toggle( name, isShown ) } ),
					name in best &&
						el( SelectControl, {
							/* translators: %s: the label of a row */
							label: sprintf( __( 'Best value of “%s”', 'amzlinkr' ), label ),
							value: String( best[ name ] ),
							options: toOptions( [ [ '0', __( 'Not marked', 'amzlinkr' ) ], ...numbers ] ),
							onChange: ( number ) => save( { ...best, [ name ]: Number( number ) }, own ),
						} )
				)
			),
			el( TextareaControl, {
				label: __( 'Your own rows', 'amzlinkr' ),
				help: __( 'One row per line, with a value for each product: “Weight: 300 g | *250 g”. An asterisk marks the best value.', 'amzlinkr' ),
				value: own,
				onChange: ( value ) => save( best, value ),
			} )
		);
	};

	/** The products of a block with several ones. */
	const ProductsPanel = ( { attributes, setAttributes } ) => {
		const entries = getEntries( attributes.asin );
		const button = ( icon, label, change, disabled = false ) => el( Button, { icon, label, size: 'small', disabled, onClick: () => setAttributes( change() ) } );
		return el(
			PanelBody,
			{ title: __( 'Products', 'amzlinkr' ), initialOpen: false },
			entries.map( ( entry, index ) =>
				el(
					'div',
					{ key: entry, style: { display: 'flex', alignItems: 'center', gap: '4px' } },
					el( 'span', { style: { flex: 1, overflowWrap: 'anywhere' } }, `${ index + 1 }. ${ entry }` ),
					/* translators: %s: an ASIN */
					button( 'arrow-up-alt2', sprintf( __( 'Move %s up', 'amzlinkr' ), entry ), () => move( attributes, index, index - 1 ), index === 0 ),
					/* translators: %s: an ASIN */
					button( 'arrow-down-alt2', sprintf( __( 'Move %s down', 'amzlinkr' ), entry ), () => move( attributes, index, index + 1 ), index === entries.length - 1 ),
					/* translators: %s: an ASIN */
					button( 'no-alt', sprintf( __( 'Remove %s', 'amzlinkr' ), entry ), () => move( attributes, index ) )
				)
			)
		);
	};

	/** Returns the variations of the block, for the displays of several products, and for the button. */
	const getVariations = () => {
		const variation = ( display, title, description, icon ) => ( { name: display, title, description, icon, attributes: { display }, isActive: [ 'display' ], scope: [ 'inserter', 'transform' ] } );
		return [
			variation( 'grid', __( 'Amazon product grid', 'amzlinkr' ), __( 'Several products from Amazon side by side, with prices that stay up to date.', 'amzlinkr' ), 'grid-view' ),
			variation( 'list', __( 'Amazon product ranking', 'amzlinkr' ), __( 'A numbered list of products from Amazon that you choose.', 'amzlinkr' ), 'editor-ol' ),
			variation( 'table', __( 'Amazon comparison table', 'amzlinkr' ), __( 'Products from Amazon as columns, and what you compare as rows.', 'amzlinkr' ), 'editor-table' ),
			variation( 'button', __( 'Amazon button', 'amzlinkr' ), __( 'A button that leads to a product on Amazon.', 'amzlinkr' ), 'button' ),
		];
	};

	return { DisplayPanel, PartsPanel, RowsPanel, ProductsPanel, getDisplay, getDisplays, getVariations, GROUPS };
} )();
