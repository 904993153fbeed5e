<?php
/**
 * Returns a function that checks the calls of functions and the uses of constants in a folder of PHP files.
 *
 * It runs inside WordPress, so that the functions of its version are known. It reports functions that do not exist, calls
 * with too few or too many arguments, texts that name a function of the plugin that does not exist, and constants that are
 * not defined. A file may call a function that it passes to function_exists().
 */

/** One file: its tokens without white space and comments, its namespace, and its imports. */
class Checked_File {
	const SKIPPED = array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT );
	const NAMES   = array( T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED );

	public $tokens;
	public $space   = '';
	public $imports = array();

	public function __construct( string $code ) {
		$this->tokens = array_values( array_filter( PhpToken::tokenize( $code ), static fn( $token ) => ! $token->is( self::SKIPPED ) ) );
		foreach ( $this->tokens as $index => $token ) {
			$next = $this->tokens[ $index + 1 ] ?? null;
			if ( $token->is( T_NAMESPACE ) && $next->is( self::NAMES ) ) {
				$this->space = $next->text;
			} elseif ( $token->is( T_USE ) && $next->is( array( ...self::NAMES, T_CONST, T_FUNCTION ) ) ) {
				$name                               = $next->is( self::NAMES ) ? $next->text : $this->tokens[ $index + 2 ]->text;
				$parts                              = explode( '\\', $name );
				$this->imports[ end( $parts ) ] = $name;
			}
		}
	}

	/** Returns the full names that a name can mean. */
	public function resolve( PhpToken $token ): array {
		if ( $token->is( T_NAME_FULLY_QUALIFIED ) ) {
			return array( substr( $token->text, 1 ) );
		}
		$parts = explode( '\\', $token->text );
		$first = array_shift( $parts );
		if ( isset( $this->imports[ $first ] ) ) {
			return array( implode( '\\', array_merge( array( $this->imports[ $first ] ), $parts ) ) );
		}
		$own = ltrim( "$this->space\\$token->text", '\\' );
		return $parts ? array( $own ) : array( $own, $token->text );
	}

	/** Returns the texts of the arguments or parameters behind an opening parenthesis. */
	public function get_arguments( int $index ): array {
		$arguments = array( '' );
		for ( $depth = 1, ++$index; $depth > 0; $index++ ) {
			$text   = $this->tokens[ $index ]->is( T_ENCAPSED_AND_WHITESPACE ) ? '~' : $this->tokens[ $index ]->text;
			$depth += in_array( $text, array( '(', '[', '{', '${' ), true ) || $this->tokens[ $index ]->is( T_CURLY_OPEN ) ? 1 : 0;
			$depth -= in_array( $text, array( ')', ']', '}' ), true ) ? 1 : 0;
			if ( 1 === $depth && ',' === $text ) {
				$arguments[] = '';
			} elseif ( $depth > 0 ) {
				$arguments[ count( $arguments ) - 1 ] .= 1 === $depth ? $text : '~';
			}
		}
		return array_values( array_filter( $arguments, static fn( $text ) => '' !== $text ) );
	}
}

// The plugin loads these itself, or calls them only on networks and on the dashboard.
foreach ( array( 'wp-admin/includes/upgrade.php', 'wp-includes/ms-blogs.php', 'wp-includes/ms-site.php', 'wp-admin/includes/dashboard.php' ) as $part ) {
	require_once ABSPATH . $part;
}

return static function ( string $folder, array $later ): array {
	$files = array();
	foreach ( new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ) ) as $path ) {
		if ( 'php' === $path->getExtension() ) {
			$files[ substr( $path, strlen( $folder ) + 1 ) ] = new Checked_File( file_get_contents( $path ) );
		}
	}
	$functions = array();
	$constants = array();
	foreach ( $files as $file ) {
		foreach ( $file->tokens as $index => $token ) {
			$name = $file->tokens[ $index + 1 ] ?? null;
			if ( $token->is( T_FUNCTION ) && $name->is( T_STRING ) ) {
				$parameters = $file->get_arguments( $index + 2 );
				$optional   = array_filter( $parameters, static fn( $text ) => str_contains( $text, '=' ) || str_contains( $text, '...' ) );
				$functions[ strtolower( ltrim( "$file->space\\$name->text", '\\' ) ) ] = array(
					count( $parameters ) - count( $optional ),
					str_contains( implode( '', $parameters ), '...' ) ? PHP_INT_MAX : count( $parameters ),
				);
			} elseif ( $token->is( T_CONST ) && '=' === ( $file->tokens[ $index + 2 ]->text ?? '' ) ) {
				$constants[ ltrim( "$file->space\\$name->text", '\\' ) ] = true;
			}
		}
	}
	$find = static function ( array $names ) use ( $functions ): ?array {
		foreach ( $names as $name ) {
			if ( isset( $functions[ strtolower( $name ) ] ) ) {
				return $functions[ strtolower( $name ) ];
			}
			if ( function_exists( $name ) ) {
				$reflection = new ReflectionFunction( $name );
				// Many functions of WordPress read further arguments with func_get_args().
				$has_more = $reflection->isVariadic() || ! str_contains( $name, '\\' );
				return array( $reflection->getNumberOfRequiredParameters(), $has_more && $reflection->isUserDefined() ? PHP_INT_MAX : ( $reflection->isVariadic() ? PHP_INT_MAX : $reflection->getNumberOfParameters() ) );
			}
		}
		return null;
	};
	$problems = array();
	$count    = 0;
	foreach ( $files as $path => $file ) {
		$guarded = $later;
		foreach ( $file->tokens as $index => $token ) {
			if ( 'function_exists' === $token->text ) {
				$guarded[] = trim( $file->tokens[ $index + 2 ]->text, '\'"' );
			}
		}
		foreach ( $file->tokens as $index => $token ) {
			$before = $file->tokens[ $index - 1 ] ?? null;
			$after  = $file->tokens[ $index + 1 ] ?? null;
			$place  = "$path:$token->line";
			$is_own = $before && '.' === $before->text && $file->tokens[ $index - 2 ]->is( T_NS_C );
			if ( $token->is( T_CONSTANT_ENCAPSED_STRING ) && preg_match( $is_own ? '~^.\\\\{1,2}(\w+).\z~' : '~^.(AmzLinkr(?:\\\\{1,2}\w+)+).\z~', $token->text, $text ) ) {
				$name = $is_own ? "$file->space\\$text[1]" : str_replace( '\\\\', '\\', $text[1] );
				if ( ! $find( array( $name ) ) ) {
					$problems[] = "$place: the function $name does not exist";
				}
				++$count;
			}
			if ( ! $token->is( Checked_File::NAMES ) || ( $before && $before->is( array( T_OBJECT_OPERATOR, T_DOUBLE_COLON, T_NEW, T_FUNCTION, T_USE, T_NAMESPACE, T_CONST, T_CLASS, T_EXTENDS, T_INSTANCEOF ) ) ) ) {
				continue;
			}
			if ( '(' === ( $after->text ?? '' ) && ! in_array( $token->text, $guarded, true ) ) {
				$arguments = $file->get_arguments( $index + 1 );
				$expected  = $find( $file->resolve( $token ) );
				$spread    = (bool) preg_grep( '~^\.\.\.~', $arguments );
				++$count;
				if ( ! $expected ) {
					$problems[] = "$place: the function $token->text does not exist";
				} elseif ( ! $spread && ( count( $arguments ) < $expected[0] || count( $arguments ) > $expected[1] ) ) {
					$problems[] = "$place: $token->text has " . count( $arguments ) . ' arguments';
				}
			} elseif ( $token->is( T_NAME_QUALIFIED ) && ! ( $after && ( $after->is( array( T_DOUBLE_COLON, T_VARIABLE ) ) || '(' === $after->text ) ) && preg_match( '~\\\\[A-Z_]+\z~', $token->text ) ) {
				++$count;
				if ( ! isset( $constants[ $file->resolve( $token )[0] ] ) ) {
					$problems[] = "$place: the constant $token->text is not defined";
				}
			}
		}
	}
	return array( $problems, $count );
};
