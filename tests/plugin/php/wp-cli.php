<?php
/**
 * A stand-in for WP-CLI, which no package index offers: runs one command inside WordPress.
 *
 * It has the documented functions of WP-CLI that the plugin uses. Like WP-CLI, it reads the parameters of a command from
 * its comment, refuses unknown parameters and values, prints errors and warnings to standard error, and ends with the exit
 * code 1 after an error. Its tables are those that WP-CLI prints into a pipe.
 *
 * Arguments: the document root, the host, then those of `wp`.
 */

namespace WP_CLI\Utils {

	/** Returns a progress bar that prints its ticks to standard error. WP-CLI prints none into a pipe. */
	function make_progress_bar( $message, $count ) {
		return new class( $message, $count ) {
			private $message;
			private $count;
			private $done = 0;

			public function __construct( $message, $count ) {
				$this->message = $message;
				$this->count   = $count;
			}

			public function tick( $increment = 1 ) {
				$this->done += $increment;
				fwrite( STDERR, "Progress: $this->message $this->done of $this->count\n" );
			}

			public function finish() {
				fwrite( STDERR, "Progress: finished\n" );
			}
		};
	}
}

namespace WP_CLI {

	/** Prints rows in a format. */
	class Formatter {
		private $format;
		private $fields;

		public function __construct( &$assoc_args, $fields = null ) {
			$this->format = $assoc_args['format'] ?? 'table';
			$fields       = $assoc_args['fields'] ?? $fields;
			$this->fields = is_string( $fields ) ? array_map( 'trim', explode( ',', $fields ) ) : $fields;
			unset( $assoc_args['format'], $assoc_args['fields'] );
		}

		public function display_items( $items ) {
			if ( 'ids' === $this->format ) {
				echo implode( ' ', $items );
				return;
			}
			if ( 'count' === $this->format ) {
				echo count( $items );
				return;
			}
			$rows = array();
			foreach ( $items as $item ) {
				$row = array();
				foreach ( $this->fields as $field ) {
					$row[ $field ] = $item[ $field ] ?? null;
				}
				$rows[] = $row;
			}
			if ( 'json' === $this->format ) {
				echo json_encode( $rows );
			} elseif ( 'csv' === $this->format ) {
				foreach ( array_merge( array( $this->fields ), $rows ) as $row ) {
					fputcsv( STDOUT, array_map( array( $this, 'escape' ), array_values( $row ) ) );
				}
			} elseif ( 'table' === $this->format ) {
				foreach ( array_merge( array( $this->fields ), $rows ) as $row ) {
					echo implode( "\t", $row ), "\n";
				}
			} else {
				\WP_CLI::error( "Invalid format: $this->format" );
			}
		}

		private function escape( $value ) {
			return in_array( substr( (string) $value, 0, 1 ), array( '=', '+', '-', '@', "\t", "\r" ), true ) ? "'$value" : $value;
		}
	}
}

namespace {

	/** The functions of WP-CLI that commands call. */
	class WP_CLI {
		private static $commands = array();

		public static function add_command( $name, $callable ) {
			self::$commands[ $name ] = $callable;
		}

		public static function log( $message ) {
			fwrite( STDOUT, "$message\n" );
		}

		public static function success( $message ) {
			fwrite( STDOUT, "Success: $message\n" );
		}

		public static function warning( $message ) {
			fwrite( STDERR, "Warning: $message\n" );
		}

		public static function error( $message ) {
			// WP-CLI prints all data of a WP_Error, so that a command must select what it prints.
			$text = is_wp_error( $message ) ? $message->get_error_message() . ' ' . wp_json_encode( $message->get_error_data() ) : $message;
			fwrite( STDERR, "Error: $text\n" );
			exit( 1 );
		}

		public static function halt( $code ) {
			exit( $code );
		}

		/** Runs `wp NAME SUBCOMMAND …`. */
		public static function run( array $arguments ) {
			list( $name, $subcommand ) = array_pad( $arguments, 2, '' );
			$command                   = self::$commands[ $name ] ?? null;
			if ( ! $command || ! is_callable( array( $command, $subcommand ) ) ) {
				self::error( "'$name $subcommand' is not a registered wp command. See 'wp help' for available commands." );
			}
			list( $parameters, $has_positional ) = self::parse_comment( $command, $subcommand );
			$positional                          = array();
			$associative                         = array();
			foreach ( array_slice( $arguments, 2 ) as $argument ) {
				if ( preg_match( '~^--([^=]+)(?:=(.*))?\z~s', $argument, $parts ) ) {
					$associative[ $parts[1] ] = $parts[2] ?? true;
				} else {
					$positional[] = $argument;
				}
			}
			foreach ( $associative as $parameter => $value ) {
				$options = $parameters[ $parameter ]['options'] ?? array();
				if ( ! isset( $parameters[ $parameter ] ) ) {
					self::error( "Parameter errors:\n unknown --$parameter parameter" );
				}
				if ( $options && ! in_array( $value, $options, true ) ) {
					self::error( "Parameter errors:\n Invalid value specified for '$parameter'" );
				}
			}
			if ( $positional && ! $has_positional ) {
				self::error( 'Too many positional arguments: ' . implode( ' ', $positional ) );
			}
			$defaults = array_filter( array_map( static fn( $parameter ) => $parameter['default'], $parameters ), 'is_string' );
			$command->$subcommand( $positional, $associative + $defaults );
		}

		/** Returns the parameters in the comment of a command, and whether it has positional ones. */
		private static function parse_comment( $command, $subcommand ) {
			$comment    = preg_replace( '~^[ \t]*\*[ \t]?~m', '', ( new ReflectionMethod( $command, $subcommand ) )->getDocComment() );
			$parameters = array();
			preg_match_all( '~^\[--([a-z_]+)(?:=<[^>]+>)?\]\n: [^\n]*\n(---\n.*?\n---)?~ms', $comment, $found, PREG_SET_ORDER );
			foreach ( $found as $parts ) {
				preg_match( '~^default: (.+)$~m', $parts[2] ?? '', $default );
				preg_match_all( '~^  - (.+)$~m', $parts[2] ?? '', $options );
				$parameters[ $parts[1] ] = array(
					'default' => $default[1] ?? null,
					'options' => $options[1],
				);
			}
			return array( $parameters, 1 === preg_match( '~^\[<~m', $comment ) );
		}
	}

	define( 'WP_CLI', true );

	$root                      = $argv[1];
	$_SERVER['HTTP_HOST']      = $argv[2];
	$_SERVER['REQUEST_METHOD'] = 'GET';
	$_SERVER['REQUEST_URI']    = '/';
	$arguments                 = array_slice( $argv, 3 );
	$users                     = array_values( preg_grep( '~^--user=~', $arguments ) );
	require "$root/wp-load.php";
	if ( $users ) {
		wp_set_current_user( get_user_by( 'login', substr( $users[0], 7 ) )->ID );
	}
	WP_CLI::run( array_values( array_diff( $arguments, $users ) ) );
}
