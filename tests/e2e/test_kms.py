"""The store `kms` on the emulator, from validation to the removal of a product."""

import json
from pathlib import Path

import boto3
import pytest

from infra.local.demo.console import Console
from infra.local.demo.onboarding import CREATORS_CREDENTIALS, Onboarding
from infra.local.demo.products import Products
from infra.local.stack.client import FakeAmazonControl, Scheduler, ServiceClient
from infra.local.stack.emulator import client_options
from infra.local.stack.stack import running_stack


@pytest.mark.slow
def test_onboarding_and_products_with_encrypted_credentials(tmp_path: Path) -> None:
    # Without IAM: the emulator does not evaluate `kms:EncryptionContext` and denies `Encrypt`.
    parameters = {"CredentialStore": "kms"}
    with running_stack(state=tmp_path, enforce_iam=False, parameters=parameters) as stack:
        clients = (
            ServiceClient(stack.api_url),
            FakeAmazonControl(stack.amazon_url),
            Scheduler(stack.aws_endpoint, stack.functions["PriceSyncFunction"]),
            Console(),
        )
        Onboarding(*clients).run()
        Products(*clients).run()

        options = client_options(stack.aws_endpoint)
        secrets = boto3.client("secretsmanager", **options).list_secrets()["SecretList"]
        database = boto3.client("dynamodb", **options)
        (sites,) = [n for n in database.list_tables()["TableNames"] if "SitesTable" in n]
        rows = json.dumps(database.scan(TableName=sites)["Items"], default=str)

    assert not any("site_" in secret["Name"] for secret in secrets)
    assert '"ciphertext#kms/local/site_' in rows
    assert CREATORS_CREDENTIALS["credential_secret"] not in rows
