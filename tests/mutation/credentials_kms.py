"""Mutants of the store of credentials with KMS, of its permissions, and of the vault's cache."""

from tests.mutation.mutant import LAYER, Mutant

ENCRYPTED = f"{LAYER}/security/encrypted_secrets.py"
VAULT = f"{LAYER}/security/credential_vault.py"
TEMPLATE = "template.yaml"
CONTEXT = '    return {"site_id": site_id, "marketplace": marketplace}\n'
STORE_TESTS = "tests/unit/security/test_encrypted_secrets.py"
VAULT_TESTS = "tests/unit/security/test_credential_vault.py"
SERVICE_TESTS = "tests/integration/security/test_kms_store.py"
COPIED = f"{STORE_TESTS}::test_ciphertext_of_another_site_or_marketplace_does_not_decrypt"
ROLES = (
    "tests/infra/test_permissions.py"
    "::test_store_of_credentials_decides_who_encrypts_decrypts_and_creates_secrets"
)

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "encryption context does not name the site",
        ENCRYPTED,
        CONTEXT,
        '    return {"marketplace": marketplace}\n',
        COPIED,
    ),
    Mutant(
        "encryption context does not name the marketplace",
        ENCRYPTED,
        CONTEXT,
        '    return {"site_id": site_id}\n',
        COPIED,
    ),
    Mutant(
        "function that stores credentials may decrypt them",
        TEMPLATE,
        "Action: [kms:Encrypt]\n",
        "Action: [kms:Encrypt, kms:Decrypt]\n",
        ROLES,
    ),
    Mutant(
        "functions that read credentials may encrypt others",
        TEMPLATE,
        "Action: [kms:Decrypt]\n",
        "Action: [kms:Decrypt, kms:Encrypt]\n",
        ROLES,
    ),
    Mutant(
        "functions decrypt with any encryption context",
        TEMPLATE,
        "Action: [kms:Decrypt]\n"
        "            Resource: !GetAtt CredentialKey.Arn\n"
        "            Condition: *site_context\n",
        "Action: [kms:Decrypt]\n            Resource: !GetAtt CredentialKey.Arn\n",
        f"{SERVICE_TESTS}::test_no_role_may_use_the_key_with_another_context",
    ),
    Mutant(
        "replaced credentials are read from the cache",
        VAULT,
        "key = (site_id, connection.marketplace, name, version)",
        'key = (site_id, connection.marketplace, name, "")',
        f"{VAULT_TESTS}::test_version_is_read_once",
    ),
    Mutant(
        "credentials are decrypted for each call",
        VAULT,
        "        if key not in self._cache:\n",
        "        if version:\n",
        f"{VAULT_TESTS}::test_version_is_read_once",
    ),
    Mutant(
        "failure of KMS counts as deleted credentials",
        ENCRYPTED,
        'if error_code(error) == "InvalidCiphertextException":',
        "if isinstance(error, ClientError):",
        f"{STORE_TESTS}::test_failure_of_kms_is_a_503_and_stores_nothing",
    ),
)
