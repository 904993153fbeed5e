"""Small mistakes that someone might make in the template, each with the rule that sees it."""

import copy
import json
from dataclasses import dataclass
from typing import Any

from infra.local.stack.transform import Template
from tests.infra.hardening import access, bounds, seen, stored
from tests.infra.hardening.rules import Rule

GONE = object()
END = "+"
PATHS_AS_CALLED = json.dumps({"path": "$context.path"})
AUTHORIZATION = json.dumps({"key": "$context.authorizer.key"})


@dataclass(frozen=True)
class Flaw:
    """What is written at a place, where a word names a key, and a number or `+` an element."""

    rule: Rule
    place: str
    value: Any = GONE

    def planted(self, template: Template) -> Template:
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

FLAWS: tuple[Flaw, ...] = (
    Flaw(stored.tables_say_how_they_are_encrypted, _at("SitesTable", "SSESpecification")),
    Flaw(stored.tables_say_how_they_are_encrypted, _at("JobsTable", "SSESpecification")),
    Flaw(stored.tables_say_how_they_are_encrypted, "Resources New", _resource("DynamoDB::Table")),
    Flaw(stored.queues_are_encrypted, _at("ImportQueue", "SqsManagedSseEnabled"), False),
    Flaw(stored.queues_are_encrypted, _at("ImportDeadLetterQueue", "SqsManagedSseEnabled")),
    Flaw(stored.queues_are_encrypted, "Resources New", _resource("SNS::Topic")),
    Flaw(stored.secrets_are_made_by_aws, _at("SigningSecret", "SecretString"), "changeme"),
    Flaw(stored.secrets_are_made_by_aws, _at("SigningSecret", "GenerateSecretString")),
    Flaw(
        stored.secrets_are_made_by_aws,
        _at("SigningSecret", "GenerateSecretString PasswordLength"),
        16,
    ),
    Flaw(
        stored.what_sites_own_is_not_deleted_by_mistake,
        _at("ShelvesTable", "DeletionProtectionEnabled"),
    ),
    Flaw(
        stored.what_sites_own_is_not_deleted_by_mistake,
        _at("SitesTable", "DeletionProtectionEnabled"),
        {"Fn::If": ["IsLocal", True, False]},
    ),
    Flaw(
        stored.what_sites_own_is_not_deleted_by_mistake,
        "Conditions IsDeployed",
        {"Condition": "IsLocal"},
    ),
    Flaw(
        stored.what_sites_own_is_not_deleted_by_mistake,
        "Resources SitesTable UpdateReplacePolicy",
        "Delete",
    ),
    Flaw(stored.accounts_can_be_restored, _at("SitesTable", HISTORY)),
    Flaw(
        stored.accounts_can_be_restored,
        _at("SitesTable", f"{HISTORY} PointInTimeRecoveryEnabled"),
        False,
    ),
    Flaw(
        stored.nothing_keeps_former_prices,
        _at("ProductsTable", HISTORY),
        {"PointInTimeRecoveryEnabled": True},
    ),
    Flaw(stored.nothing_keeps_former_prices, _at("ProductsTable", "StreamSpecification"), STREAM),
    Flaw(stored.nothing_keeps_former_prices, _at("ShelvesTable", "StreamSpecification"), STREAM),
    Flaw(access.actions_are_named, f"{SEARCH_MAY} Action +", "dynamodb:*"),
    Flaw(access.actions_are_named, f"{SEARCH_MAY} Action +", "iam:PassRole"),
    Flaw(access.actions_are_named, f"{SEARCH_MAY} Action"),
    Flaw(access.resources_are_named, f"{SEARCH_MAY} Resource", "*"),
    Flaw(access.resources_are_named, f"{SEARCH_MAY} Resource"),
    Flaw(
        access.resources_are_named,
        f"{SEARCH_MAY} Resource",
        {"Fn::Sub": "arn:aws:secretsmanager:us-east-1:1:secret:amzlinkr/${Stage}/*"},
    ),
    Flaw(access.no_table_is_scanned, f"{SEARCH_MAY} Action +", "dynamodb:Scan"),
    Flaw(
        access.only_logs_are_left_to_policies_of_aws,
        _at("SearchFunctionRole", "ManagedPolicyArns +"),
        "arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess",
    ),
    Flaw(access.nothing_is_public, f"{TLS_ONLY} Effect", "Allow"),
    Flaw(access.nothing_is_public, SEARCH_ROLE, {"AWS": "*"}),
    Flaw(access.nothing_is_public, _at("Api", "Body x-amazon-apigateway-policy"), ANYBODY),
    Flaw(
        access.nothing_is_public,
        "Resources New",
        _resource("SecretsManager::ResourcePolicy", ResourcePolicy=ANYBODY),
    ),
    Flaw(
        access.nothing_is_public,
        "Resources New",
        _resource("Lambda::Permission", Principal="*", SourceArn="arn:aws:sns:us-east-1:1:topic"),
    ),
    Flaw(access.nothing_is_public, _at("SearchFunctionSearchPermissionapi", "SourceArn")),
    Flaw(access.nothing_is_public, "Resources New", _resource("Lambda::Url", AuthType="NONE")),
    Flaw(access.queues_and_topics_are_reached_over_tls_only, "Resources ImportQueueOverTlsOnly"),
    Flaw(access.queues_and_topics_are_reached_over_tls_only, f"{TLS_ONLY} Condition"),
    Flaw(
        access.queues_and_topics_are_reached_over_tls_only, f"{TLS_ONLY} Action", "sqs:PurgeQueue"
    ),
    Flaw(
        access.queues_and_topics_are_reached_over_tls_only,
        "Resources ImportQueueOverTlsOnly Condition",
        "IsLocal",
    ),
    Flaw(
        access.queues_and_topics_are_reached_over_tls_only,
        "Resources New",
        _resource("SNS::Topic"),
    ),
    Flaw(
        seen.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting Format"),
        PATHS_AS_CALLED,
    ),
    Flaw(
        seen.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting Format"),
        AUTHORIZATION,
    ),
    Flaw(seen.access_logs_hold_neither_keys_nor_queries, _at(STAGE, "AccessLogSetting")),
    Flaw(
        seen.access_logs_hold_neither_keys_nor_queries,
        _at(STAGE, "AccessLogSetting DestinationArn"),
        {"Fn::Sub": "arn:aws:firehose:us-east-1:1:deliverystream/elsewhere"},
    ),
    Flaw(seen.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings 0 DataTraceEnabled"), True),
    Flaw(seen.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings 1 LoggingLevel"), "INFO"),
    Flaw(seen.the_gateway_logs_no_requests, _at(STAGE, "MethodSettings"), []),
    Flaw(
        seen.the_firewall_keeps_no_requests,
        _at(WALL, "Rules 0 VisibilityConfig SampledRequestsEnabled"),
        True,
    ),
    Flaw(
        seen.the_firewall_keeps_no_requests,
        _at(WALL, "VisibilityConfig SampledRequestsEnabled"),
        True,
    ),
    Flaw(
        seen.the_firewall_keeps_no_requests,
        "Resources New",
        _resource("WAFv2::LoggingConfiguration"),
    ),
    Flaw(seen.nothing_is_traced, _at(STAGE, "TracingEnabled")),
    Flaw(seen.nothing_is_traced, _at("SearchFunction", "TracingConfig"), {"Mode": "Active"}),
    Flaw(seen.logs_are_kept_for_a_limited_time, _at("SearchLogGroup", "RetentionInDays")),
    Flaw(seen.logs_are_kept_for_a_limited_time, _at("SearchFunction", "LoggingConfig LogGroup")),
    Flaw(
        seen.logs_are_kept_for_a_limited_time, "Parameters LogRetentionDays AllowedValues +", 3653
    ),
    Flaw(
        seen.no_secret_is_in_view,
        "Parameters SharedKey",
        {"Type": "String", "NoEcho": True, "Default": ""},
    ),
    Flaw(seen.no_secret_is_in_view, "Parameters ApiKey", {"Type": "String"}),
    Flaw(seen.no_variable_is_a_secret, f"{VARIABLES} AMAZON_SECRET", {"Ref": "Stage"}),
    Flaw(seen.no_variable_is_a_secret, f"{VARIABLES} AMAZON_ID", "AKIA" + "EXAMPLE0" * 2),
    Flaw(
        seen.no_secret_is_in_view,
        f"{VARIABLES} SIGNING",
        "{{resolve:secretsmanager:amzlinkr/prod/service}}",
    ),
    Flaw(seen.no_secret_is_in_view, "Outputs Signing", {"Value": {"Ref": "SigningSecret"}}),
    Flaw(
        bounds.functions_answer_before_the_gateway_gives_up,
        _at("ImportItemsFunction", "Timeout"),
        60,
    ),
    Flaw(
        bounds.functions_answer_before_the_gateway_gives_up,
        _at("AuthorizerFunction", "Timeout"),
        30,
    ),
    Flaw(
        bounds.concurrency_is_reserved_by_parameter_alone,
        _at("SignupFunction", "ReservedConcurrentExecutions"),
        5,
    ),
    Flaw(
        bounds.concurrency_is_reserved_by_parameter_alone,
        _at("SearchFunction", "ReservedConcurrentExecutions"),
        {"Ref": "SignupConcurrency"},
    ),
    Flaw(
        bounds.concurrency_is_reserved_by_parameter_alone, "Parameters SignupConcurrency Default", 5
    ),
    Flaw(bounds.a_firewall_stands_where_strangers_call, "Parameters Firewall Default", "off"),
    Flaw(bounds.a_firewall_stands_where_strangers_call, "Resources ApiBehindFirewall"),
    Flaw(
        bounds.a_firewall_stands_where_strangers_call,
        _at(WALL, "Rules 0 Action"),
        {"Count": {}},
    ),
    Flaw(
        bounds.a_firewall_stands_where_strangers_call,
        "Conditions HasFirewall",
        {"Condition": "IsDeployed"},
    ),
    Flaw(bounds.sign_up_is_throttled, _at(STAGE, "MethodSettings 1 ResourcePath"), "/~1v1~1keys"),
    Flaw(bounds.sign_up_is_throttled, _at(STAGE, "MethodSettings 1 ThrottlingRateLimit"), 500),
    Flaw(bounds.sign_up_is_throttled, _at(STAGE, "MethodSettings 2 ThrottlingBurstLimit"), 1000),
)
