"""The table of all mutants."""

from tests.mutation import (
    api_keys,
    inputs,
    isolation,
    limits,
    offboarding,
    permissions,
    secret_leaks,
    signup,
    site_verification,
)
from tests.mutation.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *signup.MUTANTS,
    *site_verification.MUTANTS,
    *api_keys.MUTANTS,
    *isolation.MUTANTS,
    *permissions.MUTANTS,
    *secret_leaks.MUTANTS,
    *inputs.MUTANTS,
    *limits.MUTANTS,
    *offboarding.MUTANTS,
)
