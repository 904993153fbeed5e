"""All flaws that are planted to see whether they are seen."""

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

FLAWS: tuple[Mutant, ...] = (
    *signup.FLAWS,
    *site_verification.FLAWS,
    *api_keys.FLAWS,
    *isolation.FLAWS,
    *permissions.FLAWS,
    *secret_leaks.FLAWS,
    *inputs.FLAWS,
    *limits.FLAWS,
    *offboarding.FLAWS,
)
