"""Mutants of the template: small mistakes, each with the rule that must reject it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.hardening import access, exposure, limits, storage
from tests.infra.hardening.rules import Rule

REMOVED = object()
APPEND = "+"
PATH_FORMAT = json.dumps({"path": "$context.path"})
API_KEY_FORMAT = json.dumps({"key": "$context.authorizer.key"})


@dataclass(frozen=True)
class Mutant:
    """A value at a path of words (keys), numbers (list elements) and `+` (append)."""

    rule: Rule
    path: str
    value: Any = REMOVED

    def applied_to(self, template: Template) -> Template:
        """Return a copy of the template with the mutation."""
        changed = copy.deepcopy(template)
        *parents, last = self.path.split(" ")
        node: Any = changed
        for key in parents:
            node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
        if last == APPEND:
            node.append(self.value)
        elif isinstance(node, list):
            node[int(last)] = self.value
        elif self.value is REMOVED:
            del node[last]
        else:
            node[last] = self.value
        return changed


def _at(logical_id: str, path: str) -> str:
    return f"Resources {logical_id} Properties {path}"


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


SEARCH_STATEMENT = _at("SearchFunctionRole", "Policies 0 PolicyDocument Statement 0")
SEARCH_PRINCIPAL = _at("SearchFunctionRole", "AssumeRolePolicyDocument Statement 0 Principal")
TLS_STATEMENT = _at("ImportQueueOverTlsOnly", "PolicyDocument Statement 0")
ADMINISTRATION, KEY_STATEMENT = (
    _at("CredentialKey", f"KeyPolicy Statement {number}") for number in (0, 1)
)
PUBLIC_STATEMENT = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": "*",
}
STAGE = "ApiapiStage"
FIREWALL = "ApiFirewall"
STREAM = {"StreamViewType": "OLD_IMAGE"}
VARIABLES = _at("SearchFunction", "Environment Variables")

MUTANTS: tuple[Mutant, ...] = (
    Mutant(storage.tables_use_the_expected_keys, _at("SitesTable", "SSESpecification")),
    Mutant(storage.tables_use_the_expected_keys, _at("JobsTable", "SSESpecification")),
    Mutant(storage.tables_use_the_expected_keys, "Resources New", _resource("DynamoDB::Table")),
    Mutant(storage.queues_are_encrypted, _at("ImportQueue", "SqsManagedSseEnabled"), False),
    Mutant(storage.queues_are_encrypted, _at("ImportDeadLetterQueue", "SqsManagedSseEnabled")),
    Mutant(storage.queues_are_encrypted, "Resources New", _resource("SNS::Topic")),
    Mutant(storage.secrets_are_generated_by_aws, _at("SigningSecret", "SecretString"), "changeme"),
    Mutant(storage.secrets_are_generated_by_aws, _at("SigningSecret", "GenerateSecretString")),
    Mutant(
        storage.secrets_are_generated_by_aws,
        _at("SigningSecret", "GenerateSecretString PasswordLength"),
        16,
    ),
    Mutant(
        storage.tables_are_protected_from_deletion,
        _at("ShelvesTable", "DeletionProtectionEnabled"),
    ),
    Mutant(
        storage.tables_are_protected_from_deletion,
        _at("SitesTable", "DeletionProtectionEnabled"),
        {"Fn::If": ["IsLocal", True, False]},
    ),
    Mutant(
        storage.tables_are_protected_from_deletion,
        "Conditions IsDeployed",
        {"Condition": "IsLocal"},
    ),
    Mutant(
        storage.tables_are_protected_from_deletion,
        "Resources SitesTable UpdateReplacePolicy",
        "Delete",
    ),
    Mutant(storage.data_outlives_the_stack, "Resources ShelvesTable DeletionPolicy", "Delete"),
    Mutant(storage.data_outlives_the_stack, "Resources SigningSecret DeletionPolicy"),
    Mutant(
        storage.failed_deployments_can_be_repeated, "Parameters DeletionProtection Default", "on"
    ),
    Mutant(
        storage.failed_deployments_can_be_repeated,
        _at("ProductsTable", "DeletionProtectionEnabled"),
        True,
    ),
    Mutant(
        storage.failed_deployments_can_be_repeated,
        "Resources SitesTable DeletionPolicy",
        "Retain",
    ),
    Mutant(
        storage.failed_deployments_can_be_repeated,
        _at("SearchLogGroup", "LogGroupName"),
        {"Fn::Sub": "/aws/lambda/amzlinkr-${Stage}-search"},
    ),
    Mutant(
        storage.failed_deployments_can_be_repeated, _at("SigningSecret", "Name"), "amzlinkr/prod"
    ),
    Mutant(storage.tables_can_be_restored, _at("ShelvesTable", storage.RECOVERY)),
    Mutant(
        storage.tables_can_be_restored,
        _at("SitesTable", f"{storage.RECOVERY} PointInTimeRecoveryEnabled"),
        False,
    ),
    Mutant(
        storage.price_tables_keep_no_history,
        _at("ProductsTable", storage.RECOVERY),
        {"PointInTimeRecoveryEnabled": True},
    ),
    Mutant(
        storage.price_tables_keep_no_history, _at("ProductsTable", "StreamSpecification"), STREAM
    ),
    Mutant(
        storage.price_tables_keep_no_history,
        "Resources ProductsTable DeletionPolicy",
        storage.RETAINED,
    ),
    Mutant(
        storage.price_tables_keep_no_history, _at("ShelvesTable", "StreamSpecification"), STREAM
    ),
    Mutant(access.actions_are_named, f"{SEARCH_STATEMENT} Action +", "dynamodb:*"),
    Mutant(access.actions_are_named, f"{SEARCH_STATEMENT} Action +", "iam:PassRole"),
    Mutant(access.actions_are_named, f"{SEARCH_STATEMENT} Action"),
    Mutant(access.resources_are_named, f"{SEARCH_STATEMENT} Resource", "*"),
    Mutant(access.resources_are_named, f"{SEARCH_STATEMENT} Resource"),
    Mutant(
        access.resources_are_named,
        f"{SEARCH_STATEMENT} Resource",
        {"Fn::Sub": "arn:aws:secretsmanager:us-east-1:1:secret:amzlinkr/${Stage}/*"},
    ),
    Mutant(access.only_the_operator_scans_sites, f"{SEARCH_STATEMENT} Action +", "dynamodb:Scan"),
    Mutant(
        access.managed_policies_allow_logging_only,
        _at("SearchFunctionRole", "ManagedPolicyArns +"),
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
    ),
    Mutant(access.nothing_is_public, f"{TLS_STATEMENT} Effect", "Allow"),
    Mutant(access.nothing_is_public, SEARCH_PRINCIPAL, {"AWS": "*"}),
    Mutant(
        access.nothing_is_public, _at("Api", "Body x-amazon-apigateway-policy"), PUBLIC_STATEMENT
    ),
    Mutant(
        access.nothing_is_public,
        "Resources New",
        _resource("SecretsManager::ResourcePolicy", ResourcePolicy=PUBLIC_STATEMENT),
    ),
    Mutant(
        access.nothing_is_public,
        "Resources New",
        _resource("Lambda::Permission", Principal="*", SourceArn="arn:aws:sns:us-east-1:1:topic"),
    ),
    Mutant(access.nothing_is_public, _at("SearchFunctionSearchPermissionapi", "SourceArn")),
    Mutant(access.nothing_is_public, "Resources New", _resource("Lambda::Url", AuthType="NONE")),
    Mutant(access.nothing_is_public, f"{KEY_STATEMENT} Principal", {"AWS": "*"}),
    Mutant(access.keys_decrypt_with_a_context_only, f"{KEY_STATEMENT} Condition"),
    Mutant(access.keys_decrypt_with_a_context_only, f"{ADMINISTRATION} Action +", "kms:*"),
    Mutant(access.keys_decrypt_with_a_context_only, f"{ADMINISTRATION} Action +", "kms:Decrypt"),
    Mutant(
        access.keys_decrypt_with_a_context_only,
        f"{KEY_STATEMENT} Condition StringLike kms:EncryptionContext:site_id",
    ),
    Mutant(
        access.keys_decrypt_with_a_context_only,
        _at("CredentialKey", "EnableKeyRotation"),
        False,
    ),
    Mutant(access.queues_and_topics_require_tls, "Resources ImportQueueOverTlsOnly"),
    Mutant(access.queues_and_topics_require_tls, f"{TLS_STATEMENT} Condition"),
    Mutant(access.queues_and_topics_require_tls, f"{TLS_STATEMENT} Action", "sqs:PurgeQueue"),
    Mutant(
        access.queues_and_topics_require_tls,
        "Resources ImportQueueOverTlsOnly Condition",
        "IsLocal",
    ),
    Mutant(
        access.queues_and_topics_require_tls,
        "Resources New",
        _resource("SNS::Topic"),
    ),
    Mutant(
        exposure.access_logs_exclude_keys_and_queries,
        _at(STAGE, "AccessLogSetting Format"),
        PATH_FORMAT,
    ),
    Mutant(
        exposure.access_logs_exclude_keys_and_queries,
        _at(STAGE, "AccessLogSetting Format"),
        API_KEY_FORMAT,
    ),
    Mutant(exposure.access_logs_exclude_keys_and_queries, _at(STAGE, "AccessLogSetting")),
    Mutant(
        exposure.access_logs_exclude_keys_and_queries,
        _at(STAGE, "AccessLogSetting DestinationArn"),
        {"Fn::Sub": "arn:aws:firehose:us-east-1:1:deliverystream/elsewhere"},
    ),
    Mutant(
        exposure.gateway_logs_no_requests, _at(STAGE, "MethodSettings 0 DataTraceEnabled"), True
    ),
    Mutant(exposure.gateway_logs_no_requests, _at(STAGE, "MethodSettings 1 LoggingLevel"), "INFO"),
    Mutant(exposure.gateway_logs_no_requests, _at(STAGE, "MethodSettings"), []),
    Mutant(exposure.firewall_samples_hide_keys, _at(FIREWALL, "DataProtectionConfig")),
    Mutant(
        exposure.firewall_samples_hide_keys,
        _at(FIREWALL, "DataProtectionConfig DataProtections 0 Field FieldKeys"),
        ["cookie"],
    ),
    Mutant(
        exposure.firewall_samples_hide_keys,
        "Resources New",
        _resource("WAFv2::LoggingConfiguration"),
    ),
    Mutant(exposure.tracing_is_off, _at(STAGE, "TracingEnabled")),
    Mutant(exposure.tracing_is_off, _at("SearchFunction", "TracingConfig"), {"Mode": "Active"}),
    Mutant(exposure.log_retention_is_limited, _at("SearchLogGroup", "RetentionInDays")),
    Mutant(exposure.log_retention_is_limited, _at("SearchFunction", "LoggingConfig LogGroup")),
    Mutant(
        exposure.log_retention_is_limited,
        "Parameters LogRetentionDays AllowedValues +",
        3653,
    ),
    Mutant(
        exposure.parameters_and_outputs_hold_no_secrets,
        "Parameters SharedKey",
        {"Type": "String", "NoEcho": True, "Default": ""},
    ),
    Mutant(
        exposure.parameters_and_outputs_hold_no_secrets, "Parameters ApiKey", {"Type": "String"}
    ),
    Mutant(exposure.variables_hold_no_secrets, f"{VARIABLES} AMAZON_SECRET", {"Ref": "Stage"}),
    Mutant(exposure.variables_hold_no_secrets, f"{VARIABLES} AMAZON_ID", "AKIA" + "EXAMPLE0" * 2),
    Mutant(
        exposure.parameters_and_outputs_hold_no_secrets,
        f"{VARIABLES} SIGNING",
        "{{resolve:secretsmanager:amzlinkr/prod/service}}",
    ),
    Mutant(
        exposure.parameters_and_outputs_hold_no_secrets,
        "Outputs Signing",
        {"Value": {"Ref": "SigningSecret"}},
    ),
    Mutant(
        limits.functions_time_out_before_the_gateway,
        _at("ImportItemsFunction", "Timeout"),
        60,
    ),
    Mutant(
        limits.functions_time_out_before_the_gateway,
        _at("AuthorizerFunction", "Timeout"),
        30,
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_only,
        _at("SignupFunction", "ReservedConcurrentExecutions"),
        5,
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_only,
        _at("SearchFunction", "ReservedConcurrentExecutions"),
        {"Ref": "SignupConcurrency"},
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_only, "Parameters SignupConcurrency Default", 5
    ),
    Mutant(limits.responses_are_compressed, _at("Api", "MinimumCompressionSize")),
    Mutant(
        limits.rates_of_all_calls_are_parameters,
        _at(STAGE, "MethodSettings 0 ThrottlingRateLimit"),
        500,
    ),
    Mutant(
        limits.api_has_a_firewall,
        _at(FIREWALL, "Rules 4 Statement RateBasedStatement Limit"),
        10_000,
    ),
    Mutant(
        limits.api_has_a_firewall,
        _at(
            FIREWALL,
            "Rules 0 Statement SizeConstraintStatement FieldToMatch Headers OversizeHandling",
        ),
        "NO_MATCH",
    ),
    Mutant(limits.api_has_a_firewall, _at(FIREWALL, "Rules 0 Action"), {"Count": {}}),
    Mutant(limits.responses_are_compressed, _at("Api", "MinimumCompressionSize"), 1_000_000),
    Mutant(limits.api_has_a_firewall, "Parameters Firewall Default", "off"),
    Mutant(limits.api_has_a_firewall, "Resources ApiBehindFirewall"),
    Mutant(
        limits.api_has_a_firewall,
        _at(FIREWALL, "Rules 0 Action"),
        {"Count": {}},
    ),
    Mutant(
        limits.api_has_a_firewall,
        "Conditions HasFirewall",
        {"Condition": "IsDeployed"},
    ),
    Mutant(
        limits.sign_ups_are_throttled, _at(STAGE, "MethodSettings 1 ResourcePath"), "/~1v1~1keys"
    ),
    Mutant(limits.sign_ups_are_throttled, _at(STAGE, "MethodSettings 1 ThrottlingRateLimit"), 500),
    Mutant(
        limits.sign_ups_are_throttled, _at(STAGE, "MethodSettings 2 ThrottlingBurstLimit"), 1000
    ),
)
