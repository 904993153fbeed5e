<?php
// Installs WordPress as its install page would. Arguments: the site's folder and its address.
[ , $root, $url, $user, $password ] = $argv;
define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', $url );
$_SERVER['HTTP_HOST'] = parse_url( $url, PHP_URL_HOST ) . ':' . parse_url( $url, PHP_URL_PORT );
require $root . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

$made = wp_install( 'A shop window', $user, 'owner@example.com', true, '', $password );

update_option( 'permalink_structure', '/%postname%/' );
flush_rewrite_rules();
// No pictures of people from Gravatar, and no tour of the editor over what is to be seen.
update_option( 'show_avatars', 0 );
$seen = array( 'core/edit-post' => array( 'welcomeGuide' => false ) );
update_user_meta( $made['user_id'], 'wp_persisted_preferences', $seen );
