"""Tests that the template passes all hardening rules, and that each rule rejects its mutants."""

import copy
import json

import pytest

from infra.local.stack.transform import Template
from tests.infra.hardening.mutants import MUTANTS, Mutant
from tests.infra.hardening.rules import RULES, Rule


def rule_name(rule: Rule) -> str:
    return rule.__name__


def mutant_name(mutant: Mutant) -> str:
    return f"{rule_name(mutant.rule)}: {mutant.path}"


@pytest.fixture(scope="module")
def with_key(template: Template) -> Template:
    """Return the template as deployed with the credential store `kms`, which adds resources."""
    changed = copy.deepcopy(template)
    changed["Parameters"]["CredentialStore"]["Default"] = "kms"
    return changed


@pytest.mark.parametrize("rule", RULES, ids=rule_name)
def test_template_passes_rule(rule: Rule, template: Template, with_key: Template) -> None:
    assert list(rule(template)) == []
    assert list(rule(with_key)) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=mutant_name)
def test_rule_rejects_mutant(mutant: Mutant, with_key: Template) -> None:
    changed = mutant.applied_to(with_key)

    assert json.dumps(changed) != json.dumps(with_key)
    assert list(mutant.rule(changed)) != []


def test_every_rule_has_a_mutant() -> None:
    assert {mutant.rule for mutant in MUTANTS} == set(RULES)
    assert len(set(RULES)) == len(RULES)
