"""Mutants of the plugin: requests, roles, escaping, queries, keys, e-mails, limits, and purges."""

from tests.mutation.mutant import Mutant
from tests.mutation.plugin_abuse import ABUSE_MUTANTS
from tests.mutation.plugin_attention import ATTENTION_MUTANTS
from tests.mutation.plugin_caches import PAGE_CACHE_MUTANTS
from tests.mutation.plugin_developers import DEVELOPER_MUTANTS
from tests.mutation.plugin_displays import DISPLAY_MUTANTS
from tests.mutation.plugin_lists import LIST_MUTANTS
from tests.mutation.plugin_migration import MIGRATION_MUTANTS
from tests.mutation.plugin_products import PRODUCTS_MUTANTS
from tests.mutation.plugin_settings import SETTINGS_MUTANTS
from tests.mutation.plugin_sync_report import SYNC_REPORT_MUTANTS
from tests.mutation.plugin_texts import TEXT_WORK_MUTANTS

PLUGIN = "clients/wordpress/amzlinkr"
SERVICE = f"{PLUGIN}/includes/service.php"
REST = f"{PLUGIN}/includes/rest.php"
AUDIT = f"{PLUGIN}/includes/audit.php"
LIMITS = f"{PLUGIN}/includes/user-limits.php"
COUNT_CALL = """\
	$refused = UserLimits\\count_call();
	if ( $refused ) {
		return $refused;
	}
"""
OPTIONS = f"{PLUGIN}/includes/options.php"
PRODUCTS = f"{PLUGIN}/includes/products.php"
ACCOUNTS = f"{PLUGIN}/includes/accounts.php"
SYNC = f"{PLUGIN}/includes/sync.php"
CONNECTION = f"{PLUGIN}/includes/connection.php"
HEALTH = f"{PLUGIN}/includes/site-health.php"
ACTIONS = f"{PLUGIN}/admin/actions.php"
LINK_ONLY = f"{PLUGIN}/includes/link-only.php"
OWN_CONTENT = f"{PLUGIN}/includes/own-content.php"
BOX_TEMPLATE = f"{PLUGIN}/templates/product-box.php"
TESTS = "tests/plugin"
REQUESTS = f"{TESTS}/test_rest_requests.py"
URL_ONLY = f"{REQUESTS}::test_url_parameters_come_from_the_url_only"
URL_READ = f"{REQUESTS}::test_functions_of_routes_read_the_url[6.5]"
PATHS = f"{REQUESTS}::test_paths_are_encoded_or_refused[6.5]"
OTHER_RESPONSES = f"{REQUESTS}::test_other_responses_are_an_error_of_the_service[6.5]"
PRIVATE = f"{TESTS}/test_service_url.py::test_only_public_hosts_are_requested[6.5]"
PUBLIC = (
    f"{TESTS}/test_service_url.py::test_public_hosts_are_requested_with_the_check_of_wordpress[6.5]"
)
BOXES = f"{TESTS}/test_rendering.py::test_boxes_contain_text_only[6.5]"
TEMPLATE = f"{TESTS}/test_rendering.py::test_template_escapes_attributes_and_links[6.5]"
PAGES = f"{TESTS}/test_rendering.py::test_admin_pages_contain_text_only[6.5]"
SCRIPTS = f"{TESTS}/test_rendering.py::test_data_for_scripts_stays_in_its_element[6.5]"
FORMS = f"{TESTS}/test_admin_forms.py"
QUERIES = f"{TESTS}/test_database_queries.py"
VALUES = f"{QUERIES}::test_values_stay_values[6.5]"
API_KEY = f"{QUERIES}::test_api_key_is_encrypted_and_not_autoloaded[6.5]"
SALTS = f"{TESTS}/test_secret_keys.py"
EVENTS = f"{TESTS}/test_security_events.py"
USERS = f"{TESTS}/test_user_limits.py"
ROUTE_LIMITS = "tests/plugin/test_route_limits.py"
ROUTES = f"{ROUTE_LIMITS}::test_each_route_that_calls_the_service_is_limited"
MALFORMED = f"{TESTS}/test_malformed_answers.py"
SCRIPT_PATHS = f"{TESTS}/test_script_paths.py"
BOX_SCRIPT = f"{PLUGIN}/assets/product-box.js"
BOX_PAGES = f"{TESTS}/test_product_box.py"
PLACEMENTS = f"{PLUGIN}/includes/placements.php"
POST_SEARCH = f"{PLUGIN}/includes/post-search.php"
CACHE_PURGE = f"{PLUGIN}/includes/cache-purge.php"
SIGN_UP = f"{PLUGIN}/includes/sign-up.php"
PURGES = f"{TESTS}/test_cache_purge.py"
STARTS = f"{TESTS}/test_placements.py::test_each_start_is_read_up_to_the_next_one"
UNRESOLVED = f"{TESTS}/test_service_url.py::test_hosts_without_an_address_are_not_requested[6.5]"
HIDDEN = f"{USERS}::test_marketplaces_that_only_the_service_can_read_are_counted"
BEFORE_ACCESS = f"{TESTS}/test_link_only.py"
OWN = f"{TESTS}/test_own_content.py"
PICTURES = f"{OWN}::test_only_pictures_of_the_media_library_are_shown[6.5]"
SPREAD = f"{USERS}::test_entries_count_for_connected_marketplaces_only[6.5]"

REQUEST_MUTANTS = (
    Mutant(
        "product to remove is read from the query",
        REST,
        "'asin'        => get_url_parameter( $request, 'asin' ),",
        "'asin'        => (string) $request['asin'],",
        URL_READ,
    ),
    Mutant(
        "import job is read from the query",
        REST,
        "array( 'job' => get_url_parameter( $request, 'job' ) )",
        "array( 'job' => (string) $request['job'] )",
        URL_READ,
    ),
    Mutant(
        "account to delete is read from the query",
        REST,
        "$marketplace = get_url_parameter( $request, 'marketplace' );",
        "$marketplace = (string) $request['marketplace'];",
        URL_READ,
    ),
    Mutant(
        "parameters of the URL have no pattern",
        REST,
        "			'pattern'           => URL_PARAMETERS[ $name ],\n",
        "",
        f"{REQUESTS}::test_hostile_urls_are_refused[6.5]",
    ),
    Mutant(
        "parameters of the URL are accepted elsewhere",
        REST,
        "if ( get_url_parameter( $request, $name ) !== $value ) {",
        "if ( get_url_parameter( $request, $name ) === false ) {",
        f"{REQUESTS}::test_url_parameters_in_other_places_are_refused[6.5]",
    ),
    Mutant(
        "value is a part of the path as it is",
        SERVICE,
        "= rawurlencode( $value );",
        "= $value;",
        PATHS,
    ),
    Mutant(
        "path may step to another folder",
        SERVICE,
        "const PATH = '#^(?!.*\\.\\.)(?:/(?!\\.)",
        "const PATH = '#^(?:/",
        PATHS,
    ),
    Mutant(
        "value may begin a query",
        SERVICE,
        "[^/\\\\\\\\?#%\\x00",
        "[^/\\\\\\\\%\\x00",
        PATHS,
    ),
    Mutant(
        "path may contain an encoded slash",
        SERVICE,
        "%(?!2e|2f|5c|",
        "%(?!",
        PATHS,
    ),
    Mutant(
        "value of another type reaches the path",
        SERVICE,
        "if ( ! is_string( $value ) || ! preg_match( SEGMENT, $value ) ) {",
        "$value = is_scalar( $value ) ? (string) $value : 'x';\n"
        "		if ( ! preg_match( SEGMENT, $value ) ) {",
        PATHS,
    ),
    Mutant(
        "redirects are followed",
        SERVICE,
        "'redirection'         => 0,",
        "'redirection'         => 5,",
        f"{REQUESTS}::test_redirects_are_not_followed[6.5]",
    ),
    Mutant(
        "members of a response are not checked",
        SERVICE,
        "$is_complete = $is_complete && is_array( $body[ $member ] ?? null );",
        "$is_complete = $is_complete && '' !== $member;",
        OTHER_RESPONSES,
    ),
    Mutant(
        "response is unserialized",
        SERVICE,
        "$body = json_decode( $text, true );",
        "$body = json_decode( $text, true ) ?? maybe_unserialize( $text );",
        OTHER_RESPONSES,
    ),
)
URL_MUTANTS = (
    Mutant(
        "this machine is reachable in every environment",
        SERVICE,
        "( $is_loopback && 'local' === wp_get_environment_type() )",
        "$is_loopback",
        PRIVATE,
    ),
    Mutant(
        "constant permits every URL",
        SERVICE,
        "untrailingslashit( AMZLINKR_SERVICE_URL ) === untrailingslashit( $url );",
        "'' !== $url;",
        f"{TESTS}/test_service_url.py::test_constant_permits_one_url[6.5]",
    ),
    Mutant(
        "check of WordPress is off",
        SERVICE,
        "'reject_unsafe_urls'  => ! is_trusted_url( $service_url ),",
        "'reject_unsafe_urls'  => false,",
        PUBLIC,
    ),
    Mutant(
        "metadata service of a cloud is reachable",
        SERVICE,
        "'169.254.0.0/16', ",
        "",
        PRIVATE,
    ),
    Mutant(
        "IPv6 addresses are not checked",
        SERVICE,
        "array_column( $records ? $records : array(), 'ipv6' )",
        "array()",
        f"{TESTS}/test_service_url.py::test_private_ipv6_addresses_are_not_requested[6.5]",
    ),
    Mutant(
        "addresses are checked in the first resolution only",
        SERVICE,
        "if ( count( array_filter( $addresses, __NAMESPACE__ . '\\is_public_address' ) ) "
        "< count( $addresses ) ) {",
        "if ( count( $addresses ) < 0 ) {",
        f"{TESTS}/test_service_url.py::test_private_ipv6_addresses_are_not_requested[6.5]",
    ),
    Mutant(
        "checked address is not used",
        SERVICE,
        "$addresses && add_action( 'http_api_curl', $pin );",
        "false;",
        f"{TESTS}/test_service_url.py::test_requests_are_sent_to_the_checked_address[6.5]",
    ),
    Mutant(
        "host without an address is requested",
        SERVICE,
        "if ( ! $addresses && ! is_trusted_url( $service_url ) && ! uses_proxy( $url ) ) {",
        "if ( '' === $service_url ) {",
        UNRESOLVED,
    ),
    Mutant(
        "proxy permits requests that bypass it",
        SERVICE,
        "return $proxy->is_enabled() && $proxy->send_through_proxy( $url );",
        "return '' !== $url && $proxy->is_enabled();",
        UNRESOLVED,
    ),
    Mutant(
        "error of a connection is shown to everyone",
        SERVICE,
        "is_trusted_url( $service_url ) ? $response->get_error_message() : 'no connection'",
        "$response->get_error_message()",
        f"{TESTS}/test_service_url.py::test_public_ipv6_addresses_are_requested[6.5]",
    ),
    Mutant(
        "every port is reachable",
        SERVICE,
        "in_array( wp_parse_url( $url, PHP_URL_PORT ) ?? 443, ALLOWED_PORTS, true )",
        "'' !== $host",
        PRIVATE,
    ),
    Mutant(
        "URL is checked when it is entered only",
        SERVICE,
        "is_wp_error( $path ) ? $path : find_url_problem( $service_url );",
        "is_wp_error( $path ) ? $path : null;",
        PRIVATE,
    ),
    Mutant(
        "API key is sent over http",
        SERVICE,
        ": array( 'https' );",
        ": array( 'https', 'http' );",
        PUBLIC,
    ),
)
ROLE_MUTANTS = (
    Mutant(
        "contributor saves Amazon keys",
        REST,
        "array( 'POST', '/accounts', CAPABILITY_MANAGE, 'save_keys' )",
        "array( 'POST', '/accounts', CAPABILITY_SEARCH, 'save_keys' )",
        f"{URL_ONLY}[contributor-6.5]",
    ),
    Mutant(
        "editor deletes the account",
        REST,
        "'/accounts/(?P<marketplace>[A-Z]{2})', CAPABILITY_MANAGE,",
        "'/accounts/(?P<marketplace>[A-Z]{2})', CAPABILITY_EDIT,",
        f"{URL_ONLY}[editor-6.5]",
    ),
    Mutant(
        "author removes products",
        REST,
        "(?P<asin>[A-Z0-9]{10})', CAPABILITY_EDIT,",
        "(?P<asin>[A-Z0-9]{10})', CAPABILITY_IMPORT,",
        f"{URL_ONLY}[author-6.5]",
    ),
    Mutant(
        "visitor searches",
        REST,
        "static fn() => current_user_can( $capability )",
        "static fn() => CAPABILITY_SEARCH === $capability || current_user_can( $capability )",
        f"{URL_ONLY}[-6.5]",
    ),
    Mutant(
        "form needs no capability",
        ACTIONS,
        "if ( ! current_user_can( $capability ) ) {",
        "if ( ! is_user_logged_in() ) {",
        f"{FORMS}::test_form_of_another_role_is_refused[6.5]",
    ),
    Mutant(
        "form needs no nonce",
        ACTIONS,
        '			check_admin_referer( "amzlinkr_$action" );\n',
        "",
        f"{FORMS}::test_form_without_its_nonce_is_refused[missing-6.5]",
    ),
    Mutant(
        "nonce of another form is accepted",
        ACTIONS,
        'check_admin_referer( "amzlinkr_$action" );',
        "check_admin_referer( 'amzlinkr_another' );",
        f"{FORMS}::test_form_without_its_nonce_is_refused[other-6.5]",
    ),
    Mutant(
        "form redirects to any site",
        ACTIONS,
        'wp_safe_redirect( admin_url( "admin.php?page=$page" ) );',
        "wp_redirect( $_REQUEST['redirect_to'] ?? admin_url( \"admin.php?page=$page\" ) );",
        f"{FORMS}::test_form_leads_to_a_page_of_the_plugin[6.5]",
    ),
)
ESCAPING_MUTANTS = (
    Mutant(
        "title of a box is HTML",
        f"{PLUGIN}/templates/product-box.php",
        "target=\"_blank\"><?php echo esc_html( $box['title'] ); ?></a>",
        "target=\"_blank\"><?php echo $box['title']; ?></a>",
        BOXES,
    ),
    Mutant(
        "link of a box may be a script",
        f"{PLUGIN}/templates/product-box.php",
        "data-link=\"<?php echo esc_url( $box['link'], array( 'https' ) ); ?>\"",
        "data-link=\"<?php echo esc_attr( $box['link'] ); ?>\"",
        TEMPLATE,
    ),
    Mutant(
        "link in place of an expired box may be a script",
        BOX_SCRIPT,
        "if ( ! AMAZON_LINK.test( link ) ) {",
        "if ( ! link ) {",
        f"{BOX_PAGES}::test_links_of_expired_boxes_lead_to_amazon_only[6.5]",
    ),
    Mutant(
        "link in place of an expired box leads to any site",
        BOX_SCRIPT,
        "= /^https:\\/\\/(?:[a-z0-9-]+\\.)?amazon\\.[a-z]{2,3}(?:\\.[a-z]{2})?\\/[!-~]+$/;",
        "= /^https:\\/\\//;",
        f"{BOX_PAGES}::test_links_of_expired_boxes_lead_to_amazon_only[6.5]",
    ),
    Mutant(
        "expired box of some marketplaces has no link",
        BOX_SCRIPT,
        "amazon\\.[a-z]{2,3}(?:\\.[a-z]{2})?",
        "amazon\\.[a-z]{2,3}",
        f"{BOX_PAGES}::test_links_of_all_marketplaces_replace_expired_boxes[6.5]",
    ),
    Mutant(
        "box without a valid time keeps the browser busy",
        BOX_SCRIPT,
        "} else if ( Date.now() < time ) {",
        "} else {",
        f"{BOX_PAGES}::test_boxes_without_a_valid_time_are_not_checked_again_at_once[6.5]",
    ),
    Mutant(
        "title in a box runs shortcodes",
        f"{PLUGIN}/includes/box.php",
        "return str_replace( array( '[', ']' ), array( '&#91;', '&#93;' ), $html );",
        "return $html;",
        BOXES,
    ),
    Mutant(
        "note to editors is HTML",
        f"{PLUGIN}/includes/box.php",
        "tag_escape( $tag ), esc_html( $note ) )",
        "tag_escape( $tag ), $note )",
        BOXES,
    ),
    Mutant(
        "title in the list of products is HTML",
        f"{PLUGIN}/admin/products-parts.php",
        "printf( '<strong>%s</strong>', esc_html( get_product_name( $product ) ) );",
        "printf( '<strong>%s</strong>', get_product_name( $product ) );",
        PAGES,
    ),
    Mutant(
        "notice is HTML",
        f"{PLUGIN}/admin/notices.php",
        "esc_attr( $type ), esc_html( $text ) );",
        "esc_attr( $type ), $text );",
        PAGES,
    ),
    Mutant(
        "state of an account is HTML",
        f"{PLUGIN}/admin/admin.php",
        "esc_html( Accounts\\get_state_label( $account['state'] ) )",
        "Accounts\\get_state_label( $account['state'] )",
        PAGES,
    ),
    Mutant(
        "data for scripts ends their element",
        f"{PLUGIN}/admin/admin.php",
        "wp_json_encode( get_script_data(), JSON_HEX_TAG | JSON_HEX_AMP )",
        "wp_json_encode( get_script_data(), JSON_UNESCAPED_SLASHES )",
        SCRIPTS,
    ),
    Mutant(
        "details of a security event are HTML",
        f"{PLUGIN}/admin/security-events.php",
        "esc_html( ServiceTexts\\translate_text( $amzlinkr_event['detail'] ) )",
        "ServiceTexts\\translate_text( $amzlinkr_event['detail'] )",
        f"{EVENTS}::test_settings_list_events_as_text[6.5]",
    ),
)
DATA_MUTANTS = (
    Mutant(
        "name of an option is SQL",
        OPTIONS,
        '$wpdb->prepare( "SELECT option_value FROM $wpdb->options WHERE option_name = %s", $name )',
        "\"SELECT option_value FROM $wpdb->options WHERE option_name = '$name'\"",
        VALUES,
    ),
    Mutant(
        "ASIN is SQL",
        PRODUCTS,
        "get_rows( 'asin IN (' . implode( ',', array_fill( 0, count( $missing ), '%s' ) ) . ')', "
        "$missing )",
        "get_rows( \"asin IN ('\" . implode( \"','\", str_replace( '%', '%%', $missing ) ) "
        '. "\') OR 1 = %d", array( 0 ) )',
        VALUES,
    ),
    Mutant(
        "block without an end is read up to the end of the next comment",
        PLACEMENTS,
        "find_texts( $content, BLOCK_START, BLOCK_ATTRIBUTES, $left )",
        "( preg_match_all( '~<!-- wp:amzlinkr/product (\\{(?:(?!-->).)*?\\}) /?-->~s', $content, "
        "$blocks ) ? $blocks[1] : array() )",
        f"{STARTS}[open-6.5]",
    ),
    Mutant(
        "blocks are found with one pattern for the whole content",
        PLACEMENTS,
        "find_texts( $content, BLOCK_START, BLOCK_ATTRIBUTES, $left )",
        "( preg_match_all( '~<!-- wp:amzlinkr/product (\\{.*?\\}) /?-->~s', $content, $blocks ) "
        "? $blocks[1] : array() )",
        f"{STARTS}[comment-6.5]",
    ),
    Mutant(
        "text to find is a pattern",
        POST_SEARCH,
        "'%' . $wpdb->esc_like( $text ) . '%'",
        "'%' . $text . '%'",
        VALUES,
    ),
    Mutant(
        "stored product is unserialized",
        PRODUCTS,
        "(array) json_decode( $row['product'], true ) + $empty,",
        "(array) ( json_decode( $row['product'], true ) ?? maybe_unserialize( $row['product'] ) ) "
        "+ $empty,",
        f"{QUERIES}::test_stored_objects_are_not_created[6.5]",
    ),
    Mutant(
        "API key is stored in the clear",
        CONNECTION,
        "base64_encode( $nonce . sodium_crypto_secretbox( $api_key, $nonce, "
        "get_encryption_key() ) )",
        "base64_encode( $nonce . sodium_crypto_secretbox( $api_key, $nonce, "
        "get_encryption_key() ) . $api_key )",
        API_KEY,
    ),
    Mutant(
        "API key is loaded with every page",
        CONNECTION,
        "update_option( API_KEY_OPTION, encrypt( $api_key ), false );",
        "update_option( API_KEY_OPTION, encrypt( $api_key ), true );",
        API_KEY,
    ),
    Mutant(
        "encryption repeats its nonce",
        CONNECTION,
        "$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );",
        "$nonce = str_repeat( 'x', SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );",
        API_KEY,
    ),
    Mutant(
        "encryption does not use the salts",
        CONNECTION,
        "hash( 'sha256', 'amzlinkr api key' . wp_salt( 'auth' ), true )",
        "hash( 'sha256', 'amzlinkr api key', true )",
        f"{SALTS}::test_secret_keys_in_the_database_are_reported[None-6.5]",
    ),
    Mutant(
        "salts in the database of a site without a connection are not reported",
        HEALTH,
        "$names = find_secret_keys_in_database();",
        "$names = Connection\\is_connected() ? find_secret_keys_in_database() : array();",
        f"{SALTS}::test_only_used_values_of_the_database_are_reported[6.5]",
    ),
    Mutant(
        "salts in the database are not reported",
        HEALTH,
        "if ( '' !== $stored && false !== strpos( $salt, $stored ) ) {",
        "if ( '' !== $stored && ! defined( strtoupper( $option ) ) ) {",
        f"{SALTS}::test_secret_keys_in_the_database_are_reported[put your unique phrase here-6.5]",
    ),
    Mutant(
        "uninstallation deletes options of other plugins",
        f"{PLUGIN}/uninstall.php",
        "option_name LIKE 'amzlinkr\\_%'",
        "option_name LIKE 'amzlinkr%'",
        f"{QUERIES}::test_uninstallation_removes_the_plugins_data_only[6.5]",
    ),
    Mutant(
        "deactivation leaves a pending sign-up",
        f"{PLUGIN}/includes/disconnect.php",
        "			SignUp\\forget();\n",
        "",
        f"{QUERIES}::test_deactivation_forgets_a_pending_sign_up[6.5]",
    ),
    Mutant(
        "uninstallation leaves transients",
        f"{PLUGIN}/uninstall.php",
        "option_name LIKE '\\_transient\\_amzlinkr\\_%'",
        "option_name LIKE 'transient\\_amzlinkr\\_%'",
        f"{QUERIES}::test_uninstallation_removes_the_plugins_data_only[6.5]",
    ),
)
MAIL_MUTANTS = (
    Mutant(
        "e-mail contains the details of an event",
        AUDIT,
        "get_label( $group[0]['event'] ), get_actor",
        "get_label( $group[0]['event'] ), $group[0]['detail'], get_actor",
        f"{EVENTS}::test_new_events_are_mailed_once[6.5]",
    ),
    Mutant(
        "events are new again after a gap",
        AUDIT,
        "array_column( $events, 'at' ) ) + $sent['hashes'];",
        "array_column( $events, 'at' ) );",
        f"{EVENTS}::test_events_are_not_new_after_a_gap",
    ),
    Mutant(
        "only the first page of events is read",
        AUDIT,
        "const MAX_PAGES = 10;",
        "const MAX_PAGES = 1;",
        f"{EVENTS}::test_new_key_does_not_hide_behind_other_events[6.5]",
    ),
    Mutant(
        "actor of an event is any text",
        AUDIT,
        "preg_match( '~^[\\w-]{1,40}\\z~', $actor ) ? $actor : ''",
        "$actor",
        f"{EVENTS}::test_actor_is_an_identifier[6.5]",
    ),
    Mutant(
        "e-mail about an event is repeated",
        AUDIT,
        " && ! isset( $sent['hashes'][ get_hash( $event ) ] )",
        "",
        f"{EVENTS}::test_new_events_are_mailed_once[6.5]",
    ),
    Mutant(
        "failed e-mail is not sent again",
        AUDIT,
        "! is_notifying() || send_mail( get_events_text( $new ) )",
        "! is_notifying() || null !== send_mail( get_events_text( $new ) )",
        f"{EVENTS}::test_failed_mail_is_sent_by_a_later_run[6.5]",
    ),
    Mutant(
        "opened settings delay the e-mail",
        AUDIT,
        "get_sent()['ran_at'] <= time() - INTERVAL_SECONDS",
        "! load()['events'] && get_sent()['ran_at'] <= time() - INTERVAL_SECONDS",
        f"{EVENTS}::test_opened_settings_do_not_delay_the_mail[6.5]",
    ),
    Mutant(
        "rejected API key is not reported",
        AUDIT,
        "if ( 'api_key_rejected' === $problem && ! $sent['is_key_reported'] ) {",
        "if ( 'api_key_revoked' === $problem && ! $sent['is_key_reported'] ) {",
        f"{EVENTS}::test_rejected_api_key_is_mailed_once[sync-6.5]",
    ),
    Mutant(
        "rejected API key is reported in every run",
        AUDIT,
        "'api_key_rejected' === $problem && ! $sent['is_key_reported']",
        "'api_key_rejected' === $problem",
        f"{EVENTS}::test_rejected_api_key_is_mailed_once[sync-6.5]",
    ),
    Mutant(
        "API key rejected for security events only is not reported",
        AUDIT,
        "$problem = $events->get_error_code();",
        "$problem = 'unknown';",
        f"{EVENTS}::test_rejected_api_key_is_mailed_once[audit-6.5]",
    ),
    Mutant(
        "e-mail about the API key cannot be switched off",
        AUDIT,
        "$is_reported = ! is_notifying() || send_mail(",
        "$is_reported = send_mail(",
        f"{EVENTS}::test_rejected_api_key_is_not_mailed_without_consent[6.5]",
    ),
    Mutant(
        "e-mails cannot be switched off",
        AUDIT,
        "return 'no' !== get_option( NOTIFY_OPTION );",
        "return 'never' !== get_option( NOTIFY_OPTION );",
        f"{EVENTS}::test_mail_can_be_switched_off_and_on[6.5]",
    ),
)
ANSWER_MUTANTS = (
    Mutant(
        "job of any ID reaches scripts",
        REST,
        "return '' === $job ? Service\\unreachable_error( 'job_id' ) : array( 'job_id' => $job );",
        "return $response;",
        f"{MALFORMED}::test_job_with_another_id_is_an_error",
    ),
    Mutant(
        "product of any ASIN is stored",
        PRODUCTS,
        "return preg_match( \"~$pattern~\", $text ) ? $text : '';",
        "return $text;",
        f"{MALFORMED}::test_only_identified_products_are_stored[6.5]",
    ),
    Mutant(
        "product without an ASIN is stored",
        PRODUCTS,
        "array_filter( $products, __NAMESPACE__ . '\\is_identified' )",
        "$products",
        f"{MALFORMED}::test_only_identified_products_are_stored[6.5]",
    ),
    Mutant(
        "account of any marketplace is stored",
        ACCOUNTS,
        "'marketplace' => Products\\sanitize_identifier( $account, 'marketplace', "
        "Rest\\URL_PARAMETERS['marketplace'] ),",
        "'marketplace' => Products\\sanitize_text( $account, 'marketplace' ),",
        f"{MALFORMED}::test_only_accounts_of_marketplaces_are_stored[6.5]",
    ),
    Mutant(
        "script requests any path",
        f"{PLUGIN}/assets/admin.js",
        "/^[\\w-]{1,100}$/.test( segment )",
        "segment !== ''",
        f"{SCRIPT_PATHS}::test_hostile_job_is_not_requested",
    ),
    Mutant(
        "script requests values of other types",
        f"{PLUGIN}/assets/admin.js",
        "typeof segment === 'string' && ",
        "",
        f"{SCRIPT_PATHS}::test_other_segments_are_not_requested",
    ),
)
SHAPE_MUTANTS = (
    Mutant(
        "check times of any type are stored",
        ACCOUNTS,
        "array_filter( $checked_at, 'is_string' )",
        "$checked_at",
        f"{MALFORMED}::test_states_are_stored_as_text[6.5]",
    ),
    Mutant(
        "account states of any type are stored",
        ACCOUNTS,
        "= sanitize_state( $state ) + $account;",
        "= $state + $account;",
        f"{MALFORMED}::test_states_are_stored_as_text[6.5]",
    ),
    Mutant(
        "entries of any type are used",
        SERVICE,
        "$body[ $member ] = array_filter( $body[ $member ], 'is_array' );",
        "continue;",
        f"{MALFORMED}::test_entries_of_other_types_are_dropped[6.5]",
    ),
    Mutant(
        "failed run keeps its lock",
        SYNC,
        """	} finally {
		Options\\delete_row( LOCK, $lock );
	}
""",
        """	} finally {
		$lock .= '';
	}
	Options\\delete_row( LOCK, $lock );
""",
        f"{MALFORMED}::test_failed_run_releases_its_lock[6.5]",
    ),
)
LIMIT_MUTANTS = (
    Mutant(
        "author has no limit",
        LIMITS,
        "user_can( $user, Rest\\CAPABILITY_MANAGE )",
        "user_can( $user, Rest\\CAPABILITY_SEARCH )",
        f"{USERS}::test_contributor_is_limited_until_the_next_hour[6.5]",
    ),
    Mutant(
        "import of any size counts once",
        LIMITS,
        "(int) ceil( $products / PRODUCTS_PER_REQUEST )",
        "1",
        f"{USERS}::test_import_counts_for_every_ten_products[6.5]",
    ),
    Mutant(
        "import of several marketplaces counts as one",
        LIMITS,
        "? strtolower( $found[1] ?? '' ) : null;",
        "? '' : null;",
        f"{USERS}::test_import_counts_for_each_marketplace[6.5]",
    ),
    Mutant(
        "entries of hidden marketplaces count as those of one",
        LIMITS,
        "$spread    = min( $uncertain, max( 1, count( Accounts\\get_all() ) ) );",
        "$spread    = min( $uncertain, 1 );",
        f"{HIDDEN}[0-6.5]",
    ),
    Mutant(
        "entries of hidden marketplaces count for marketplaces without an account",
        LIMITS,
        "min( $uncertain, max( 1, count( Accounts\\get_all() ) ) )",
        "min( $uncertain, 22 )",
        SPREAD,
    ),
    Mutant(
        "address in a path counts for the host before it",
        LIMITS,
        "|%[89a-f][0-9a-f])+/)?",
        "|%[0-9a-f]{2}|=)+/)?",
        f"{HIDDEN}[1-6.5]",
    ),
    Mutant(
        "address behind an entity counts for the host before it",
        LIMITS,
        "(?:[/?#][!-:<-\\~]*)?",
        "(?:[/?#][!-\\~]*)?",
        f"{HIDDEN}[2-6.5]",
    ),
    Mutant(
        "polls have no limit",
        REST,
        f"function get_import_job( WP_REST_Request $request ) {{\n{COUNT_CALL}",
        "function get_import_job( WP_REST_Request $request ) {\n",
        f"{USERS}::test_polls_have_a_limit_of_their_own[6.5]",
    ),
    Mutant(
        "deletions of lists have no limit",
        f"{PLUGIN}/includes/list-rest.php",
        f"function delete_list( WP_REST_Request $request ) {{\n{COUNT_CALL}",
        "function delete_list( WP_REST_Request $request ) {\n",
        f"{ROUTES}[editor-6.5]",
    ),
    Mutant(
        "polls of lists have no limit",
        f"{PLUGIN}/includes/list-rest.php",
        f"function get_list( WP_REST_Request $request ) {{\n{COUNT_CALL}",
        "function get_list( WP_REST_Request $request ) {\n",
        f"{ROUTES}[author-6.5]",
    ),
    Mutant(
        "removals of products have no limit",
        REST,
        f"function remove_product( WP_REST_Request $request ) {{\n{COUNT_CALL}",
        "function remove_product( WP_REST_Request $request ) {\n",
        f"{ROUTES}[editor-6.5]",
    ),
    Mutant(
        "refreshes have no limit",
        REST,
        f"function refresh() {{\n{COUNT_CALL}",
        "function refresh() {\n",
        f"{ROUTES}[editor-6.5]",
    ),
    Mutant(
        "editor has no limit",
        LIMITS,
        "user_can( $user, Rest\\CAPABILITY_MANAGE )",
        "user_can( $user, Rest\\CAPABILITY_EDIT )",
        f"{USERS}::test_editors_have_four_times_the_limit[6.5]",
    ),
    Mutant(
        "posts of an unknown list are searched",
        f"{PLUGIN}/includes/list-rest.php",
        "if ( $known || ! is_wp_error( $deleted ) ) {",
        "if ( true ) {",
        f"{ROUTE_LIMITS}::test_posts_of_an_unknown_list_are_not_searched[6.5]",
    ),
    Mutant(
        "posts of an unknown product are searched",
        REST,
        "	if ( $is_known ) {\n",
        "	if ( $is_known || true ) {\n",
        f"{ROUTE_LIMITS}::test_posts_of_an_unknown_product_are_not_searched[6.5]",
    ),
    Mutant(
        "amount above the limit is the first in its hour",
        OPTIONS,
        "if ( $amount > $max ) {",
        "if ( $max < 0 ) {",
        f"{USERS}::test_amount_above_the_limit_is_refused_in_a_new_hour[6.5]",
    ),
    Mutant(
        "users share no limit of import jobs",
        LIMITS,
        "count( $items ) > PRODUCTS_PER_REQUEST ? count_job() : null",
        "null",
        f"{TESTS}/test_user_limits.py::test_users_share_the_imports_that_are_jobs[valid-6-6.5]",
    ),
    Mutant(
        "whole posts are searched before they are shown",
        f"{PLUGIN}/includes/placements.php",
        "return substr( $content, 0, MAX_PRELOADED_BYTES );",
        "return $content;",
        f"{TESTS}/test_placements.py::test_end_of_a_long_post_is_not_searched_in_advance",
    ),
    Mutant(
        "all products are loaded before they are shown",
        f"{PLUGIN}/includes/placements.php",
        "array_column( $posts, 'post_content' ) ), MAX_PRELOADED );",
        "array_column( $posts, 'post_content' ) ), PHP_INT_MAX );",
        f"{TESTS}/test_placements.py::test_long_posts_do_not_load_all_their_products_in_advance",
    ),
    Mutant(
        "blocks without an end are parsed in any number",
        f"{PLUGIN}/includes/replacement.php",
        "Rewriting\\get_depth( $post->post_content ) > Rewriting\\MAX_DEPTH",
        "false",
        f"{TESTS}/test_rewriting.py"
        "::test_depth_of_thousands_of_blocks_is_measured_without_their_parser[6.5]",
    ),
    Mutant(
        "users share no limit before API access",
        LIMITS,
        "Accounts\\has_had_access() || ",
        "true || ",
        f"{TESTS}/test_user_limits.py"
        "::test_users_share_a_limit_until_an_account_has_access[not_eligible-6.5]",
    ),
    Mutant(
        "search without keys is a call of the site",
        REST,
        "LinkOnly\\find_search_error( $query['marketplace'] ?? '' ) ?? ",
        "",
        f"{TESTS}/test_link_only.py::test_search_of_a_marketplace_without_keys_is_no_call[6.5]",
    ),
    Mutant(
        "steps of searches have a fixed size",
        f"{PLUGIN}/includes/post-search.php",
        "$step     = $next;",
        "$step     = POSTS_PER_STEP;",
        f"{TESTS}/test_search_time.py::test_slow_steps_become_shorter[6.5]",
    ),
    Mutant(
        "all users share a limit",
        LIMITS,
        "Options\\add_in_hour( COUNTER . $user->ID, ",
        "Options\\add_in_hour( COUNTER, ",
        f"{USERS}::test_contributor_is_limited_until_the_next_hour[6.5]",
    ),
    Mutant(
        "limit is checked after the count only",
        OPTIONS,
        "SUBSTRING_INDEX(option_value, ' ', -1) + %d <= %d THEN",
        "SUBSTRING_INDEX(option_value, ' ', -1) + 0 * %d <= %d THEN",
        f"{USERS}::test_import_counts_for_every_ten_products[6.5]",
    ),
)
BEFORE_ACCESS_MUTANTS = (
    Mutant(
        "editor saves a tag",
        LINK_ONLY,
        "static fn() => current_user_can( Rest\\CAPABILITY_MANAGE ),",
        "static fn() => current_user_can( Rest\\CAPABILITY_EDIT ),",
        f"{URL_ONLY}[editor-6.5]",
    ),
    Mutant(
        "marketplace of a tag is read from the query",
        LINK_ONLY,
        "Rest\\get_url_parameter( $request, 'marketplace' )",
        "(string) $request['marketplace']",
        URL_READ,
    ),
    Mutant(
        "import that waits deletes known content",
        LINK_ONLY,
        "'waiting' === ( $result['status'] ?? '' ) && ! Products\\find( $waiting['asin'], "
        "$waiting['marketplace'] )",
        "'waiting' === ( $result['status'] ?? '' )",
        f"{BEFORE_ACCESS}::test_import_that_waits_keeps_known_content[6.5]",
    ),
    Mutant(
        "waiting product without its data counts as expired",
        SYNC,
        "Products\\strip_to_asin( array( 'price_status' => $change['kind'] ?? '' ) + $change )",
        "Products\\strip_to_asin( $change )",
        f"{BEFORE_ACCESS}::test_waiting_product_becomes_a_full_box_and_back[6.5]",
    ),
    Mutant(
        "own text is HTML",
        BOX_TEMPLATE,
        "data-own><?php echo esc_html( $amzlinkr_line ); ?></p>",
        "data-own><?php echo $amzlinkr_line; ?></p>",
        TEMPLATE,
    ),
    Mutant(
        "own picture is any file",
        OWN_CONTENT,
        "return $is_visible && wp_attachment_is_image( $post ) ? $post->ID : 0;",
        "return $is_visible ? $post->ID : 0;",
        PICTURES,
    ),
    Mutant(
        "own picture is any post",
        OWN_CONTENT,
        "$post && 'attachment' === $post->post_type && in_array(",
        "$post && in_array(",
        PICTURES,
    ),
    Mutant(
        "own picture is private or in the trash",
        OWN_CONTENT,
        "'attachment' === $post->post_type && in_array( $post->post_status, "
        "array( 'inherit', 'publish' ), true );",
        "'attachment' === $post->post_type;",
        PICTURES,
    ),
    Mutant(
        "own picture is the one of the current page",
        OWN_CONTENT,
        "preg_match( '~^[1-9][0-9]{0,17}\\z~', $id )",
        "preg_match( '~^[0-9]{1,18}\\z~', $id )",
        PICTURES,
    ),
    Mutant(
        "price is shown under the own text of a product without a name",
        f"{PLUGIN}/includes/display.php",
        "$is_withheld ? Products\\strip_to_asin( $product ) : $product;",
        "$product;",
        f"{OWN}::test_own_content_replaces_title_and_picture_of_a_current_product[6.5]",
    ),
    Mutant(
        "expired box with own content keeps Amazon's",
        BOX_SCRIPT,
        "part.matches( OWN_PARTS ) || part.remove()",
        "part.matches( '*' ) || part.remove()",
        f"{OWN}::test_expired_box_keeps_own_content_only[6.5]",
    ),
)
PURGE_MUTANTS = (
    Mutant(
        "content of all found posts is in memory",
        POST_SEARCH,
        "const MAX_CHARS = 262144;",
        "const MAX_CHARS = 262144000;",
        f"{PURGES}::test_memory_does_not_depend_on_the_length_of_posts[6.5]",
    ),
    Mutant(
        "long post is read up to its first part",
        POST_SEARCH,
        "1 === $start || $start + OVERLAP_CHARS <= (int) $post->chars;",
        "1 === $start;",
        f"{PURGES}::test_memory_does_not_depend_on_the_length_of_posts[6.5]",
    ),
    Mutant(
        "drafts of a contributor are searched",
        POST_SEARCH,
        'return "post_status IN (\'" . implode( "\',\'", '
        "array_map( 'esc_sql', get_statuses_of_pages() ) ) . \"')\";",
        "return \"post_status NOT IN ('inherit','trash')\";",
        f"{PURGES}::test_posts_without_a_page_are_not_purged[6.5]",
    ),
    Mutant(
        "search of posts has no limit of time",
        POST_SEARCH,
        "if ( microtime( true ) >= $until ) {",
        "if ( $until < 0 ) {",
        f"{PURGES}::test_search_is_continued_until_its_end[6.5]",
    ),
    Mutant(
        "post at which a plugin fails is purged in every run",
        CACHE_PURGE,
        "			$save( $done, $post );\n",
        "",
        f"{PURGES}::test_purge_is_continued_at_the_next_post[exit-6.5]",
    ),
    Mutant(
        "purge has no limit of time",
        CACHE_PURGE,
        "if ( $purged && microtime( true ) >= $until ) {",
        "if ( $purged && $until < 0 ) {",
        f"{PURGES}::test_purge_is_continued_at_the_next_post[sleep( 5 )-6.5]",
    ),
    Mutant(
        "failing page cache stops every sync",
        CACHE_PURGE,
        "		$save( $done, $done );\n",
        "",
        f"{PURGES}::test_failing_page_cache_does_not_stop_the_purge[6.5]",
    ),
    Mutant(
        "result of a run is saved after its purge",
        SYNC,
        "		record_result( $result, $lock );\n		purge_all_caches( $lock );\n",
        "		purge_all_caches( $lock );\n		record_result( $result, $lock );\n",
        f"{PURGES}::test_purge_is_continued_at_the_next_post[exit-6.5]",
    ),
    Mutant(
        "sync that ends early stops the e-mails",
        AUDIT,
        "add_action( HOOK, __NAMESPACE__ . '\\run', 10, 0 );",
        "add_action( Sync\\HOOK, __NAMESPACE__ . '\\run', 20, 0 );",
        f"{EVENTS}::test_sync_that_ends_early_does_not_stop_the_mail[6.5]",
    ),
)
SIGN_UP_MUTANTS = (
    Mutant(
        "token of a sign-up is any text",
        SIGN_UP,
        "Products\\sanitize_identifier( $challenge, 'token', IDENTIFIER )",
        "Products\\sanitize_text( $challenge, 'token' )",
        f"{MALFORMED}::test_malformed_sign_up_is_not_stored",
    ),
    Mutant(
        "incomplete sign-up is stored",
        SIGN_UP,
        "if ( in_array( '', $pending, true ) || 0 === $pending['expires'] ) {",
        "if ( array() === $pending ) {",
        f"{MALFORMED}::test_malformed_sign_up_is_not_stored",
    ),
    Mutant(
        "verification without an API key is a connection",
        SIGN_UP,
        "return in_array( '', $found, true ) ? Service\\unreachable_error( 'api_key' ) : $found;",
        "return $found;",
        f"{MALFORMED}::test_malformed_verification_is_no_connection",
    ),
)
MUTANTS: tuple[Mutant, ...] = (
    *REQUEST_MUTANTS,
    *URL_MUTANTS,
    *ROLE_MUTANTS,
    *ESCAPING_MUTANTS,
    *DATA_MUTANTS,
    *MAIL_MUTANTS,
    *ANSWER_MUTANTS,
    *SHAPE_MUTANTS,
    *SIGN_UP_MUTANTS,
    *PURGE_MUTANTS,
    *LIMIT_MUTANTS,
    *BEFORE_ACCESS_MUTANTS,
    *LIST_MUTANTS,
    *ATTENTION_MUTANTS,
    *DISPLAY_MUTANTS,
    *MIGRATION_MUTANTS,
    *PAGE_CACHE_MUTANTS,
    *DEVELOPER_MUTANTS,
    *PRODUCTS_MUTANTS,
    *SETTINGS_MUTANTS,
    *SYNC_REPORT_MUTANTS,
    *TEXT_WORK_MUTANTS,
    *ABUSE_MUTANTS,
)
