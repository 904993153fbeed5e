"""Mutants of the redrive of dead letters."""

from tests.mutation.mutant import Mutant

REDRIVE = "infra/admin/redrive.py"
TESTS = "tests/infra/test_admin_redrive.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "messages can be moved only once",
        REDRIVE,
        'if task is None or task["Status"] not in RUNNING:',
        "if task is None:",
        f"{TESTS}::test_task_is_followed_to_its_end[COMPLETED-fields0-None]",
    ),
    Mutant(
        "messages that a worker put aside are not moved",
        REDRIVE,
        'sqs.start_message_move_task(SourceArn=queue.arn, DestinationArn=queue.source_arn or "")',
        "sqs.start_message_move_task(SourceArn=queue.arn)",
        f"{TESTS}::test_task_is_followed_to_its_end[COMPLETED-fields0-None]",
    ),
    Mutant(
        "interrupt leaves the task running",
        REDRIVE,
        '            sqs.cancel_message_move_task(TaskHandle=task["TaskHandle"])\n',
        "            pass\n",
        f"{TESTS}::test_interrupt_cancels_the_task",
    ),
)
