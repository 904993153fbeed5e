"""What is stored: encrypted, hard to lose by mistake, and no longer than allowed."""

from collections.abc import Iterator

from infra.local.stack.transform import Template
from tests.infra.template_reader import of_type, resolve

# Nobody misses these when they are gone.
PASSING_TABLES = {"QuotasTable", "JobsTable"}
# Of all tables, only this one may go back in time: the others hold prices or lead to them.
TABLE_OF_ACCOUNTS = "SitesTable"
HISTORIES = (
    "KinesisStreamSpecification",
    "PointInTimeRecoverySpecification",
    "StreamSpecification",
)


def tables_say_how_they_are_encrypted(template: Template) -> Iterator[str]:
    """AWS's managed key where people's addresses are, elsewhere the key that AWS owns."""
    for name, table in of_type(resolve(template), "AWS::DynamoDB::Table").items():
        managed = table.get("SSESpecification", {}).get("SSEEnabled")
        if managed is not (name == TABLE_OF_ACCOUNTS):
            yield f"{name} says {managed} to a managed key"


def queues_are_encrypted(template: Template) -> Iterator[str]:
    """By SQS's own key, and topics by any."""
    for name, queue in of_type(resolve(template), "AWS::SQS::Queue").items():
        if queue.get("SqsManagedSseEnabled") is not True:
            yield f"{name} says nothing of encryption"
    for name, topic in of_type(resolve(template), "AWS::SNS::Topic").items():
        if "KmsMasterKeyId" not in topic:
            yield f"{name} is not encrypted"


def secrets_are_made_by_aws(template: Template) -> Iterator[str]:
    """Nobody chooses one, so nobody can write one down."""
    for name, secret in of_type(resolve(template), "AWS::SecretsManager::Secret").items():
        if "SecretString" in secret or "GenerateSecretString" not in secret:
            yield f"{name} is written down"
        elif secret["GenerateSecretString"].get("PasswordLength", 32) < 43:
            yield f"{name} has less than 256 bits"


def what_sites_own_is_not_deleted_by_mistake(template: Template) -> Iterator[str]:
    """Tables refuse to be deleted, and stay when CloudFormation replaces them."""
    for name, table in of_type(resolve(template), "AWS::DynamoDB::Table").items():
        if name in PASSING_TABLES:
            continue
        if table.get("DeletionProtectionEnabled") is not True:
            yield f"{name} can be deleted"
        if template["Resources"][name].get("UpdateReplacePolicy") != "Retain":
            yield f"{name} is lost when it is replaced"


def accounts_can_be_restored(template: Template) -> Iterator[str]:
    """Sites and their keys go back to any second of the last weeks."""
    table = resolve(template)["Resources"][TABLE_OF_ACCOUNTS]["Properties"]
    recovery = table.get("PointInTimeRecoverySpecification", {})
    if recovery.get("PointInTimeRecoveryEnabled") is not True:
        yield f"{TABLE_OF_ACCOUNTS} cannot be restored"


def nothing_keeps_former_prices(template: Template) -> Iterator[str]:
    """No backup and no stream of what was true yesterday: Amazon's licence forbids it."""
    for name, table in of_type(resolve(template), "AWS::DynamoDB::Table").items():
        if name != TABLE_OF_ACCOUNTS:
            yield from (f"{name} has a {history}" for history in HISTORIES if history in table)
