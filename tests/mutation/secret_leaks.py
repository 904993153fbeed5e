"""Secrets stay where they belong: flaws that print, log, store or answer one."""

from tests.mutation.mutant import LAYER, Mutant

KEYS_APP = "functions/api_keys/app.py"
KEYS = "tests/integration/keys/test_api_keys.py::test_at_most_two_api_keys_are_active"
INVITED = "tests/integration/api/test_admin.py::test_invite_is_stored_hashed_only"
SIGNED_UP = (
    "tests/integration/api/test_signup.py::test_repeated_verification_fetches_the_token_again"
)
REDACTED = "tests/integration/security/test_secret_redaction.py::test_redaction_hides_the_secret"
MADE = '    telemetry.count("ApiKeyCreated")\n'

FLAWS = (
    Mutant("a new key is printed", KEYS_APP, MADE, f"    print(key.text.reveal())\n{MADE}", KEYS),
    Mutant(
        "a new key is in a metric's name",
        KEYS_APP, MADE, '    telemetry.count(f"ApiKeyCreated_{key.text.reveal()}")\n', KEYS,
    ),
    Mutant(
        "a new key is logged",
        KEYS_APP, MADE, f'{MADE}    telemetry.log.info("made", key=key.text.reveal())\n', KEYS,
    ),
    Mutant(
        "a new key is answered as its id too",
        KEYS_APP, "NewApiKey(key.kid, mode, key", "NewApiKey(key.text.reveal(), mode, key", KEYS,
    ),
    Mutant(
        "a key is stored as it is",
        f"{LAYER}/security/api_keys.py",
        "    return hashlib.sha256(text.encode()).hexdigest()", "    return text",
        f"{REDACTED}[create_api_key]",
    ),
    Mutant(
        "an invite is in the line for the audit",
        "functions/admin/app.py", 'done="invited", host=host, by=command.by',
        'done="invited", host=host, by=command.by, invite=code', INVITED,
    ),
    Mutant(
        "a sign-up's token is logged",
        "functions/signup/app.py", "    deps.signups.begin(signup)\n",
        '    deps.signups.begin(signup)\n    telemetry.log.info("began", token=signup.token)\n',
        SIGNED_UP,
    ),
    Mutant(
        "a sign-up's token is in its id",
        "functions/signup/app.py", "challenge_urls(signup.signup_id))",
        "challenge_urls(signup.token))", SIGNED_UP,
    ),
    Mutant(
        "a secret shows itself",
        f"{LAYER}/domain/credentials.py", 'return "Secret(***)"', "return self._value",
        f"{REDACTED}[log_credentials]",
    ),
    Mutant(
        "a fault is logged with its text",
        f"{LAYER}/telemetry.py", "fault=type(error).__name__", "fault=repr(error)",
        f"{REDACTED}[raise_with_secret]",
    ),
    Mutant(
        "libraries log what they send",
        f"{LAYER}/telemetry.py", "setLevel(logging.WARNING)", "setLevel(logging.DEBUG)",
        f"{REDACTED}[save_credentials]",
    ),
    Mutant(
        "what is sent is logged",
        f"{LAYER}/http/router.py", '            status=answer["statusCode"],\n',
        '            status=answer["statusCode"],\n            body=event.get("body"),\n',
        f"{REDACTED}[save_credentials]",
    ),
    Mutant(
        "a value that is refused is repeated",
        f"{LAYER}/http/validation.py", '(r"Invalid .*", "This value is not allowed"),',
        '(r"Invalid (.*)", r"This value is not allowed: \\1"),',
        f"{REDACTED}[send_secret_in_wrong_field]",
    ),
    Mutant(
        "Amazon's words are passed on as they are",
        f"{LAYER}/amazon/errors.py", 'return _KEY.sub("…", ', 'return str.strip(',
        f"{REDACTED}[receive_secret_from_amazon]",
    ),
    Mutant(
        "Amazon's tokens are shared as they are",
        f"{LAYER}/security/token_cipher.py", "        return base64.b64encode(encrypted).decode()",
        "        return f'{len(encrypted)} {text}'",
        f"{REDACTED}[share_token]",
    ),
    Mutant(
        "a key's id is shown whole",
        f"{LAYER}/domain/credentials.py", 'return f"…{credentials.key_id[-4:]}"',
        "return credentials.key_id",
        "tests/integration/api/test_site.py::test_connections_are_shown_with_masked_credentials",
    ),
)  # fmt: skip
