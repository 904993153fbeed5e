"""Users of a test site, by the name of their role."""

BECOME_USER = """
$user = get_user_by( 'login', $login );
wp_set_current_user( $user ? $user->ID : wp_insert_user( array(
    'user_login' => $login,
    'user_pass'  => wp_generate_password(),
    'role'       => $login,
) ) );
"""
"""PHP that makes the user `$login` the current one, and creates it with the role of this name."""
