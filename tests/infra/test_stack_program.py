"""The program of the local stack: what it refuses before it starts anything."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("variable", "value"),
    [("AMAZON_URL", "foo"), ("LIMITS", "prod"), ("AMAZON_URL", "127.0.0.1:9999"), ("PORT", "80a")],
)
def test_unusable_setting_is_refused(variable: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.stack"],
        env={variable: value, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"{variable} must be ")
    assert not done.stdout
