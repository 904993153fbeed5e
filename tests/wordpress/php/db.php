<?php
// The drop-in that takes MySQL's place. It lies outside wp-content/plugins: it is no plugin here.
require_once GROUND_SQLITE . '/php-polyfills.php';
require_once GROUND_SQLITE . '/wp-includes/sqlite/db.php';
