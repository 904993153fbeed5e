/**
 * Parses PHP files with several PHPs. Standard input: `modules` (a folder with node_modules), `phps` (like
 * "7-4") and `files`. Standard output: what each PHP, by its full version, does not understand.
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
	const load = createRequire( `${ modules }/here.cjs` );
	const { PHP, loadPHPRuntime } = load( '@php-wasm/universal' );
	const told = {};
	for ( const name of phps ) {
		const { getPHPLoaderModule } = load( `@php-wasm/node-${ name }` );
		const php = new PHP( await loadPHPRuntime( await getPHPLoaderModule() ) );
		const version = ( await php.run( { code: '<?php echo PHP_VERSION;' } ) ).text;
		told[ version ] = [];
		for ( const file of files ) {
			php.writeFile( '/file.php', readFileSync( file ) );
			const { text } = await php.run( { code: PARSE } );
			if ( text ) {
				told[ version ].push( `${ file }:${ text }` );
			}
		}
	}
	console.log( JSON.stringify( told ) );
	process.exit( 0 );
} )();
