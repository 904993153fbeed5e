"""The table of all mutants."""

from tests.mutation import (
    api_keys,
    audit_log,
    fairness,
    inputs,
    isolation,
    key_scopes,
    limits,
    offboarding,
    permissions,
    secret_leaks,
    signup,
    signup_limits,
    signup_secret,
    site_verification,
    suspension,
)
from tests.mutation.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *signup.MUTANTS,
    *signup_limits.MUTANTS,
    *signup_secret.MUTANTS,
    *suspension.MUTANTS,
    *site_verification.MUTANTS,
    *api_keys.MUTANTS,
    *key_scopes.MUTANTS,
    *audit_log.MUTANTS,
    *isolation.MUTANTS,
    *permissions.MUTANTS,
    *secret_leaks.MUTANTS,
    *inputs.MUTANTS,
    *limits.MUTANTS,
    *fairness.MUTANTS,
    *offboarding.MUTANTS,
)
