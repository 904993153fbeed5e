"""Mutants of the plugin: the pointer after the activation, and links of the settings."""

from tests.mutation.mutant import Mutant

PLUGIN = "clients/wordpress/amzlinkr"
START = f"{PLUGIN}/includes/first-run.php"
POINTER = f"{PLUGIN}/admin/first-run.php"
RUN = "tests/plugin/test_first_run.py"
SHOWN = f"{RUN}::test_pointer_is_shown_to_administrators_until_the_site_is_connected[6.5]"
DISMISSED = f"{RUN}::test_pointer_can_be_dismissed_by_administrators[6.5]"
LINKS = "tests/plugin/test_associates_links.py::test_each_marketplace_has_its_site[6.5]"

SETTINGS_MUTANTS = (
    Mutant(
        "activation for a network points all sites to the settings",
        START,
        "if ( ! $network_wide && ! Connection\\is_connected() ) {",
        "if ( ! Connection\\is_connected() ) {",
        f"{RUN}::test_activation_for_a_network_points_to_nothing[6.5]",
    ),
    Mutant(
        "pointer is shown to every user",
        POINTER,
        "if ( ! is_pending() || ! current_user_can( Rest\\CAPABILITY_MANAGE ) ) {",
        "if ( ! is_pending() ) {",
        SHOWN,
    ),
    Mutant(
        "pointer is shown again after a disconnection",
        POINTER,
        "		finish();\n		return;\n",
        "		return;\n",
        SHOWN,
    ),
    Mutant(
        "pointer is dismissed without a check",
        POINTER,
        "Actions\\add( 'dismiss_first_run', Rest\\CAPABILITY_MANAGE, ",
        "add_action( 'admin_post_amzlinkr_dismiss_first_run', ",
        DISMISSED,
    ),
    Mutant(
        "pointer is dismissed by every user",
        POINTER,
        "Actions\\add( 'dismiss_first_run', Rest\\CAPABILITY_MANAGE, ",
        "Actions\\add( 'dismiss_first_run', 'read', ",
        DISMISSED,
    ),
    Mutant(
        "pointer leads to another site",
        POINTER,
        "wp_safe_redirect( $page ? $page : admin_url() );",
        "wp_redirect( $_SERVER['HTTP_REFERER'] );",
        DISMISSED,
    ),
    Mutant(
        "text of a link to Amazon is HTML",
        f"{PLUGIN}/admin/amazon-links.php",
        "		esc_html( $label ),\n",
        "		$label,\n",
        LINKS,
    ),
    Mutant(
        "marketplace has the Associates site of another",
        f"{PLUGIN}/includes/associates-central.php",
        "'BE' => 'affiliate-program.amazon.com.be'",
        "'BE' => 'partnernet.amazon.nl'",
        LINKS,
    ),
)
