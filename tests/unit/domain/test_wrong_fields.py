"""Collection of wrong fields: the first one is raised, with the fields of the others."""

import pytest

from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.wrong_fields import WrongFields


def test_all_wrong_fields_are_in_the_first_error() -> None:
    wrong = WrongFields()
    for field in ("email", "site_url"):
        with wrong:
            raise InvalidRequest(field, f"Wrong {field}.", f"Correct {field}.")

    with pytest.raises(InvalidRequest) as caught:
        wrong.check()

    assert (caught.value.field, caught.value.action) == ("email", "Correct email.")
    assert caught.value.errors == [
        ("email", "Wrong email."), ("site_url", "Wrong site_url."),
    ]  # fmt: skip


def test_nothing_is_raised_if_all_values_are_correct() -> None:
    wrong = WrongFields()
    with wrong:
        pass
    wrong.check()


def test_other_errors_are_not_collected() -> None:
    with pytest.raises(NotFound), WrongFields():
        raise NotFound
