"""Creates the template's resources, and prints the environment variables that name them."""

from dataclasses import asdict

from tests.bench.clients.lines import write_line
from tests.conftest import make_resources


def main() -> None:
    """Write the environment of a function: each variable is named like its field."""
    texts = {True: "true", False: "false"}
    settings = {
        name.upper(): texts[value] if isinstance(value, bool) else str(value)
        for name, value in asdict(make_resources()).items()
        if value is not None
    }
    write_line(settings)


if __name__ == "__main__":
    main()
