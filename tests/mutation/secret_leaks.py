"""Mutants that print, log, store, or return a secret."""

from tests.mutation.mutant import LAYER, Mutant

APP = "functions/api_keys/app.py"
API_KEYS = f"{LAYER}/services/api_keys.py"
SIGN_UP = f"{LAYER}/services/sign_up.py"
KEYS = "tests/integration/keys/test_api_keys.py::test_at_most_two_api_keys_are_active"
INVITED = "tests/integration/api/test_admin.py::test_invite_is_stored_hashed_only"
SIGNED_UP = (
    "tests/integration/api/test_signup.py::test_repeated_verification_fetches_the_token_again"
)
REDACTED = "tests/integration/security/test_secret_redaction.py::test_redaction_hides_the_secret"
CREATED = '        telemetry.count("ApiKeyCreated")\n'

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "new API key is printed",
        API_KEYS,
        CREATED,
        f"        print(api_key.text.reveal())\n{CREATED}",
        KEYS,
    ),
    Mutant(
        "new API key is in the name of a metric",
        API_KEYS,
        CREATED,
        '        telemetry.count(f"ApiKeyCreated_{api_key.text.reveal()}")\n',
        KEYS,
    ),
    Mutant(
        "new API key is logged",
        API_KEYS,
        CREATED,
        f'{CREATED}        telemetry.log.info("created", key=api_key.text.reveal())\n',
        KEYS,
    ),
    Mutant(
        "new API key is returned as its ID",
        APP,
        "NewApiKey(created.kid, created.mode",
        "NewApiKey(created.text.reveal(), created.mode",
        KEYS,
    ),
    Mutant(
        "API key is stored in plain text",
        f"{LAYER}/security/api_keys.py",
        "    return hashlib.sha256(text.encode()).hexdigest()",
        "    return text",
        f"{REDACTED}[create_api_key]",
    ),
    Mutant(
        "invite is in the audit record",
        f"{LAYER}/services/operator_changes.py",
        'done="invited", host=invite.host, by=by',
        'done="invited", host=invite.host, by=by, invite=invite.code.reveal()',
        INVITED,
    ),
    Mutant(
        "token of a sign-up is logged",
        SIGN_UP,
        "        self.signups.begin(signup)\n",
        '        self.signups.begin(signup)\n        telemetry.log.info("x", token=signup.token)\n',
        SIGNED_UP,
    ),
    Mutant(
        "token of a sign-up is used as its ID",
        SIGN_UP,
        "challenge_urls(signup.signup_id))",
        "challenge_urls(signup.token))",
        SIGNED_UP,
    ),
    Mutant(
        "secret has a repr that reveals it",
        f"{LAYER}/domain/credentials.py",
        'return "Secret(***)"',
        "return self._value",
        f"{REDACTED}[log_credentials]",
    ),
    Mutant(
        "fault is logged with its message",
        f"{LAYER}/telemetry.py",
        "fault=type(error).__name__",
        "fault=repr(error)",
        f"{REDACTED}[raise_with_secret]",
    ),
    Mutant(
        "libraries log their requests",
        f"{LAYER}/telemetry.py",
        "setLevel(logging.WARNING)",
        "setLevel(logging.DEBUG)",
        f"{REDACTED}[save_credentials]",
    ),
    Mutant(
        "request bodies are logged",
        f"{LAYER}/http/router.py",
        '            status=response["statusCode"],\n',
        '            status=response["statusCode"],\n            body=event.get("body"),\n',
        f"{REDACTED}[save_credentials]",
    ),
    Mutant(
        "rejected value is repeated in the problem",
        f"{LAYER}/http/validation.py",
        '(r"Invalid .*", "This value is not allowed"),',
        '(r"Invalid (.*)", r"This value is not allowed: \\1"),',
        f"{REDACTED}[send_secret_in_wrong_field]",
    ),
    Mutant(
        "messages from Amazon are not redacted",
        f"{LAYER}/amazon/errors.py",
        'return _KEY.sub("…", ',
        "return str.strip(",
        f"{REDACTED}[receive_secret_from_amazon]",
    ),
    Mutant(
        "access tokens are shared unencrypted",
        f"{LAYER}/security/token_cipher.py",
        "        return base64.b64encode(encrypted).decode()",
        "        return f'{len(encrypted)} {text}'",
        f"{REDACTED}[share_token]",
    ),
    Mutant(
        "ID of Amazon credentials is shown in full",
        f"{LAYER}/domain/credentials.py",
        'return f"…{credentials.key_id[-4:]}"',
        "return credentials.key_id",
        "tests/integration/api/test_site.py::test_connections_are_shown_with_masked_credentials",
    ),
)
