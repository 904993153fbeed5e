"""Mutants of deployments: rollback alarms, versions, retained data, and writes of an index."""

from tests.mutation.mutant import LAYER, Mutant

TEMPLATE = "template.yaml"
CANARY = "tests/infra/test_canary.py"
HARDENING = "tests/infra/test_hardening.py"
SITES_TABLE = """\
  SitesTable:
    Type: AWS::DynamoDB::Table
    UpdateReplacePolicy: Retain
"""

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "errors of the former version roll a canary back",
        TEMPLATE,
        "        - {Name: Resource, Value: !Sub '${SearchFunction}:live'}\n",
        "",
        f"{CANARY}::test_errors_of_the_function_and_of_the_api_roll_back",
    ),
    Mutant(
        "quiet function cannot be deployed",
        TEMPLATE,
        "      TreatMissingData: notBreaching\n"
        "      Dimensions:\n"
        "        - {Name: FunctionName, Value: !Ref SignupFunction}\n",
        "      TreatMissingData: breaching\n"
        "      Dimensions:\n"
        "        - {Name: FunctionName, Value: !Ref SignupFunction}\n",
        f"{CANARY}::test_rollback_alarms_are_raised_while_the_canary_runs",
    ),
    Mutant(
        "sites are deleted with the stack",
        TEMPLATE,
        SITES_TABLE + "    DeletionPolicy: RetainExceptOnCreate\n",
        SITES_TABLE + "    DeletionPolicy: Delete\n",
        f"{HARDENING}::test_template_passes_rule",
    ),
    Mutant(
        "new due time costs two writes of the index",
        TEMPLATE,
        "          # No sort key: a new due time would cost two writes of the index, "
        "and costs one.\n",
        "            - {AttributeName: due_at, KeyType: RANGE}\n",
        "tests/infra/test_running_costs.py::test_new_due_time_costs_one_write_of_the_index",
    ),
    Mutant(
        "lease of a shelf is a write of the index",
        f"{LAYER}/storage/shelves.py",
        "ShelfItem.leased_until.set(to_unix_ms(until))]",
        "ShelfItem.leased_until.set(to_unix_ms(until)), ShelfItem.due_at.set(to_unix_ms(now))]",
        "tests/infra/test_running_costs.py::test_refresh_uses_about_what_the_table_assumes",
    ),
)
