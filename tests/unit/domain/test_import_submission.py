"""IDs of import jobs: random, or always the same for an Idempotency-Key."""

from dataclasses import replace

from amzlinkr.domain.import_submission import ImportSubmission

SUBMISSION = ImportSubmission(["B000000001"], "US", None, "hash")


def test_job_without_a_key_has_a_random_id() -> None:
    assert SUBMISSION.job_id() != SUBMISSION.job_id()


def test_id_depends_on_the_key_only() -> None:
    keyed = replace(SUBMISSION, idempotency_key="click")
    other = ImportSubmission(["B000000002"], None, "click", "other")

    assert keyed.job_id() == other.job_id()
    assert keyed.job_id() != replace(keyed, idempotency_key="click-2").job_id()
    assert "click" not in keyed.job_id()


def test_ids_have_one_format() -> None:
    keyed = replace(SUBMISSION, idempotency_key="click")

    assert len(keyed.job_id()) == len(SUBMISSION.job_id()) == len("job_") + 32
