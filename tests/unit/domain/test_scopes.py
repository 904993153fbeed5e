"""Scopes of API keys: which calls each one permits."""

import pytest

from amzlinkr.domain.scopes import READABLE_RESOURCES, ScopeInsufficient, is_permitted, scope_of


@pytest.mark.parametrize("value", ["read", "", None, "FULL", "admin", 1, True, ["full"]])
def test_every_other_value_is_read(value: object) -> None:
    assert scope_of(value) == "read"


def test_full_is_full() -> None:
    assert scope_of("full") == "full"


@pytest.mark.parametrize("resource", sorted(READABLE_RESOURCES))
def test_read_scope_reads_a_resource_and_its_parts(resource: str) -> None:
    for path in (f"/v1/{resource}", f"/v1/{resource}/<name>"):
        permitted = {
            method: is_permitted("read", method, path)
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        }
        assert [method for method, allowed in permitted.items() if allowed] == ["GET", "HEAD"]


@pytest.mark.parametrize(
    "path", ["/v1/keys", "/v1/site", "/v1/audit", "/v1/export", "/v1/productsx", "/v1/x/products"]
)
def test_read_scope_reads_nothing_else(path: str) -> None:
    assert not is_permitted("read", "GET", path)
    assert is_permitted("full", "DELETE", path)


def test_problem_names_the_scope_that_is_required() -> None:
    assert (ScopeInsufficient.code, ScopeInsufficient.status) == ("scope_insufficient", 403)
    assert "'full'" in ScopeInsufficient().action
