"""The in-memory DynamoDB returns the same responses as an independent emulator."""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.stack.emulator import running_emulator
from infra.local.stack.processes import choose_port
from tests.simulation.memory_dynamodb import MemoryDynamoDB

TABLE = {
    "TableName": "shelves",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("pk", "S"), ("sk", "S"), ("seq", "N"), ("shard", "N"), ("due_at", "N"))
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "LocalSecondaryIndexes": [
        {
            "IndexName": "feed",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "seq", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "due",
            "KeySchema": [
                {"AttributeName": "shard", "KeyType": "HASH"},
                {"AttributeName": "due_at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
PARTITIONS, SORTS = ("site_a", "site_b"), ("#feed", "US#B1", "US#B1#details", "US#B2", "DE#B1")
CONDITIONS = (
    "attribute_not_exists (#pk)",
    "attribute_exists (#pk)",
    "#version = :n",
    "(#version = :n AND (attribute_not_exists (#lease) OR #lease = :s))",
    "(attribute_not_exists (#next) OR #next <= :n)",
    "#next BETWEEN :low AND :high",
    "(NOT #seq > :n)",
    "#lease < :s",
    "#seq IN (:n, :low)",
)
UPDATES = (
    "SET #next = :n",
    "SET #next = #next + :n, #free = if_not_exists (#next, :low)",
    "SET #lease = :s, #version = :n ADD #used :low",
    "REMOVE #lease, #free",
    "ADD #used :n",
    "SET #seq = :n, #shard = :low, #due = :high",
    "SET #primary = if_not_exists (#primary, :s)",
)
NAMES = {"#pk": "pk", "#version": "version", "#lease": "lease", "#next": "next_at",
         "#seq": "seq", "#free": "free_since", "#used": "used", "#shard": "shard",
         "#due": "due_at", "#primary": "primary"}  # fmt: skip


class Requests:
    """Random requests with few keys and values, so that they often affect the same item."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def any_request(self) -> tuple[str, dict[str, Any]]:
        kinds = ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "BatchGetItem",
                 "TransactWriteItems")  # fmt: skip
        kind = self.rng.choice(kinds)
        make = {"Query": self.query, "BatchGetItem": self.batch,
                "TransactWriteItems": self.transaction}  # fmt: skip
        if kind in make:
            return kind, make[kind]()
        if kind == "GetItem":
            return kind, {"TableName": "shelves", "Key": self.key(), "ConsistentRead": True}
        return kind, self.write(kind)

    def key(self) -> dict[str, Any]:
        return {"pk": {"S": self.rng.choice(PARTITIONS)}, "sk": {"S": self.rng.choice(SORTS)}}

    def number(self) -> dict[str, str]:
        return {"N": str(self.rng.randint(0, 6))}

    def item(self) -> dict[str, Any]:
        numbers = {
            name: self.number()
            for name in ("seq", "version", "next_at", "shard", "due_at", "used")
            if self.rng.random() < 0.6
        }
        lease = {"lease": {"S": self.rng.choice("xyz")}} if self.rng.random() < 0.5 else {}
        return self.key() | numbers | lease

    def write(self, kind: str) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": "shelves"}
        expressions = ""
        if kind == "PutItem":
            request["Item"] = self.item()
        else:
            request["Key"] = self.key()
        if kind == "UpdateItem":
            request["UpdateExpression"] = expressions = self.rng.choice(UPDATES)
            request["ReturnValues"] = "ALL_NEW"
        if self.rng.random() < 0.6:
            request["ConditionExpression"] = self.rng.choice(CONDITIONS)
            expressions += " " + request["ConditionExpression"]
        return request | self.substitutes(expressions)

    def substitutes(self, text: str) -> dict[str, Any]:
        low = self.rng.randint(0, 4)
        values = {":n": self.number(), ":s": {"S": self.rng.choice("xyz")},
                  ":low": {"N": str(low)},
                  ":high": {"N": str(low + self.rng.randint(0, 3))}}  # fmt: skip
        words = {word.strip("(),") for word in text.split()}
        names = {name: word for name, word in NAMES.items() if name in words}
        used = {name: value for name, value in values.items() if name in words}
        result: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
        return result | ({"ExpressionAttributeValues": used} if used else {})

    def transaction(self) -> dict[str, Any]:
        kinds = self.rng.choices(("Put", "Update", "Delete", "ConditionCheck"), k=3)
        actions: list[dict[str, Any]] = []
        used: set[tuple[str, str]] = set()
        for kind in kinds:
            action = self.write("PutItem" if kind == "Put" else "UpdateItem")
            if "#next +" in action.get("UpdateExpression", ""):
                continue  # emulators differ from DynamoDB when the attribute is missing
            if kind in ("Delete", "ConditionCheck"):
                action = {"TableName": "shelves", "Key": self.key(),
                          "ConditionExpression": "#version = :n"}  # fmt: skip
                action |= self.substitutes("#version = :n")
            action.pop("ReturnValues", None)
            key = action.get("Item") or action["Key"]
            place = key["pk"]["S"], key["sk"]["S"]
            if place not in used:
                actions.append({kind: action})
            used.add(place)
        return {"TransactItems": actions} if actions else self.transaction()

    def batch(self) -> dict[str, Any]:
        keys = {tuple(value["S"] for value in self.key().values()) for _ in range(4)}
        sorted_keys = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in sorted(keys)]
        return {"RequestItems": {"shelves": {"Keys": sorted_keys, "ConsistentRead": True}}}

    def query(self) -> dict[str, Any]:
        index, partition, sort = self.rng.choice(
            ((None, "pk", "sk"), ("feed", "pk", "seq"), ("due", "shard", "due_at"))
        )
        hashed = self.number() if index == "due" else {"S": self.rng.choice(PARTITIONS)}
        ordered = {"S": self.rng.choice(("US#", "US#B1", "DE"))} if not index else self.number()
        ranges = ["= :r", "> :r", *(["<= :r", ">= :r", "< :r"] if index else ["begins"])]
        chosen = self.rng.choice(ranges)
        second = "begins_with (#1, :r)" if chosen == "begins" else f"#1 {chosen}"
        request: dict[str, Any] = {
            "TableName": "shelves",
            "KeyConditionExpression": f"(#0 = :h AND {second})",
            "ExpressionAttributeNames": {"#0": partition, "#1": sort},
            "ExpressionAttributeValues": {":h": hashed, ":r": ordered},
            "Limit": self.rng.randint(1, 4),
            "ScanIndexForward": self.rng.random() < 0.5,
        }
        return request | ({"IndexName": index} if index else {"ConsistentRead": True})


def result_of(call: Any, *arguments: Any) -> Any:
    """Return the relevant parts of a response, or the error code."""
    try:
        response = call(*arguments)
    except ClientError as error:
        response = error.response
        reasons = [reason["Code"] for reason in response.get("CancellationReasons", [])]
        return response["Error"]["Code"], reasons
    if "Responses" in response:
        rows = response["Responses"]["shelves"]
        return sorted(rows, key=lambda row: (row["pk"]["S"], row["sk"]["S"]))
    relevant = ("Item", "Attributes", "Items", "Count", "LastEvaluatedKey")
    return {name: response[name] for name in relevant if response.get(name)}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    log = tmp_path_factory.mktemp("aws") / "log"
    with running_emulator(choose_port(None), log, enforce_iam=False) as process:
        yield boto3.client("dynamodb", endpoint_url=process.endpoint)


@pytest.mark.parametrize(
    "sequences", [30, pytest.param(500, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_responses_equal_those_of_the_emulator(emulator: Any, sequences: int) -> None:
    for seed in range(sequences):
        memory, requests = MemoryDynamoDB(), Requests(seed)
        memory.call("CreateTable", TABLE)
        emulator.create_table(**TABLE)
        for number in range(40):
            operation, arguments = requests.any_request()
            actual = result_of(memory.call, operation, arguments)
            expected = result_of(emulator._make_api_call, operation, arguments)
            assert actual == expected, (seed, number, operation, arguments)
        rows = emulator.scan(TableName="shelves", ConsistentRead=True)["Items"]
        stored = {(row["pk"]["S"], row["sk"]["S"]): row for row in rows}
        assert memory.tables["shelves"].items == stored
        emulator.delete_table(TableName="shelves")
