"""The last known state of an account's rate limiter in one process, and unsaved results."""

from __future__ import annotations

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr import telemetry
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.reservations import Held, LimiterState, ReservationPlan
from amzlinkr.storage.rate_limiter_items import (
    give_back_write,
    read_state,
    reservation_write,
    update_state,
)


class KnownAccount:
    """The state of one account as this process last read or wrote it.

    `contention` is above zero while others use the account. `unsaved_successes` are stored with the
    next reservation. `unused` is the last reservation if no call used it.
    """

    def __init__(self, account_key: str) -> None:
        self._account_key = account_key
        self.state = LimiterState()
        self.contention = self.unsaved_successes = 0
        self.unused: Held | None = None

    def reload(self) -> None:
        """Read the state. Each read without a change lowers the contention."""
        known = self.state.next_at
        self.state = read_state(self._account_key)
        if self.contention and known == self.state.next_at:
            self.contention -= 1

    def update(self, actions: list[Action], condition: Condition) -> LimiterState | None:
        """Update the item and return its state, or None on a conflict.

        Threads update it with the results of calls while another one reserves.
        """
        state = update_state(self._account_key, actions, condition)
        self.state = state or self.state
        return state

    def reserve(self, known: LimiterState, plan: ReservationPlan) -> Held | None:
        """Write a plan that was decided on this known state. Return None on a conflict."""
        # If the table does not respond, the count of an unused reservation may be used up.
        unused, self.unused = self.unused, None
        # Other threads add successes during the write. Subtract only those that it stored.
        successes = self.unsaved_successes
        written = self.update(*reservation_write(known, plan, successes))
        if written is None:
            self.unused = unused
            return None
        self.unsaved_successes -= successes
        return Held(plan.reserved_at(written.next_at), written)

    def give_back(self) -> None:
        """Give back the reservation that no call used, if there is one.

        If others have reserved since, its count is left to the next reservation of this process.
        """
        unused, self.unused = self.unused, None
        if unused is None:
            return
        try:
            if not self.update(*give_back_write(unused)):
                self.unused = unused
        except StoreUnavailable:
            # The item may have been updated: the count must not be used again.
            telemetry.count("ReservationNotReturned")
