"""All flaws that are planted to see whether they are seen."""

from tests.planted import (
    inputs,
    isolation,
    keys,
    leaving,
    permissions,
    proof,
    quotas,
    secrecy,
    signup,
)
from tests.planted.flaw import Flaw

FLAWS: tuple[Flaw, ...] = (
    *signup.FLAWS,
    *proof.FLAWS,
    *keys.FLAWS,
    *isolation.FLAWS,
    *permissions.FLAWS,
    *secrecy.FLAWS,
    *inputs.FLAWS,
    *quotas.FLAWS,
    *leaving.FLAWS,
)
