"""Commands of the operator."""

from typing import Any

from functions.admin import app as admin
from tests.calls import Context, plan_sync, run_admin_command
from tests.traces.world import HOST, World


def _run(world: World, title: str, **command: Any) -> None:
    world.result(title, lambda: run_admin_command(world.deps, **command))


def views(world: World) -> None:
    """Record views of the service, of pages of sites, and of a site."""
    site = world.connected_site()
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    world.sign_up("other.example")
    plan_sync(world.deps)
    _run(world, "status", order="status")
    _run(world, "sites", order="sites", limit=1)
    _run(world, "site", order="site", site=site.site_id)
    _run(world, "by URL", order="site", site=f"http://{HOST}/")
    _run(world, "none", order="site", site="site_" + "0" * 26)
    _run(world, "no command", order="other")


def suspension(world: World) -> None:
    """Record a suspension of a host with two sites, its end, and too little time."""
    site = world.connected_site()
    world.sandbox_of(site)
    other = world.sign_up(f"{HOST}/blog")
    fields = {"by": "ops", "reason": "spam"}
    _run(world, "suspend", order="suspend", site=site.site_id, **fields)
    _run(world, "again", order="suspend", site=f"http://{HOST}", **fields)
    command = {"order": "resume", "site": f"http://{HOST}", **fields}
    world.result("no time", lambda: admin.handler(command, Context(4.999)))
    world.result("time for one", lambda: admin.handler(command, Context(5)))
    _run(world, "suspended again", order="suspend", site=site.site_id, **fields)
    world.reply("GET /v1/site", lambda: other.get("/v1/site"))
    _run(world, "status", order="status")
    world.before(
        "TransactWriteItems", lambda: other.delete("/v1/site", confirm=f"{HOST}:80/blog"), "deleted"
    )
    _run(world, "resume", order="resume", site=site.site_id, **fields)
    _run(world, "again", order="resume", site=site.site_id, **fields)


def switches(world: World) -> None:
    """Record the switches of the service, and an invite."""
    fields = {"by": "ops", "reason": "maintenance"}
    _run(world, "pause", order="pause_sync", **fields)
    _run(world, "resume", order="resume_sync", **fields)
    _run(world, "read-only", order="read_only", on=True, **fields)
    _run(world, "status", order="status")
    _run(world, "end", order="read_only", on=False, **fields)
    _run(world, "invite", order="invite", site_url=f"http://{HOST}", by="ops")
    world.fail_always("PutItem", "InternalServerError")
    _run(world, "no table", order="pause_sync", **fields)
