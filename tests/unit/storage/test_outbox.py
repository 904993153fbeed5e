"""The outbox of work to complete later."""

from datetime import timedelta

from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.storage.outbox import secret_ids_of
from amzlinkr.wiring import Dependencies
from tests.clock import START

HOUR = timedelta(hours=1)


def connection(secret_id: str) -> Connection:
    return Connection("US", "paapi5", "t-20", "…TEST", secret_id, "v1", "account", START)


def test_work_is_due_from_its_time_on(stores: Dependencies) -> None:
    stores.outbox.schedule(Task.SECRET_DELETION, "secret", START + HOUR)

    before = stores.outbox.due(Task.SECRET_DELETION, START + HOUR - timedelta(milliseconds=1))
    after = stores.outbox.due(Task.SECRET_DELETION, START + HOUR)

    assert (before, after) == ([], [OutboxEntry("secret", START + HOUR)])


def test_tasks_do_not_mix(stores: Dependencies) -> None:
    for task in Task:
        stores.outbox.schedule(task, task.value, START)

    for task in Task:
        assert stores.outbox.due(task, START) == [OutboxEntry(task.value, START)]


def test_later_schedule_replaces_the_earlier_one(stores: Dependencies) -> None:
    stores.outbox.schedule(Task.SYNC_REQUEST, "site", START)
    stores.outbox.schedule(Task.SYNC_REQUEST, "site", START + HOUR)

    assert stores.outbox.due(Task.SYNC_REQUEST, START + HOUR) == [OutboxEntry("site", START + HOUR)]


def test_completed_work_is_deleted(stores: Dependencies) -> None:
    stores.outbox.schedule(Task.SYNC_REQUEST, "site", START)
    (entry,) = stores.outbox.due(Task.SYNC_REQUEST, START)

    stores.outbox.complete(Task.SYNC_REQUEST, entry)
    stores.outbox.complete(Task.SYNC_REQUEST, entry)

    assert stores.outbox.due(Task.SYNC_REQUEST, START) == []


def test_work_that_was_scheduled_again_is_not_completed_by_the_earlier_run(
    stores: Dependencies,
) -> None:
    stores.outbox.schedule(Task.SYNC_REQUEST, "site", START)
    (entry,) = stores.outbox.due(Task.SYNC_REQUEST, START)
    stores.outbox.schedule(Task.SYNC_REQUEST, "site", START + HOUR)

    stores.outbox.complete(Task.SYNC_REQUEST, entry)

    assert stores.outbox.due(Task.SYNC_REQUEST, START + HOUR) == [OutboxEntry("site", START + HOUR)]


def test_record_is_removed_whenever_it_is_due(stores: Dependencies) -> None:
    stores.outbox.schedule(Task.SECRET_DELETION, "secret", START + HOUR)

    stores.outbox.remove(Task.SECRET_DELETION, "secret")
    stores.outbox.remove(Task.SECRET_DELETION, "unknown")

    assert stores.outbox.due(Task.SECRET_DELETION, START + HOUR) == []


def test_connections_of_a_sandbox_have_no_secret() -> None:
    assert secret_ids_of([connection("s/1"), connection(NO_SECRET)]) == ("s/1",)
