/**
 * Parser check of PHP files with several PHP versions.
 *
 * Standard input, as JSON: `modules` (a folder with node_modules), `phps` (versions like "7-4") and `files`.
 * Standard output, as JSON: the syntax errors by full PHP version.
 */
const { readFileSync } = require( 'node:fs' );
const { createRequire } = require( 'node:module' );

const PARSE = `<?php
try {
	token_get_all( file_get_contents( '/file.php' ), TOKEN_PARSE );
} catch ( ParseError $error ) {
	echo $error->getLine(), ': ', $error->getMessage();
}`;

( async () => {
	const { modules, phps, files } = JSON.parse( readFileSync( 0, 'utf8' ) );
	const load = createRequire( `${ modules }/index.cjs` );
	const { PHP, loadPHPRuntime } = load( '@php-wasm/universal' );
	const errors = {};
	for ( const name of phps ) {
		const { getPHPLoaderModule } = load( `@php-wasm/node-${ name }` );
		const php = new PHP( await loadPHPRuntime( await getPHPLoaderModule() ) );
		const version = ( await php.run( { code: '<?php echo PHP_VERSION;' } ) ).text;
		errors[ version ] = [];
		for ( const file of files ) {
			php.writeFile( '/file.php', readFileSync( file ) );
			const { text } = await php.run( { code: PARSE } );
			if ( text ) {
				errors[ version ].push( `${ file }:${ text }` );
			}
		}
	}
	console.log( JSON.stringify( errors ) );
	process.exit( 0 );
} )();
