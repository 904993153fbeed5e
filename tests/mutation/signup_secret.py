"""Mutants of the secret of a sign-up."""

from tests.mutation.mutant import LAYER, Mutant

SERVICE = f"{LAYER}/services/sign_up.py"
TESTS = "tests/integration/api/test_signup_secret.py"
LOG_READER = f"{TESTS}::test_reader_of_the_sites_log_gets_no_key"
COMPARED = "        if not api_keys.is_secret_of(signup.secret_hash, secret):\n"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "secret is not compared",
        SERVICE,
        COMPARED,
        "        if not signup.secret_hash:\n",
        LOG_READER,
    ),
    Mutant(
        "empty secret is accepted",
        SERVICE,
        COMPARED,
        "        if secret and not api_keys.is_secret_of(signup.secret_hash, secret):\n",
        LOG_READER,
    ),
    Mutant(
        "secret with spaces around it is accepted",
        f"{LAYER}/security/api_keys.py",
        "hmac.compare_digest(digest_of(text), digest)",
        "hmac.compare_digest(digest_of(text.strip()), digest)",
        LOG_READER,
    ),
    Mutant(
        "token is accepted as the secret",
        SERVICE,
        COMPARED,
        "        if secret != signup.token and not api_keys.is_secret_of("
        "signup.secret_hash, secret):\n",
        LOG_READER,
    ),
    Mutant(
        "wrong secret reveals that the sign-up exists",
        SERVICE,
        f"{COMPARED}            raise SignupExpired\n",
        f"{COMPARED}            raise SiteSuspended\n",
        LOG_READER,
    ),
    Mutant(
        "long secret is rejected with another status",
        f"{LAYER}/http/schemas/requests.py",
        "    signup_secret: str\n",
        "    signup_secret: Text\n",
        LOG_READER,
    ),
    Mutant(
        "invite replaces the secret",
        SERVICE,
        COMPARED,
        "        if not signup.invite and not api_keys.is_secret_of(signup.secret_hash, secret):\n",
        f"{TESTS}::test_invite_replaces_the_fetch_but_not_the_secret",
    ),
    Mutant(
        "secret is stored in plain text",
        SERVICE,
        "            url=site.url,\n",
        '            url=f"{site.url}?{secret}",\n',
        f"{TESTS}::test_only_the_hash_of_the_secret_is_stored",
    ),
)
