"""Removed products: they return by an import, direct or as a job, with one entry in the feed."""

import pytest

from tests.calls import run_imports
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(11)]


@pytest.mark.parametrize("count", [1, 11])
def test_removed_product_returns(site: Site, count: int) -> None:
    for is_first in (True, False):
        reply = site.post("/v1/import", {"items": ASINS[:count]})
        assert reply.status == (200 if count == 1 else 202)
        run_imports(site.deps)
        if is_first:
            assert site.delete(f"/v1/products/{ASINS[0]}").status == 204
            kinds = {one["asin"]: one["kind"] for one in site.get("/v1/changes").json["changes"]}
            assert kinds[ASINS[0]] == "removed"

    changes = site.get("/v1/changes").json["changes"]
    assert sorted(one["asin"] for one in changes) == ASINS[:count]
    assert (changes[-1]["asin"], changes[-1]["kind"]) == (ASINS[0], "added")
    assert site.get(f"/v1/products/{ASINS[0]}").status == 200
