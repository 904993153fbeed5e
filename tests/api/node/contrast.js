// Returns the texts of the page with a contrast below 4.5 (WCAG 2, level AA), each color once.
() => {
	const channels = ( color ) => color.match( /[\d.]+/g ).map( Number );
	const linear = ( value ) =>
		value <= 10 ? value / 3294 : ( ( value / 255 + 0.055 ) / 1.055 ) ** 2.4;
	const luminance = ( [ red, green, blue ] ) =>
		0.2126 * linear( red ) + 0.7152 * linear( green ) + 0.0722 * linear( blue );
	const background = ( element ) => {
		for ( let one = element; one; one = one.parentElement ) {
			const color = channels( getComputedStyle( one ).backgroundColor );
			if ( ( color[ 3 ] ?? 1 ) > 0.5 ) {
				return color;
			}
		}
		return [ 255, 255, 255 ];
	};
	const found = {};
	for ( const element of document.querySelectorAll( '.redoc-wrap *' ) ) {
		const hasText = [ ...element.childNodes ].some(
			( node ) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()
		);
		if ( hasText && element.getBoundingClientRect().width ) {
			const color = channels( getComputedStyle( element ).color );
			const behind = background( element );
			const [ low, high ] = [ luminance( color ), luminance( behind ) ].sort( ( a, b ) => a - b );
			if ( ( high + 0.05 ) / ( low + 0.05 ) < 4.5 ) {
				found[ `${ color } on ${ behind }` ] = element.textContent.slice( 0, 40 );
			}
		}
	}
	return found;
}
