"""Creation of the template's resources; prints the environment variables that name them."""

from dataclasses import asdict

from tests.bench.clients.lines import write_line
from tests.conftest import make_resources
from tests.limits import HIGH_LIMITS_ENVIRONMENT


def main() -> None:
    """Write the environment of a function: each variable is named like its field."""
    texts = {True: "true", False: "false"}
    settings = {
        name.upper(): texts[value] if isinstance(value, bool) else str(value)
        for name, value in asdict(make_resources()).items()
        if value is not None and name != "limits"
    }
    # The variables of the limits are not named like the fields of `Limits`.
    write_line(settings | HIGH_LIMITS_ENVIRONMENT)


if __name__ == "__main__":
    main()
