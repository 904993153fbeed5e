"""Metrics of AWS services with their dimensions, from the services' documentation.

Sources: "CloudWatch metrics" of the AWS Lambda, API Gateway, SQS and DynamoDB developer guides, and
"Monitoring charges" of the billing guide. An alarm on another name would never have data.
"""

from tests.observability.emf import MetricName

_LAMBDA = {frozenset[str](), frozenset({"FunctionName"}), frozenset({"FunctionName", "Resource"})}
_API = {frozenset({"ApiName"}), frozenset({"ApiName", "Stage"})}
_QUEUE = {frozenset({"QueueName"})}
_TABLE = {frozenset({"TableName"}), frozenset({"TableName", "GlobalSecondaryIndexName"})}
_CHARGES = {frozenset({"Currency"}), frozenset({"ServiceName", "Currency"})}
DIMENSIONS = {
    ("AWS/Lambda", "Invocations"): _LAMBDA,
    ("AWS/Lambda", "Errors"): _LAMBDA,
    ("AWS/Lambda", "Throttles"): _LAMBDA,
    ("AWS/Lambda", "Duration"): _LAMBDA,
    ("AWS/Lambda", "ConcurrentExecutions"): _LAMBDA,
    ("AWS/Lambda", "RecursiveInvocationsDropped"): _LAMBDA,
    ("AWS/ApiGateway", "Count"): _API,
    ("AWS/ApiGateway", "4XXError"): _API,
    ("AWS/ApiGateway", "5XXError"): _API,
    ("AWS/ApiGateway", "Latency"): _API,
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): _QUEUE,
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): _QUEUE,
    ("AWS/DynamoDB", "ReadThrottleEvents"): _TABLE,
    ("AWS/DynamoDB", "WriteThrottleEvents"): _TABLE,
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): _TABLE,
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): _TABLE,
    ("AWS/Billing", "EstimatedCharges"): _CHARGES,
}


def is_documented(metric: MetricName) -> bool:
    """Return whether an AWS service publishes the metric with exactly these dimensions."""
    namespace, name, dimensions = metric
    names = frozenset(key for key, _ in dimensions)
    return names in DIMENSIONS.get((namespace, name), ())
