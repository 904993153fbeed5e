"""The third act: Amazon pauses the account, and gives access back."""

from typing import Any

from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL

ACCOUNT = f"accounts/{DEMO_CREDENTIAL[0]}"
OK = {True: "yes", False: "no", None: "–"}
MOST_CALLS, MEASURED = 2, 3
"""On a slow machine the sync's last call may fall into the first measurement."""


class Keeping(DemoStep):
    """An account that stops working says so, and goes on by itself."""

    def play(self) -> None:
        """All steps in order."""
        self.pause()
        self.connections()
        self.diagnosis(ok=False)
        self.rest()
        self.back()

    def pause(self) -> None:
        """The sync meets an account without access."""
        self.console.step("Amazon pauses the account: too few sales; the sync runs", "")
        self.amazon.send("PUT", ACCOUNT, {"state": "not_eligible"})
        self.expect(202, "POST", "/sync")
        self.scheduler.trigger()
        state = self.watch(
            lambda: self.connection()["state"],
            lambda state: (int(state != "valid"), 1, f"the connection is {state}"),
            lambda state: state != "valid",
        )
        expect_true(state == "not_eligible", f"the connection is {state}")

    def connections(self) -> None:
        """What the owner sees in the settings."""
        self.console.step("The owner looks at the settings", "GET /v1/connections")
        shown = self.connection()
        self.console.said(f"{shown['state']} since {shown['since'][:19]}")
        self.console.said(f"last answer {shown['last_ok_at'][:19]}")
        self.console.said(f"next probe  {shown['next_probe_at'][:19]}")
        self.console.said(f"→ {shown['problem']['action']}")

    def diagnosis(self, *, ok: bool) -> None:
        """Where it is stuck."""
        self.console.step("Where is it stuck?", "GET /v1/diagnostics")
        for _ in range(MEASURED):
            self.amazon.send("DELETE", "calls")
            found = self.expect(200, "GET", "/diagnostics")
            asked = len(self.amazon.send("GET", "calls")["calls"])
            if asked <= MOST_CALLS:
                break
        expect_true(asked <= MOST_CALLS, f"{asked} calls to Amazon for a diagnosis")
        expect_true(found["ok"] is ok, f"the diagnosis says {found}")
        rows: Table = [
            (step["step"], OK[step["ok"]], step["detail"], _amazons_word(step))
            for step in found["steps"]
        ]
        self.console.table(("step", "ok", "", "Amazon's word"), rows)
        for step in found["steps"]:
            if step.get("action"):
                self.console.said(f"→ {step['action']}")
        self.console.said(f"{asked} calls to Amazon: a token and a product.")

    def rest(self) -> None:
        """The schedule fires, and Amazon is left alone."""
        self.console.step("The schedule fires again", "PriceSyncFunction")
        self.amazon.send("DELETE", "calls")
        self.expect(202, "POST", "/sync")
        self.scheduler.trigger()
        expect_true(self.amazon.send("GET", "calls")["calls"] == [], "Amazon was asked")
        told = self.expect(200, "GET", "/changes")["connections"]["US"]
        self.console.said("Amazon was not asked. The change feed tells the site:")
        self.console.said(f"US is {told['state']}, next probe {told['next_probe_at'][:19]}")

    def back(self) -> None:
        """Access is back, and the first good answer says so."""
        self.console.step("The sales are in; the editor searches", "GET /v1/search?keywords=tea")
        self.amazon.send("PUT", ACCOUNT, {"state": "ok"})
        found = self.expect(200, "GET", "/search", keywords="tea")
        self.console.products(found["items"][:2])
        expect_true(self.connection()["state"] == "valid", "the connection did not recover")
        self.console.green("The connection is valid again, and the sync goes on.")

    def connection(self) -> Any:
        """The marketplace's connection."""
        return self.expect(200, "GET", "/connections")["connections"][0]


def _amazons_word(step: dict[str, Any]) -> str:
    return str((step.get("upstream") or {}).get("code") or "")
