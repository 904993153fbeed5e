"""Part 3 of the demo: Amazon suspends the account's API access and restores it."""

import json
from collections.abc import Sequence
from typing import Any

from infra.local.demo.console import Table
from infra.local.demo.step import DemoStep, expect_true
from infra.local.fake_amazon.accounts import DEMO_CREDENTIAL

ACCOUNT_PATH = f"accounts/{DEMO_CREDENTIAL[0]}"
STEP_RESULTS = {True: "yes", False: "no", None: "–"}
MAX_DIAGNOSTIC_CALLS = 2  # a token and a product
# On a slow machine the last call of the price sync can arrive during the first measurement.
MAX_MEASUREMENTS = 3


class AccountOutage(DemoStep):
    """An account without API access: reported, not called until the next probe, restored."""

    def run(self) -> None:
        """Run all steps in order."""
        self.suspend_account()
        self.list_connections()
        self.run_diagnostics()
        self.sync_without_access()
        self.restore_account()

    def suspend_account(self) -> None:
        """Set the account to not eligible and run the price sync."""
        self.console.print_step(
            "Run the price sync while the account is not eligible", "PriceSyncFunction"
        )
        self.amazon.send("PUT", ACCOUNT_PATH, {"state": "not_eligible"})
        self.expect(202, "POST", "/sync")
        self.scheduler.trigger()
        state = self.poll(
            lambda: self._connection()["state"],
            lambda state: (int(state != "valid"), 1, f"connection state: {state}"),
            lambda state: state != "valid",
        )
        expect_true(state == "not_eligible", f"the connection is {state}")

    def list_connections(self) -> None:
        """List the connections as the settings page shows them."""
        self.console.print_step("List the connections", "GET /v1/connections")
        connection = self._connection()
        self.console.print_info(f"State: {connection['state']} since {connection['since'][:19]}")
        self.console.print_info(f"Last success: {connection['last_ok_at'][:19]}")
        self.console.print_info(f"Next probe: {connection['next_probe_at'][:19]}")
        self.console.print_info(f"→ {connection['problem']['action']}")

    def run_diagnostics(self) -> None:
        """Run the diagnostics, which find the step that fails."""
        self.console.print_step("Run the diagnostics", "GET /v1/diagnostics")
        for _ in range(MAX_MEASUREMENTS):
            self.amazon.send("DELETE", "calls")
            report = self.expect(200, "GET", "/diagnostics")
            calls = self.amazon.calls()
            if len(calls) <= MAX_DIAGNOSTIC_CALLS:
                break
        expect_true(len(calls) <= MAX_DIAGNOSTIC_CALLS, f"calls to Amazon: {_describe(calls)}")
        expect_true(report["ok"] is False, f"the diagnostics returned {report}")
        rows: Table = [
            (step["step"], STEP_RESULTS[step.get("ok")], step["detail"], _upstream_code(step))
            for step in report["steps"]
        ]
        self.console.print_table(("step", "ok", "result", "Amazon's code"), rows)
        for step in report["steps"]:
            if step.get("action"):
                self.console.print_info(f"→ {step['action']}")
        self.console.print_info(f"Calls to Amazon: {_describe(calls)}")

    def sync_without_access(self) -> None:
        """Run the price sync again, which plans no shelf before the next probe is due."""
        self.console.print_step(
            "Run the price sync before the next probe is due", "PriceSyncFunction"
        )
        self.amazon.send("DELETE", "calls")
        self.expect(202, "POST", "/sync")
        # The workers run after this call. Without planned shelves, they have nothing to send.
        planned = json.loads(self.scheduler.trigger())["planned"]
        expect_true(planned == 0, f"the price sync planned {planned} shelves")
        calls = self.amazon.calls()
        expect_true(calls == [], f"calls to Amazon: {_describe(calls)}")
        connection = self.expect(200, "GET", "/changes")["connections"]["US"]
        self.console.print_info("No shelf was planned. The change feed reports the connection:")
        self.console.print_info(
            f"US {connection['state']}, next probe {connection['next_probe_at'][:19]}"
        )

    def restore_account(self) -> None:
        """Restore the account; the next interactive call makes the connection valid."""
        self.console.print_step("Search after access is restored", "GET /v1/search?keywords=tea")
        self.amazon.send("PUT", ACCOUNT_PATH, {"state": "ok"})
        found = self.expect(200, "GET", "/search", keywords="tea")
        self.console.print_products(found["items"][:2])
        expect_true(self._connection()["state"] == "valid", "the connection did not recover")
        self.console.print_success("The connection is valid again; the price sync continues.")

    def _connection(self) -> Any:
        return self.expect(200, "GET", "/connections")["connections"][0]


def _describe(calls: Sequence[dict[str, Any]]) -> str:
    return ", ".join(call["operation"] for call in calls) or "none"


def _upstream_code(step: dict[str, Any]) -> str:
    return str((step.get("upstream") or {}).get("code") or "")
