"""Makes the template's tables, queues and secret, and says how our programs are told of them."""

from dataclasses import asdict

from tests.bench.clients.lines import say
from tests.conftest import make_resources


def main() -> None:
    """The environment of a function: each setting is named like its field."""
    texts = {True: "true", False: "false"}
    settings = {
        name.upper(): texts[value] if isinstance(value, bool) else str(value)
        for name, value in asdict(make_resources()).items()
        if value is not None
    }
    say(settings)


if __name__ == "__main__":
    main()
