"""The restore on the running stack: backups and point-in-time restore of AWS, then our commands."""

import os
import subprocess
import sys
from typing import Any

import boto3
import pytest

from infra.local.stack.client import Scheduler, ServiceClient
from infra.local.stack.emulator import OWNER_KEY, REGION, client_options
from infra.local.stack.stack import ROOT, Stack

pytestmark = pytest.mark.slow  # the integration tests play the same procedures on an in-memory AWS

READ_ONLY: dict[str, Any] = {
    "pk": {"S": "service"},
    "sk": {"S": "read_only"},
    "type": {"S": "switch"},
    "since": {"N": "0"},
    "by": {"S": "ops"},
    "reason": {"S": "restore"},
}
"""The read-only mode, turned on long ago: the steps require ten minutes of it."""
SECRETS: dict[str, Any] = {
    "FilterExpression": "#type = :secret",
    "ExpressionAttributeNames": {"#type": "type"},
    "ExpressionAttributeValues": {":secret": {"S": "secret"}},
}


def operate(stack: Stack, *arguments: str) -> str:
    """Run a step of the restore as an operator does, and return its output."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": stack.aws_endpoint,
        "AWS_ACCESS_KEY_ID": OWNER_KEY,
        "AWS_SECRET_ACCESS_KEY": OWNER_KEY,
        "AWS_DEFAULT_REGION": REGION,
    }
    command = [sys.executable, "-m", "infra.restore", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def status_of(service: ServiceClient, asin: str) -> str:
    product = service.call("GET", f"/products/{asin}").json
    return str(product.get("price_status", product.get("code")))


def recreate(client: Any, table: str) -> None:
    """Delete a table, and create it empty."""
    found = client.describe_table(TableName=table)["Table"]
    client.delete_table(TableName=table)
    indexes = [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
        for index in found["LocalSecondaryIndexes"]
    ]
    client.create_table(
        TableName=table,
        AttributeDefinitions=found["AttributeDefinitions"],
        KeySchema=found["KeySchema"],
        LocalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )


def test_deleted_tables_and_wrong_rows(stack: Stack, service: ServiceClient) -> None:
    client = boto3.client("dynamodb", **client_options(stack.aws_endpoint))
    functions = boto3.client("lambda", **client_options(stack.aws_endpoint))
    name = stack.functions["PriceSyncFunction"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    sites, shelves, products = (
        variables[f"{table}_TABLE"] for table in ("SITES", "SHELVES", "PRODUCTS")
    )
    scheduler = Scheduler(stack.aws_endpoint, name)
    imported = service.call("POST", "/import", {"items": ["B0REST0001", "B0REST0002"]}).json
    assert [result["status"] for result in imported["results"]] == ["imported"] * 2
    cursor = service.call("GET", "/changes").json["next_cursor"]

    for source, target in ((sites, "restored-sites"), (shelves, "restored-shelves")):
        client.restore_table_to_point_in_time(
            SourceTableName=source, TargetTableName=target, UseLatestRestorableTime=True
        )
    later = service.call("POST", "/import", {"items": ["B0REST0003"]}).json
    assert later["results"][0]["status"] == "imported"
    assert service.call("DELETE", "/products/B0REST0001").status == 204
    recreate(client, products)
    assert service.call("GET", f"/changes?cursor={cursor}").status == 503
    client.put_item(TableName=sites, Item=READ_ONLY)
    for source, target in (("restored-sites", sites), ("restored-shelves", shelves)):
        operate(stack, "copy", source, target, "--stage", "local")
        client.delete_table(TableName=source)
    quotas = variables["QUOTAS_TABLE"]
    wrong = {"pk": {"S": "secrets#all"}, "used": {"N": "-3"}}
    client.put_item(TableName=quotas, Item=wrong)
    secrets = client.scan(TableName=sites, **SECRETS)["Count"]
    counted = operate(stack, "count-secrets", "--stage", "local")
    assert f"{secrets} secret{'' if secrets == 1 else 's'} stored" in counted
    assert "1 count corrected" in counted
    client.delete_item(TableName=sites, Key={key: READ_ONLY[key] for key in ("pk", "sk")})
    operate(stack, "products", "--stage", "local")

    assert service.call("GET", f"/changes?cursor={cursor}").json["code"] == "cursor_too_old"
    asins = [f"B0REST000{number}" for number in (1, 2, 3)]
    assert [status_of(service, asin) for asin in asins] == ["expired", "expired", "not_found"]
    scheduler.trigger()
    for _ in range(50):
        refreshed = [status_of(service, asin) for asin in asins]
        if refreshed[0] != "expired":
            break
    # The second one has no offer at Amazon.
    assert refreshed == ["current", "no_offer", "not_found"]

    backup = client.create_backup(TableName=shelves, BackupName="deletion")["BackupDetails"]
    client.delete_table(TableName=shelves)
    client.restore_table_from_backup(TargetTableName=shelves, BackupArn=backup["BackupArn"])
    assert "0 shelves cleared and due" in operate(stack, "products", "--stage", "local")
    assert [status_of(service, asin) for asin in asins] == refreshed
