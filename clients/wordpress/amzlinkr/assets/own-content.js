/**
 * The controls of the author's own title, texts, badge and picture of a product, for the settings of a block.
 */
window.amzlinkrOwnContent = ( () => {
	'use strict';
	const { MediaUpload, MediaUploadCheck } = wp.blockEditor;
	const { Button, PanelBody, TextareaControl, TextControl } = wp.components;
	const { createElement: el } = wp.element;
	const { __, sprintf } = wp.i18n;

	/** The buttons that choose a picture of the media library and remove it. */
	const PictureControl = ( { image, onChange } ) =>
		el(
			MediaUploadCheck,
			{ fallback: el( 'p', {}, __( 'Only users who may upload files can choose a picture.', 'amzlinkr' ) ) },
			el(
				'div',
				{ style: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px' } },
				el( MediaUpload, {
					allowedTypes: [ 'image' ],
					title: __( 'Your picture', 'amzlinkr' ),
					value: image || undefined,
					onSelect: ( media ) => onChange( media.id ),
					render: ( { open } ) =>
						el( Button, { variant: 'secondary', onClick: open }, image ? __( 'Replace your picture', 'amzlinkr' ) : __( 'Choose your picture', 'amzlinkr' ) ),
				} ),
				image > 0 && el( Button, { variant: 'link', isDestructive: true, onClick: () => onChange( 0 ) }, __( 'Remove your picture', 'amzlinkr' ) )
			),
			el( 'p', {}, __( 'Shown in place of Amazon’s picture.', 'amzlinkr' ) )
		);

	/** Returns the texts that an author can give a product. */
	const getTexts = () => [
		[ 'title', __( 'Your title', 'amzlinkr' ), __( 'Shown in place of Amazon’s title.', 'amzlinkr' ), TextControl ],
		[ 'text', __( 'Your text', 'amzlinkr' ), '', TextareaControl ],
		[ 'bullets', __( 'Bullet points', 'amzlinkr' ), __( 'One per line.', 'amzlinkr' ), TextareaControl ],
		[ 'pros', __( 'Pros', 'amzlinkr' ), __( 'One per line.', 'amzlinkr' ), TextareaControl ],
		[ 'cons', __( 'Cons', 'amzlinkr' ), __( 'One per line.', 'amzlinkr' ), TextareaControl ],
		[ 'badge', __( 'Your badge', 'amzlinkr' ), __( 'Such as “Best choice”.', 'amzlinkr' ), TextControl ],
	];

	/** The panel of one product. It changes the attributes with the names of the texts, and `image`. */
	const Panel = ( { attributes, setAttributes } ) =>
		el(
			PanelBody,
			{ title: __( 'Your own content', 'amzlinkr' ) },
			el( 'p', {}, __( 'Visitors see it with a link to Amazon, also while Amazon’s data cannot be shown.', 'amzlinkr' ) ),
			getTexts().map( ( [ name, label, help, Control ] ) => el( Control, { key: name, label, help, value: attributes[ name ], onChange: ( value ) => setAttributes( { [ name ]: value } ) } ) ),
			el( PictureControl, { image: attributes.image, onChange: ( image ) => setAttributes( { image } ) } )
		);

	/** The panels of several products. Each text of the attributes has a part for each of them. */
	const Panels = ( { attributes, setAttributes } ) => {
		const { getEntries, getParts, joinParts } = window.amzlinkrProductTexts;
		const entries = getEntries( attributes.asin );
		const change = ( name, index ) => ( value ) => {
			const parts = getParts( attributes[ name ], entries.length );
			parts[ index ] = value;
			setAttributes( { [ name ]: joinParts( parts ) } );
		};
		return entries.map( ( entry, index ) =>
			el(
				PanelBody,
				/* translators: 1: a number, 2: an ASIN */
				{ key: entry, title: sprintf( __( 'Your own content for product %1$d: %2$s', 'amzlinkr' ), index + 1, entry.slice( -10 ) ), initialOpen: false },
				getTexts().map( ( [ name, label, help, Control ] ) => el( Control, { key: name, label, help, value: getParts( attributes[ name ], entries.length )[ index ], onChange: change( name, index ) } ) )
			)
		);
	};

	return { Panel, Panels };
} )();
