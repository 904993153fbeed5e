"""Mutants of the audit log, and of reports of leaked API keys."""

from tests.mutation.mutant import LAYER, Mutant

LOG = f"{LAYER}/storage/audit_log.py"
API_KEY_STORE = f"{LAYER}/storage/api_keys.py"
KEYS = f"{LAYER}/storage/item_keys.py"
SUSPENSIONS = f"{LAYER}/storage/suspensions.py"
SERVICE = f"{LAYER}/services/api_keys.py"
SUSPENSION_TESTS = "tests/unit/storage/test_suspensions.py"
LOG_TESTS = "tests/unit/storage/test_audit_log.py"
EVENT_TESTS = "tests/integration/keys/test_audit_events.py"
LEAK_TESTS = "tests/integration/keys/test_leaked_api_keys.py"
AUTHORIZER_TESTS = "tests/integration/keys/test_authorizer.py"
EVERY_TEXT = f"{LEAK_TESTS}::test_every_text_has_the_same_response_and_duration"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "event is written without the transaction of its change",
        LOG,
        "transaction.save(item_from_event(site_id, event))",
        "item_from_event(site_id, event).save()",
        f"{LOG_TESTS}::test_change_and_event_are_one_transaction",
    ),
    Mutant(
        "audit log shows the events of all sites",
        KEYS,
        'return f"audit#{site_id}"',
        'return f"audit#{site_id and 0}"',
        f"{EVENT_TESTS}::test_site_sees_its_own_events_only",
    ),
    Mutant(
        "sandbox key reads the events of the live site",
        KEYS,
        'return f"audit#{site_id}"',
        'return f"audit#{site_id[5:]}"',
        f"{EVENT_TESTS}::test_events_of_sandbox_keys_are_in_the_log_of_the_live_site",
    ),
    Mutant(
        "reported sandbox key is hidden from the owner of the site",
        API_KEY_STORE,
        "record_events(transaction, live_id_of(site_id), event)",
        "record_events(transaction, site_id, event)",
        f"{EVENT_TESTS}::test_reported_sandbox_key_is_in_the_log_of_the_live_site",
    ),
    Mutant(
        "events older than 90 days are shown",
        LOG,
        "audit_time(to_unix_ms(now - AUDIT_RETENTION))",
        "audit_time(0 * to_unix_ms(now - AUDIT_RETENTION))",
        f"{EVENT_TESTS}::test_events_end_after_90_days",
    ),
    Mutant(
        "events are kept for 900 days",
        LOG,
        "expires=int((event.at + AUDIT_RETENTION).timestamp())",
        "expires=int((event.at + 10 * AUDIT_RETENTION).timestamp())",
        f"{LOG_TESTS}::test_items_expire_after_90_days",
    ),
    Mutant(
        "repeated suspension is a second event",
        SUSPENSIONS,
        "if (known.suspended_at is None) != (at is None):",
        "if known:",
        f"{SUSPENSION_TESTS}::test_two_suspensions_at_the_same_time_are_one_event",
    ),
    Mutant(
        "settings that stay the same are an event",
        f"{LAYER}/domain/sites.py",
        "None if email == self.email else email,",
        "email,",
        f"{EVENT_TESTS}::test_changes_that_change_nothing_are_not_recorded",
    ),
    Mutant(
        "another sign-up of the host is not recorded",
        f"{LAYER}/storage/signups.py",
        "is_known=claim.site is not None",
        "is_known=claim.site is None",
        f"{EVENT_TESTS}::test_owner_learns_of_another_sign_up",
    ),
    Mutant(
        "events of a deleted site remain",
        f"{LAYER}/storage/site_deletions.py",
        "self._purge_table(AuditEventItem, item_keys.audit_log(partition), deadline)",
        "partition",
        f"{EVENT_TESTS}::test_events_are_deleted_with_the_site",
    ),
    Mutant(
        "report of an unknown key is answered differently",
        SERVICE,
        "        if owner is None:\n            return\n",
        "        if owner is None:\n            raise NotFound\n",
        f"{EVERY_TEXT}[unknown]",
    ),
    Mutant(
        "duration of a report shows whether the key is active",
        SERVICE,
        "        self.clock.sleep(MIN_REPORT_SECONDS - (self.clock.monotonic() - started))\n",
        "",
        f"{EVERY_TEXT}[active]",
    ),
    Mutant(
        "reported key stays active",
        SERVICE,
        "            self.api_keys.revoke(owner.site_id, owner.kid, event)\n",
        "            pass\n",
        f"{LEAK_TESTS}::test_reported_key_ends",
    ),
    Mutant(
        "reported key with a space around it stays valid",
        SERVICE,
        "        text = text.strip()\n",
        "",
        f"{LEAK_TESTS}::test_key_that_was_copied_with_spaces_ends",
    ),
    Mutant(
        "reports of leaked keys are not limited",
        SERVICE,
        "        self.usage_counters.increment(self.limits.leak_reports, network_of(source_ip))\n",
        "",
        f"{LEAK_TESTS}::test_reports_of_a_network_are_limited_whatever_the_text",
    ),
    Mutant(
        "malformed API key raises an exception with a traceback",
        "functions/authorizer/app.py",
        "        owner = None\n",
        "        raise\n",
        f"{AUTHORIZER_TESTS}::test_malformed_api_key_is_rejected_without_a_read",
    ),
)
