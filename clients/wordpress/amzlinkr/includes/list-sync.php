<?php
/**
 * The lists in the sync: changes of the feed, lists that this site has withheld, and lists that the service lost.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\ListSync;

use AmzLinkr\Accounts;
use AmzLinkr\CachePurge;
use AmzLinkr\ListPlacements;
use AmzLinkr\Lists;
use AmzLinkr\Products;
use AmzLinkr\Sentences;
use AmzLinkr\Service;
use AmzLinkr\Sync;
use WP_Error;

defined( 'ABSPATH' ) || exit;

/**
 * Stores the lists of a page of the feed. Entries of other kinds are ignored.
 *
 * @param array[] $changes The changes of a page.
 * @param string  $lock    The lock of this run.
 * @return true|WP_Error
 */
function apply_changes( array $changes, string $lock ) {
	$lists   = array();
	$removed = array();
	foreach ( $changes as $change ) {
		$list = is_array( $change['list'] ?? null ) ? $change['list'] : array();
		if ( ! Lists\is_identified( Lists\sanitize( $list ) ) ) {
			continue;
		}
		if ( 'list' === ( $change['kind'] ?? '' ) ) {
			$lists[] = $list;
		} elseif ( 'list_removed' === ( $change['kind'] ?? '' ) ) {
			$removed[] = $list;
		}
	}
	if ( ! $lists && ! $removed ) {
		return true;
	}
	// As for products: a run that crashes after the write leaves this record, which causes a purge of their posts.
	$pending = Sync\get_state()['pending_list_purges'];
	if ( ! save_purges( $pending, array_merge( $lists, $removed ), $lock ) ) {
		return Sync\lock_lost_error();
	}
	$applied = Lists\remove( $removed );
	$changed = is_wp_error( $applied ) ? $applied : Lists\store( $lists, Sync\get_state()['feed_generation'] );
	if ( is_wp_error( $changed ) ) {
		return $changed;
	}
	return save_purges( $pending, array_merge( $changed, $removed ), $lock ) ? true : Sync\lock_lost_error();
}

/**
 * Saves the lists with posts to purge from caches.
 *
 * @param string[] $pending The names that are saved in any case.
 * @param array[]  $lists   Lists with `name`.
 * @param string   $lock    The lock of this run.
 * @return bool Whether they were saved.
 */
function save_purges( array $pending, array $lists, string $lock ): bool {
	$names = array_values( array_unique( array_merge( $pending, array_column( $lists, 'name' ) ) ) );
	return Sync\save_state( $lock, array( 'pending_list_purges' => $names ) );
}

/**
 * Handles the lists that a full read of the feed did not contain.
 *
 * After a new connection the service does not know them: they are emptied, and created again. At all other times they
 * were removed at the service.
 *
 * @param bool   $must_recreate Whether the lists are created again.
 * @param string $lock          The lock of this run.
 * @return true|WP_Error
 */
function drop_missing( bool $must_recreate, string $lock ) {
	$state   = Sync\get_state();
	$missing = array_column( Lists\find_other_generations( $state['feed_generation'] ), null, 'name' );
	if ( ! $must_recreate ) {
		$missing = array_diff_key( $missing, $state['pending_lists'] );
	}
	if ( ! $missing ) {
		return true;
	}
	save_purges( $state['pending_list_purges'], $missing, $lock );
	if ( ! $must_recreate ) {
		return Lists\remove( $missing );
	}
	Lists\purge( $missing, true );
	Sync\save_state( $lock, array( 'pending_lists' => array_fill_keys( array_keys( $missing ), '' ) ) );
	return true;
}

/**
 * Creates lists again that the service lost, and reads lists again that this site has withheld.
 *
 * @param int    $deadline The Unix time after which no list is requested.
 * @param string $lock     The lock of this run.
 * @return true|WP_Error
 */
function restore( int $deadline, string $lock ) {
	$state = Sync\get_state();
	$found = array_column( Lists\find_other_generations( $state['feed_generation'] ), null, 'name' );
	recreate( array_intersect_key( $found, $state['pending_lists'] ), $deadline, $lock );
	$confirmed = Accounts\get_confirmed_marketplaces( time() - Products\MAX_AGE_SECONDS )['marketplaces'];
	foreach ( array_diff_key( $found, $state['pending_lists'] ) as $list ) {
		if ( ! in_array( $list['marketplace'], $confirmed, true ) ) {
			continue;
		}
		if ( time() >= $deadline ) {
			wp_schedule_single_event( time(), Sync\CONTINUE_HOOK );
			return true;
		}
		$read = read( $list, $lock );
		if ( is_wp_error( $read ) ) {
			return $read;
		}
	}
	return true;
}

/**
 * Creates lists again. An error in one marketplace does not stop the others. The next run tries the rest again.
 *
 * @param array[] $lists    Lists by name.
 * @param int     $deadline The Unix time after which no list is created.
 * @param string  $lock     The lock of this run.
 */
function recreate( array $lists, int $deadline, string $lock ): void {
	if ( ! $lists && ! Sync\get_state()['pending_lists'] ) {
		return;
	}
	$pending = array();
	$reasons = array();
	foreach ( $lists as $name => $list ) {
		$reason = $reasons[ $list['marketplace'] ] ?? null;
		if ( null === $reason && time() < $deadline ) {
			$result = fetch( (string) $name, array( 'marketplace' => $list['marketplace'], 'size' => $list['size'] ) + $list['query'] );
			$reason = is_wp_error( $result ) ? Sentences\describe( $result ) : null;
			if ( null === $reason ) {
				continue;
			}
			$reasons[ $list['marketplace'] ] = $reason;
		}
		$pending[ $name ] = (string) $reason;
	}
	Sync\save_state( $lock, array( 'pending_lists' => $pending ) );
	if ( in_array( '', $pending, true ) ) {
		wp_schedule_single_event( time(), Sync\CONTINUE_HOOK );
	}
}

/**
 * Reads a list from the service and stores it. A list that the service does not have is removed.
 *
 * @param array  $list The list as it is stored.
 * @param string $lock The lock of this run.
 * @return true|WP_Error
 */
function read( array $list, string $lock ) {
	$changed = request( 'GET', $list['name'] );
	if ( is_wp_error( $changed ) ) {
		return 'not_found' === $changed->get_error_code() ? Lists\remove( array( $list ) ) : $changed;
	}
	return save_purges( Sync\get_state()['pending_list_purges'], $changed, $lock ) ? true : Sync\lock_lost_error();
}

/**
 * Reads a list from the service for a user who waits for it, or creates or replaces it there first.
 *
 * @param string     $name The name of the list.
 * @param array|null $body The search of the list, with `marketplace` and `size`; null to read it only.
 * @return array|WP_Error The list, as Lists\find() returns it.
 */
function fetch( string $name, ?array $body = null ) {
	$changed = null === $body ? request( 'GET', $name ) : request( 'PUT', $name, array( 'body' => $body ) );
	if ( is_wp_error( $changed ) ) {
		return $changed;
	}
	ListPlacements\purge_post_caches( array_column( $changed, 'name' ) );
	return Lists\find( $name ) ?? Lists\write_error();
}

/**
 * Sends a request about a list and stores the list that the service returns.
 *
 * @param string $method  The HTTP method.
 * @param string $name    The name of the list.
 * @param array  $options Further options of Service\call().
 * @return array[]|WP_Error The list if its products have changed.
 */
function request( string $method, string $name, array $options = array() ) {
	$options += array(
		'path'     => array( 'name' => $name ),
		'requires' => array( 'items', 'query' ),
	);
	$response = Service\call( $method, '/lists/{name}', $options );
	if ( is_wp_error( $response ) ) {
		return $response;
	}
	$list = Lists\sanitize( $response );
	if ( $list['name'] !== $name || ! Lists\is_identified( $list ) ) {
		return Service\unreachable_error( 'name' );
	}
	return Lists\store( array( $response ), Sync\get_state()['feed_generation'] );
}

/**
 * Strips expired lists, and removes offers of which the deal has ended.
 *
 * @param string $lock The lock of this run.
 */
function purge_expired( string $lock ): void {
	$purged = array_merge( Lists\purge_expired(), Lists\purge_ended_deals() );
	if ( $purged ) {
		save_purges( Sync\get_state()['pending_list_purges'], $purged, $lock );
	}
}

/**
 * Purges the caches of posts with changed lists and of posts with cached pages that are too old.
 *
 * A purge that takes too long, or ends early, is continued by the next run.
 *
 * @param string $lock The lock of this run.
 */
function purge_caches( string $lock ): void {
	$state = Sync\get_state();
	$names = $state['current_list_purge'];
	if ( ! $names ) {
		$cached = array_column( Lists\find_cached_before( time() - Sync\MAX_PAGE_AGE_SECONDS ), 'name' );
		$names  = array_values( array_unique( array_merge( $state['pending_list_purges'], $cached ) ) );
		CachePurge\begin( CachePurge\LIST_POSITION );
		$changes = array(
			'current_list_purge'  => $names,
			'pending_list_purges' => array(),
		);
		if ( ! $names || ! Sync\save_state( $lock, $changes ) ) {
			return;
		}
	}
	if ( ListPlacements\continue_purge( $names ) ) {
		Lists\mark_cache_purged( $names );
		Sync\save_state( $lock, array( 'current_list_purge' => array() ) );
	}
	$state = Sync\get_state();
	if ( $state['current_list_purge'] || $state['pending_list_purges'] ) {
		wp_schedule_single_event( time(), Sync\CONTINUE_HOOK );
	}
}
