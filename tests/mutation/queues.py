"""Mutants of messages that a queue refuses, of messages of other releases, and of FIFO queues."""

from tests.mutation.mutant import LAYER, Mutant

SQS = f"{LAYER}/queues/sqs.py"
MESSAGES = f"{LAYER}/queues/messages.py"
TURNS = f"{LAYER}/services/import_turns.py"
TEMPLATE = "template.yaml"
REFUSED = "tests/unit/queues/test_sqs.py::test_only_failed_messages_are_sent_again"
MESSAGE_TESTS = "tests/unit/queues/test_messages.py"
TURN_TESTS = "tests/unit/services/test_import_turns.py"
QUEUES = "tests/infra/test_queues_and_tables.py"
IMPORT_QUEUE = """\

  ImportQueue:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
"""
THROUGHPUT = """\
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId
"""

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "message that the queue refused counts as sent",
        SQS,
        "                accepted += [message for message in left if message not in failed]\n",
        "                accepted += left\n",
        REFUSED,
    ),
    Mutant(
        "shelves that the queue refused count as planned",
        f"{LAYER}/services/sync.py",
        "            accepted = len(self.queue.send_all(outgoing))\n",
        "            self.queue.send_all(outgoing)\n            accepted = len(outgoing)\n",
        "tests/unit/services/test_sync.py::test_shelves_that_the_queue_refuses_are_not_planned",
    ),
    Mutant(
        "chunk that the queue refused is lost",
        TURNS,
        "        if len(self._queue_of(site).send_all(messages)) < len(messages):\n"
        "            raise StoreUnavailable\n",
        "        self._queue_of(site).send_all(messages)\n",
        f"{TURN_TESTS}::test_chunk_that_the_queue_does_not_accept_is_a_failure",
    ),
    Mutant(
        "chunk waits in the queue until its account has no call left",
        TURNS,
        "min(max(1, seconds - 1), MAX_QUEUE_WAIT_SECONDS)",
        "max(1, seconds - 1)",
        f"{TURN_TESTS}::test_waiting_message_returns_a_second_before_the_account_has_a_call",
    ),
    Mutant(
        "message with a field of the next release is undecodable",
        MESSAGES,
        "class ImportChunk(msgspec.Struct):",
        "class ImportChunk(msgspec.Struct, forbid_unknown_fields=True):",
        f"{MESSAGE_TESTS}"
        "::test_message_of_a_newer_release_is_decoded_without_its_new_fields[ImportChunk]",
    ),
    Mutant(
        "messages of all accounts share a limit of the queue",
        TEMPLATE,
        IMPORT_QUEUE + THROUGHPUT,
        IMPORT_QUEUE,
        f"{QUEUES}::test_queue_has_no_limit_of_messages_that_all_accounts_share[ImportQueue]",
    ),
    Mutant(
        "import worker receives several chunks at a time",
        TEMPLATE,
        "      EventSourceArn: !GetAtt ImportQueue.Arn\n      BatchSize: 1\n",
        "      EventSourceArn: !GetAtt ImportQueue.Arn\n      BatchSize: 10\n",
        f"{QUEUES}::test_worker_receives_one_chunk_at_a_time[ImportQueue]",
    ),
    Mutant(
        "chunk of a sandbox waits in the queue of live sites",
        TURNS,
        "queue.return_after(",
        "self.queue.return_after(",
        f"{TURN_TESTS}::test_waiting_message_of_a_sandbox_returns_to_its_queue",
    ),
)
