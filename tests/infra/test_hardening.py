"""Tests that the template passes all hardening rules, and that each rule rejects its mutants."""

import json

import pytest

from infra.local.stack.transform import Template
from tests.infra.hardening.mutants import MUTANTS, Mutant
from tests.infra.hardening.rules import RULES, Rule


def rule_name(rule: Rule) -> str:
    return rule.__name__


def mutant_name(mutant: Mutant) -> str:
    return f"{rule_name(mutant.rule)}: {mutant.path}"


@pytest.mark.parametrize("rule", RULES, ids=rule_name)
def test_template_passes_rule(rule: Rule, template: Template) -> None:
    assert list(rule(template)) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=mutant_name)
def test_rule_rejects_mutant(mutant: Mutant, template: Template) -> None:
    changed = mutant.applied_to(template)

    assert json.dumps(changed) != json.dumps(template)
    assert list(mutant.rule(changed)) != []


def test_every_rule_has_a_mutant() -> None:
    assert {mutant.rule for mutant in MUTANTS} == set(RULES)
    assert len(set(RULES)) == len(RULES)
