"""One reading of botocore's service descriptions for all tests: each client would read its own."""

from collections.abc import Iterator
from functools import cache
from unittest import mock

import botocore.loaders
import botocore.session
import pytest


@pytest.fixture(autouse=True, scope="session")
def _descriptions_are_read_once() -> Iterator[None]:
    remembered = cache(botocore.loaders.create_loader)
    with mock.patch.object(botocore.session, "create_loader", remembered):
        yield
