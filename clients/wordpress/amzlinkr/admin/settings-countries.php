<?php
/**
 * The part of Settings → Display about visitors from other countries.
 *
 * @package AmzLinkr
 */

namespace AmzLinkr\Admin;

defined( 'ABSPATH' ) || exit;
?>
<h2><?php esc_html_e( 'Visitors from other countries', 'amzlinkr' ); ?></h2>
<p><?php esc_html_e( 'Amazon’s own OneLink leads visitors to the Amazon site of their country. It works with the unaltered links of this plugin, without a script on your pages: in Associates Central, open Tools → OneLink and select the countries.', 'amzlinkr' ); ?></p>
