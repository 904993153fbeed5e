"""The template keeps every rule of hardening, and every rule sees the mistakes it is there for."""

import json

import pytest

from infra.local.stack.transform import Template
from tests.infra.hardening.mutants import MUTANTS, Mutant
from tests.infra.hardening.rules import RULES, Rule


def name_of(rule: Rule) -> str:
    return rule.__name__


def flaw_name(flaw: Mutant) -> str:
    return f"{name_of(flaw.rule)}: {flaw.place}"


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_the_template_keeps_the_rule(rule: Rule, template: Template) -> None:
    assert list(rule(template)) == []


@pytest.mark.parametrize("flaw", MUTANTS, ids=flaw_name)
def test_the_rule_sees_the_flaw(flaw: Mutant, template: Template) -> None:
    flawed = flaw.applied_to(template)

    assert json.dumps(flawed) != json.dumps(template)
    assert list(flaw.rule(flawed)) != []


def test_every_rule_has_a_flaw_that_it_sees() -> None:
    assert {flaw.rule for flaw in MUTANTS} == set(RULES)
    assert len(set(RULES)) == len(RULES)
