"""The write units of lists, with the rules of DynamoDB's documentation."""

from tests.bench.list_units import measure


def test_list_of_thirty_costs_at_most_as_much_as_three_shelves() -> None:
    steps = {step.name: step for step in measure()}

    assert [step for step in steps.values() if not step.passed] == []
    unchanged, shelves = steps["list: nothing changed"], steps["three shelves, nothing changed"]
    assert (unchanged.calls, shelves.calls) == (3, 3)
    assert 0 < unchanged.units <= shelves.units
    assert steps["list: another price"].units < steps["list: another product"].units / 2
