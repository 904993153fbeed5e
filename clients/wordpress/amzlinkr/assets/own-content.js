/**
 * The controls of the author's own title, text and picture of a product, for the settings of a block.
 */
window.amzlinkrOwnContent = ( () => {
	'use strict';
	const { MediaUpload, MediaUploadCheck } = wp.blockEditor;
	const { Button, PanelBody, TextareaControl, TextControl } = wp.components;
	const { createElement: el } = wp.element;
	const { __ } = wp.i18n;

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

	/** The panel. It changes the attributes `title`, `text` and `image`. */
	const Panel = ( { attributes, setAttributes } ) =>
		el(
			PanelBody,
			{ title: __( 'Your own content', 'amzlinkr' ) },
			el( 'p', {}, __( 'Visitors see it with a link to Amazon, also while Amazon’s data cannot be shown.', 'amzlinkr' ) ),
			el( TextControl, {
				label: __( 'Your title', 'amzlinkr' ),
				help: __( 'Shown in place of Amazon’s title.', 'amzlinkr' ),
				value: attributes.title,
				onChange: ( title ) => setAttributes( { title } ),
			} ),
			el( TextareaControl, {
				label: __( 'Your text', 'amzlinkr' ),
				value: attributes.text,
				onChange: ( text ) => setAttributes( { text } ),
			} ),
			el( PictureControl, { image: attributes.image, onChange: ( image ) => setAttributes( { image } ) } )
		);

	return { Panel };
} )();
