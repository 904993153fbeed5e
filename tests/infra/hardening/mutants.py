"""Small mistakes that someone might make in the template, each with the rule that sees it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.hardening import access, exposure, limits, storage
from tests.infra.hardening.rules import Rule

GONE = object()
END = "+"
PATHS_AS_CALLED = json.dumps({"path": "$context.path"})
AUTHORIZATION = json.dumps({"key": "$context.authorizer.key"})


@dataclass(frozen=True)
class Mutant:
    """What is written at a place, where a word names a key, and a number or `+` an element."""

    rule: Rule
    place: str
    value: Any = GONE

    def applied_to(self, template: Template) -> Template:
        """A copy of the template that has it."""
        flawed = copy.deepcopy(template)
        *way, last = self.place.split(" ")
        node: Any = flawed
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        if last == END:
            node.append(self.value)
        elif isinstance(node, list):
            node[int(last)] = self.value
        elif self.value is GONE:
            del node[last]
        else:
            node[last] = self.value
        return flawed


def _at(logical_id: str, place: str) -> str:
    return f"Resources {logical_id} Properties {place}"


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


SEARCH_MAY = _at("SearchFunctionRole", "Policies 0 PolicyDocument Statement 0")
SEARCH_ROLE = _at("SearchFunctionRole", "AssumeRolePolicyDocument Statement 0 Principal")
TLS_ONLY = _at("ImportQueueOverTlsOnly", "PolicyDocument Statement 0")
ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
STAGE = "ApiapiStage"
WALL = "ApiFirewall"
HISTORY = "PointInTimeRecoverySpecification"
STREAM = {"StreamViewType": "OLD_IMAGE"}
VARIABLES = _at("SearchFunction", "Environment Variables")

MUTANTS: tuple[Mutant, ...] = (
    Mutant(storage.tables_say_how_they_are_encrypted, _at("SitesTable", "SSESpecification")),
    Mutant(storage.tables_say_how_they_are_encrypted, _at("JobsTable", "SSESpecification")),
    Mutant(
        storage.tables_say_how_they_are_encrypted, "Resources New", _resource("DynamoDB::Table")
    ),
    Mutant(storage.queues_are_encrypted, _at("ImportQueue", "SqsManagedSseEnabled"), False),
    Mutant(storage.queues_are_encrypted, _at("ImportDeadLetterQueue", "SqsManagedSseEnabled")),
    Mutant(storage.queues_are_encrypted, "Resources New", _resource("SNS::Topic")),
    Mutant(storage.secrets_are_made_by_aws, _at("SigningSecret", "SecretString"), "changeme"),
    Mutant(storage.secrets_are_made_by_aws, _at("SigningSecret", "GenerateSecretString")),
    Mutant(
        storage.secrets_are_made_by_aws,
        _at("SigningSecret", "GenerateSecretString PasswordLength"),
        16,
    ),
    Mutant(
        storage.what_sites_own_is_not_deleted_by_mistake,
        _at("ShelvesTable", "DeletionProtectionEnabled"),
    ),
    Mutant(
        storage.what_sites_own_is_not_deleted_by_mistake,
        _at("SitesTable", "DeletionProtectionEnabled"),
        {"Fn::If": ["IsLocal", True, False]},
    ),
    Mutant(
        storage.what_sites_own_is_not_deleted_by_mistake,
        "Conditions IsDeployed",
        {"Condition": "IsLocal"},
    ),
    Mutant(
        storage.what_sites_own_is_not_deleted_by_mistake,
        "Resources SitesTable UpdateReplacePolicy",
        "Delete",
    ),
    Mutant(storage.accounts_can_be_restored, _at("SitesTable", HISTORY)),
    Mutant(
        storage.accounts_can_be_restored,
        _at("SitesTable", f"{HISTORY} PointInTimeRecoveryEnabled"),
        False,
    ),
    Mutant(
        storage.nothing_keeps_former_prices,
        _at("ProductsTable", HISTORY),
        {"PointInTimeRecoveryEnabled": True},
    ),
    Mutant(
        storage.nothing_keeps_former_prices, _at("ProductsTable", "StreamSpecification"), STREAM
    ),
    Mutant(storage.nothing_keeps_former_prices, _at("ShelvesTable", "StreamSpecification"), STREAM),
    Mutant(access.actions_are_named, f"{SEARCH_MAY} Action +", "dynamodb:*"),
    Mutant(access.actions_are_named, f"{SEARCH_MAY} Action +", "iam:PassRole"),
    Mutant(access.actions_are_named, f"{SEARCH_MAY} Action"),
    Mutant(access.resources_are_named, f"{SEARCH_MAY} Resource", "*"),
    Mutant(access.resources_are_named, f"{SEARCH_MAY} Resource"),
    Mutant(
        access.resources_are_named,
        f"{SEARCH_MAY} Resource",
        {"Fn::Sub": "arn:aws:secretsmanager:us-east-1:1:secret:amzlinkr/${Stage}/*"},
    ),
    Mutant(access.no_table_is_scanned, f"{SEARCH_MAY} Action +", "dynamodb:Scan"),
    Mutant(
        access.only_logs_are_left_to_policies_of_aws,
        _at("SearchFunctionRole", "ManagedPolicyArns +"),
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
    ),
    Mutant(access.nothing_is_public, f"{TLS_ONLY} Effect", "Allow"),
    Mutant(access.nothing_is_public, SEARCH_ROLE, {"AWS": "*"}),
    Mutant(access.nothing_is_public, _at("Api", "Body x-amazon-apigateway-policy"), ANYBODY),
    Mutant(
        access.nothing_is_public,
        "Resources New",
        _resource("SecretsManager::ResourcePolicy", ResourcePolicy=ANYBODY),
    ),
    Mutant(
        access.nothing_is_public,
        "Resources New",
        _resource("Lambda::Permission", Principal="*", SourceArn="arn:aws:sns:us-east-1:1:topic"),
    ),
    Mutant(access.nothing_is_public, _at("SearchFunctionSearchPermissionapi", "SourceArn")),
    Mutant(access.nothing_is_public, "Resources New", _resource("Lambda::Url", AuthType="NONE")),
    Mutant(access.queues_and_topics_are_reached_over_tls_only, "Resources ImportQueueOverTlsOnly"),
    Mutant(access.queues_and_topics_are_reached_over_tls_only, f"{TLS_ONLY} Condition"),
    Mutant(
        access.queues_and_topics_are_reached_over_tls_only, f"{TLS_ONLY} Action", "sqs:PurgeQueue"
    ),
    Mutant(
        access.queues_and_topics_are_reached_over_tls_only,
        "Resources ImportQueueOverTlsOnly Condition",
        "IsLocal",
    ),
    Mutant(
        access.queues_and_topics_are_reached_over_tls_only,
        "Resources New",
        _resource("SNS::Topic"),
    ),
    Mutant(
        exposure.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting Format"),
        PATHS_AS_CALLED,
    ),
    Mutant(
        exposure.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting Format"),
        AUTHORIZATION,
    ),
    Mutant(exposure.access_logs_hold_neither_keys_nor_queries, _at(STAGE, "AccessLogSetting")),
    Mutant(
        exposure.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting DestinationArn"),
        {"Fn::Sub": "arn:aws:firehose:us-east-1:1:deliverystream/elsewhere"},
    ),
    Mutant(
        exposure.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings 0 DataTraceEnabled"), True
    ),
    Mutant(
        exposure.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings 1 LoggingLevel"), "INFO"
    ),
    Mutant(exposure.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings"), []),
    Mutant(
        exposure.the_firewall_keeps_no_requests,
        _at(WALL, "Rules 0 VisibilityConfig SampledRequestsEnabled"),
        True,
    ),
    Mutant(
        exposure.the_firewall_keeps_no_requests,
        _at(WALL, "VisibilityConfig SampledRequestsEnabled"),
        True,
    ),
    Mutant(
        exposure.the_firewall_keeps_no_requests,
        "Resources New",
        _resource("WAFv2::LoggingConfiguration"),
    ),
    Mutant(exposure.nothing_is_traced, _at(STAGE, "TracingEnabled")),
    Mutant(exposure.nothing_is_traced, _at("SearchFunction", "TracingConfig"), {"Mode": "Active"}),
    Mutant(exposure.logs_are_kept_for_a_limited_time, _at("SearchLogGroup", "RetentionInDays")),
    Mutant(
        exposure.logs_are_kept_for_a_limited_time, _at("SearchFunction", "LoggingConfig LogGroup")
    ),
    Mutant(
        exposure.logs_are_kept_for_a_limited_time,
        "Parameters LogRetentionDays AllowedValues +",
        3653,
    ),
    Mutant(
        exposure.no_secret_is_in_view,
        "Parameters SharedKey",
        {"Type": "String", "NoEcho": True, "Default": ""},
    ),
    Mutant(exposure.no_secret_is_in_view, "Parameters ApiKey", {"Type": "String"}),
    Mutant(exposure.no_variable_is_a_secret, f"{VARIABLES} AMAZON_SECRET", {"Ref": "Stage"}),
    Mutant(exposure.no_variable_is_a_secret, f"{VARIABLES} AMAZON_ID", "AKIA" + "EXAMPLE0" * 2),
    Mutant(
        exposure.no_secret_is_in_view,
        f"{VARIABLES} SIGNING",
        "{{resolve:secretsmanager:amzlinkr/prod/service}}",
    ),
    Mutant(exposure.no_secret_is_in_view, "Outputs Signing", {"Value": {"Ref": "SigningSecret"}}),
    Mutant(
        limits.functions_answer_before_the_gateway_gives_up,
        _at("ImportItemsFunction", "Timeout"),
        60,
    ),
    Mutant(
        limits.functions_answer_before_the_gateway_gives_up,
        _at("AuthorizerFunction", "Timeout"),
        30,
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_alone,
        _at("SignupFunction", "ReservedConcurrentExecutions"),
        5,
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_alone,
        _at("SearchFunction", "ReservedConcurrentExecutions"),
        {"Ref": "SignupConcurrency"},
    ),
    Mutant(
        limits.concurrency_is_reserved_by_parameter_alone, "Parameters SignupConcurrency Default", 5
    ),
    Mutant(limits.a_firewall_stands_where_strangers_call, "Parameters Firewall Default", "off"),
    Mutant(limits.a_firewall_stands_where_strangers_call, "Resources ApiBehindFirewall"),
    Mutant(
        limits.a_firewall_stands_where_strangers_call,
        _at(WALL, "Rules 0 Action"),
        {"Count": {}},
    ),
    Mutant(
        limits.a_firewall_stands_where_strangers_call,
        "Conditions HasFirewall",
        {"Condition": "IsDeployed"},
    ),
    Mutant(limits.sign_up_is_throttled, _at(STAGE, "MethodSettings 1 ResourcePath"), "/~1v1~1keys"),
    Mutant(limits.sign_up_is_throttled, _at(STAGE, "MethodSettings 1 ThrottlingRateLimit"), 500),
    Mutant(limits.sign_up_is_throttled, _at(STAGE, "MethodSettings 2 ThrottlingBurstLimit"), 1000),
)
