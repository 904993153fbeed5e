"""Makes the template's tables, queues and secret, and says how our programs are told of them."""

from dataclasses import asdict

from tests.bench.clients.lines import say
from tests.conftest import make_resources
from tests.limits import HIGH_LIMITS_ENVIRONMENT


def main() -> None:
    """The environment of a function: each setting is named like its field."""
    texts = {True: "true", False: "false"}
    settings = {
        name.upper(): texts[value] if isinstance(value, bool) else str(value)
        for name, value in asdict(make_resources()).items()
        if value is not None and name != "limits"
    }
    # Each limit has a variable of its own, which is not named like its field.
    say(settings | HIGH_LIMITS_ENVIRONMENT)


if __name__ == "__main__":
    main()
