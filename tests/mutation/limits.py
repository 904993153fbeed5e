"""Mutants of limits and usage counters."""

from tests.mutation.mutant import LAYER, Mutant

STORE = f"{LAYER}/storage/usage_counters.py"
ROUTER = f"{LAYER}/http/router.py"
IMPORTS = f"{LAYER}/services/imports.py"
PRODUCT_LIMIT = f"{LAYER}/domain/product_limit.py"
ACCOUNTS = f"{LAYER}/services/amazon_accounts.py"
SECRETS = f"{LAYER}/storage/secret_counts.py"
SECRET_TESTS = "tests/unit/storage/test_secret_counts.py"
CONNECTIONS = "tests/integration/api/test_connection_limits.py"
VALIDATE = "functions/validate/app.py"
LIMIT_TESTS = "tests/integration/api/test_limits.py"
ACCESS_TESTS = "tests/integration/api/test_limits_without_access.py"
CHUNK_IMPORTS = f"{LAYER}/services/chunk_imports.py"
CALLS = f"{LIMIT_TESTS}::test_headers_count_down_to_a_429"
IMPORT_TESTS = "tests/integration/api/test_import_items.py"
JOBS = f"{LIMIT_TESTS}::test_jobs_are_limited_and_repeats_are_not_counted"
SANDBOX_PRODUCTS = f"{LIMIT_TESTS}::test_sandbox_has_its_own_product_limit"
SAME_TIME = (
    f"{LIMIT_TESTS}::test_repeat_at_the_same_time_is_counted_only_where_the_limit_bounds_costs"
)
PRODUCTS = f"{LIMIT_TESTS}::test_product_limit_rejects_new_products_only"
SETTINGS = f"{LIMIT_TESTS}::test_settings_changes_are_limited_per_hour"
COUNT_SETTINGS = "    deps.usage_counters.increment(deps.config.limits.settings, site.site_id)\n"
CHANGE_SETTINGS = """\
    changed = site.changed_settings(email, primary, payload.refresh_hours)
    deps.sites.change(request.caller, deps.clock.now(), *changed)
"""
TEST_CALL = """\
    account_key = deps.amazon_accounts.account_key(site.site_id, credentials)
    count(limits.validations_of_account, account_key)

    previous = site.connections.get(credentials.marketplace.code)
    connection, problem = deps.account_setup.connect(
        request.caller, site, credentials, request.upstream_deadline
    )
"""

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "one event more than the limit is allowed",
        STORE,
        "is_allowed = UsageCounterItem.used < limit.maximum - events + 1",
        "is_allowed = UsageCounterItem.used <= limit.maximum - events + 1",
        CALLS,
    ),
    Mutant(
        "events are counted without a condition",
        STORE,
        "is_allowed = UsageCounterItem.used < limit.maximum - events + 1",
        "is_allowed = UsageCounterItem.used.exists()",
        CALLS,
    ),
    Mutant(
        "window never ends",
        STORE,
        "int(self._clock.now().timestamp()) // seconds\n",
        "0\n",
        CALLS,
    ),
    Mutant(
        "calls are not counted",
        ROUTER,
        "return deps.call_counter.count_call(request.site_id + suffix, is_account_setup=is_setup)",
        "return None",
        CALLS,
    ),
    Mutant(
        "other calls use up those of the feed",
        ROUTER,
        '                suffix += "#feed"\n',
        "                pass\n",
        f"{LIMIT_TESTS}::test_other_calls_do_not_use_up_those_of_the_feed",
    ),
    Mutant(
        "read keys use up the calls of full keys",
        ROUTER,
        "count_call(request.site_id + suffix,",
        "count_call(request.site_id,",
        f"{LIMIT_TESTS}::test_calls_with_a_read_key_do_not_use_up_those_of_the_full_key",
    ),
    Mutant(
        "key cannot be revoked when the calls are used up",
        ROUTER,
        "if public or (method, path) in UNCOUNTED_ROUTES:",
        "if public:",
        f"{LIMIT_TESTS}::test_key_is_revoked_although_the_calls_are_used_up",
    ),
    Mutant(
        "rejected calls are not counted",
        ROUTER,
        "            usage = check_access(request, deps)\n"
        "            response = endpoint(request, deps)\n",
        "            response = endpoint(request, deps)\n"
        "            usage = check_access(request, deps)\n",
        f"{LIMIT_TESTS}::test_error_responses_have_rate_limit_headers",
    ),
    Mutant(
        "failing usage counter fails the call",
        f"{LAYER}/services/call_counter.py",
        '            telemetry.count("CallNotCounted")\n',
        "            raise\n",
        f"{LIMIT_TESTS}::test_reads_succeed_while_usage_counters_fail",
    ),
    Mutant(
        "credential tests of a site are not limited",
        VALIDATE,
        "    count(limits.validations, site.site_id)\n",
        "",
        f"{LIMIT_TESTS}::test_credential_tests_are_limited_per_site",
    ),
    Mutant(
        "tests of the same credentials from many sites are not limited",
        VALIDATE,
        "    count(limits.validations_of_account, account_key)\n",
        "",
        f"{LIMIT_TESTS}::test_credential_tests_are_limited_per_account_across_sites",
    ),
    Mutant(
        "failed credential tests are not counted",
        VALIDATE,
        f"    count(limits.validations, site.site_id)\n{TEST_CALL}",
        f"{TEST_CALL}    count(limits.validations, site.site_id)\n",
        f"{LIMIT_TESTS}::test_credential_tests_are_limited_per_site",
    ),
    Mutant(
        "products are not limited",
        IMPORTS,
        "self.check_product_limit(job, site) if job.chunks else frozenset()",
        "frozenset()",
        PRODUCTS,
    ),
    Mutant(
        "one product more than the limit is allowed",
        PRODUCT_LIMIT,
        "> max(maximum, len(present)):",
        "> max(maximum, len(present)) + 1:",
        PRODUCTS,
    ),
    Mutant(
        "products that the site has are counted twice",
        PRODUCT_LIMIT,
        "if len(present | requested) >",
        "if len(present) + len(requested) >",
        PRODUCTS,
    ),
    Mutant(
        "a sandbox may have as many products as a site",
        f"{LAYER}/domain/limits.py",
        "            products=self.products_of_sandbox,\n",
        "",
        SANDBOX_PRODUCTS,
    ),
    Mutant(
        "a sandbox may make as many calls as a site",
        f"{LAYER}/domain/limits.py",
        "            calls=self.calls_of_sandbox,\n",
        "",
        f"{LIMIT_TESTS}::test_calls_of_a_sandbox_have_their_own_limit",
    ),
    Mutant(
        "a site without API access may have as many products as any site",
        f"{LAYER}/domain/limits.py",
        "jobs=self.jobs_without_access, products=self.products_without_access)",
        "jobs=self.jobs_without_access)",
        f"{ACCESS_TESTS}::test_product_limit_names_the_remedy_and_ends_with_access",
    ),
    Mutant(
        "jobs of a site without API access exceed its product limit together",
        CHUNK_IMPORTS,
        "maximum = self.limits.of_site(site).products",
        "maximum = self.limits.of_mode(site.mode).products",
        f"{ACCESS_TESTS}::test_jobs_submitted_together_do_not_exceed_the_limit",
    ),
    Mutant(
        "credentials without a success raise the product limit",
        f"{LAYER}/domain/connections.py",
        "return self.last_ok_at is not None",
        "return self.last_ok_at is not None or not self.is_link_only",
        f"{ACCESS_TESTS}::test_credentials_that_are_not_eligible_do_not_raise_the_limit",
    ),
    Mutant(
        "a site without API access may start as many jobs as any site",
        f"{LAYER}/domain/limits.py",
        "jobs=self.jobs_without_access, products",
        "products",
        f"{ACCESS_TESTS}::test_jobs_are_limited_per_day",
    ),
    Mutant(
        "calls without API access are not limited",
        f"{LAYER}/services/call_counter.py",
        "            return self.usage_counters.increment(limit, site_id)\n",
        "            return None\n",
        f"{ACCESS_TESTS}::test_many_calls_are_limited_per_day_and_few_are_not",
    ),
    Mutant(
        "an owner without calls left cannot enter credentials",
        f"{LAYER}/services/call_counter.py",
        "if usage.used > UNCOUNTED_CALLS and not is_account_setup:",
        "if usage.used > UNCOUNTED_CALLS:",
        f"{ACCESS_TESTS}::test_calls_that_lead_to_access_are_not_refused",
    ),
    Mutant(
        "sync requests move the shelves of a site without an account",
        f"{LAYER}/services/sync.py",
        "            and site.can_refresh(shelf.marketplace)\n",
        "",
        f"{ACCESS_TESTS}::test_sync_request_writes_no_shelf_without_an_account",
    ),
    Mutant(
        "removals of a sandbox are not limited",
        f"{LAYER}/services/removals.py",
        "            self.usage_counters.increment(self.limits.removals_of_sandbox, site_id)\n",
        "            pass\n",
        f"{LIMIT_TESTS}::test_removals_of_a_sandbox_are_limited_per_day",
    ),
    Mutant(
        "pages read the tombstones of removed products",
        f"{LAYER}/storage/item_keys.py",
        'return f"{_TOMBSTONE_PREFIX}{marketplace}#{asin}"',
        'return f"{marketplace}#{asin}#removed"',
        "tests/unit/storage/test_products.py::test_pages_do_not_read_removed_products",
    ),
    Mutant(
        "a page reads any number of tombstones of earlier releases",
        f"{LAYER}/storage/products.py",
        "if is_full or number >= MAX_ROWS or",
        "if is_full or",
        "tests/unit/storage/test_products.py::test_page_ends_among_tombstones_of_an_earlier_release",
    ),
    Mutant(
        "a shelf of a sandbox is due whenever a deal ends",
        f"{LAYER}/domain/shelves.py",
        "return at if expiry is None else min(at, self.refreshable_at(expiry))",
        "return at if expiry is None else min(at, expiry)",
        "tests/infra/test_stranger_costs.py::test_reserved_asins_cause_no_further_refreshes",
    ),
    Mutant(
        "a sandbox may start as many import jobs as a site",
        f"{LAYER}/domain/limits.py",
        "            jobs=self.jobs_of_sandbox,\n",
        "",
        f"{LIMIT_TESTS}::test_jobs_of_a_sandbox_have_their_own_limit",
    ),
    Mutant(
        "a sandbox may request as many syncs as a site",
        f"{LAYER}/domain/limits.py",
        "            syncs=self.syncs_of_sandbox,\n",
        "",
        f"{LIMIT_TESTS}::test_sync_requests_of_a_sandbox_are_limited_per_day",
    ),
    Mutant(
        "jobs that were submitted together exceed the product limit",
        f"{LAYER}/storage/waiting_products.py",
        "    check_product_limit(site_id, chain(",
        "    (lambda *_: None)(site_id, chain(",
        f"{LIMIT_TESTS}::test_jobs_submitted_together_do_not_exceed_the_limit",
    ),
    Mutant(
        "waiting products of jobs that were submitted together exceed the product limit",
        f"{LAYER}/services/chunk_imports.py",
        "site.site_id, code, new, maximum, deadline",
        "site.site_id, code, new, None, deadline",
        f"{LIMIT_TESTS}::test_waiting_products_do_not_exceed_the_limit",
    ),
    Mutant(
        "changes of settings are not limited",
        "functions/site/app.py",
        COUNT_SETTINGS,
        "",
        SETTINGS,
    ),
    Mutant(
        "changes of settings are counted after the write",
        "functions/site/app.py",
        f"{COUNT_SETTINGS}{CHANGE_SETTINGS}",
        f"{CHANGE_SETTINGS}{COUNT_SETTINGS}",
        SETTINGS,
    ),
    Mutant(
        "import jobs are not limited",
        IMPORTS,
        "            self.usage_counters.increment(limits.jobs, site.site_id)\n",
        "            pass\n",
        JOBS,
    ),
    Mutant(
        "direct import reads any amount of text",
        "layers/amzlinkr/amzlinkr/domain/import_entries.py",
        "if not is_direct or chars <= MAX_INLINE_CHARS:",
        "if not is_direct or chars >= 0:",
        "tests/unit/domain/test_import_entries.py"
        "::test_direct_import_reads_and_returns_a_maximum_of_text",
    ),
    Mutant(
        "refused entries are returned in full",
        "layers/amzlinkr/amzlinkr/domain/imports.py",
        "return Entry(text[:MAX_ECHOED_CHARS], problem=problem_of(error))",
        "return Entry(text, problem=problem_of(error))",
        "tests/unit/domain/test_import_entries.py"
        "::test_direct_import_reads_and_returns_a_maximum_of_text",
    ),
    Mutant(
        "refused entries are stored for a repetition",
        IMPORTS,
        "stored = job if job.chunks else replace(job, entries=())",
        "stored = job",
        f"{IMPORT_TESTS}::test_refused_entries_are_not_stored_for_a_repetition",
    ),
    Mutant(
        "page of a job has any number of refused entries",
        "layers/amzlinkr/amzlinkr/http/presenters/products.py",
        "        if number and size > MAX_PROBLEM_BYTES:\n",
        "        if number and size < 0:\n",
        f"{IMPORT_TESTS}::test_pages_of_refused_entries_are_short_and_complete",
    ),
    Mutant(
        "entries of a job are stored as text",
        "layers/amzlinkr/amzlinkr/storage/jobs.py",
        "zlib.compress(_json_of(job.entries))",
        "zlib.compress(_json_of(job.entries), 0)",
        "tests/unit/storage/test_jobs.py"
        "::test_refused_entries_that_do_not_repeat_are_stored_compactly",
    ),
    Mutant(
        "import job that is stored by two requests is counted twice",
        IMPORTS,
        "                if job is not own and site",
        "                if job is None and site",
        f"{SAME_TIME}[live-1]",
    ),
    Mutant(
        "lines of an import job of a sandbox are read without a limit",
        IMPORTS,
        'if job is not own and site.mode == "live" and site.has_had_access:',
        "if job is not own and site.has_had_access:",
        f"{SAME_TIME}[sandbox-2]",
    ),
    Mutant(
        "import of products that the site has reads all its marketplaces",
        f"{LAYER}/storage/waiting_products.py",
        "if maximum is None or present.issuperset(asins):",
        "if maximum is None:",
        "tests/unit/storage/test_waiting_products.py"
        "::test_other_marketplaces_are_read_only_to_add_a_product[True]",
    ),
    Mutant(
        "direct import reads the shelves of each marketplace again",
        CHUNK_IMPORTS,
        "if (code, asin) not in present]",
        "]",
        "tests/unit/services/test_chunk_imports.py"
        "::test_products_that_the_site_has_do_not_wait_again",
    ),
    Mutant(
        "page of a job has any number of waiting products",
        f"{LAYER}/domain/imports.py",
        "            if waiting > MAX_WAITING_RESULTS:\n",
        "            if waiting < 0:\n",
        "tests/unit/domain/test_imports.py::test_page_of_a_job_has_few_waiting_results",
    ),
    Mutant(
        "repeated import job is counted again",
        IMPORTS,
        "        if is_job and earlier is None:\n",
        "        if is_job:\n",
        JOBS,
    ),
    Mutant(
        "sync requests are not limited",
        "functions/site/app.py",
        "    deps.usage_counters.increment(deps.config.limits.of_site(site).syncs, site.site_id)\n",
        "",
        f"{LIMIT_TESTS}::test_sync_requests_are_limited_per_hour",
    ),
    Mutant(
        "one secret more than the limit of an account is allowed",
        SECRETS,
        "        if _count_of(account_key) >= of_account:\n",
        "        of_account += 1\n        if _count_of(account_key) >= of_account:\n",
        f"{SECRET_TESTS}::test_maximum_of_an_account_is_exact",
    ),
    Mutant(
        "secrets of an account are limited without a condition",
        SECRETS,
        "_raise_count(transaction, account_key, of_account)",
        "_raise_count(transaction, account_key, 10**9)",
        f"{SECRET_TESTS}::test_last_place_is_given_once",
    ),
    Mutant(
        "secrets of all accounts are not limited",
        SECRETS,
        "        if item is None and _count_of(item_keys.ALL_SECRETS) >= total:\n"
        "            raise ConnectionLimitReached.of_service()\n",
        "        total = 10**9\n",
        f"{SECRET_TESTS}::test_maximum_of_the_service_is_exact",
    ),
    Mutant(
        "deleted secret counts for ever",
        ACCOUNTS,
        "        self.vault.delete(secret_id)\n        self.secret_counts.remove(secret_id)\n",
        "        self.vault.delete(secret_id)\n",
        f"{CONNECTIONS}::test_deletion_makes_room",
    ),
    Mutant(
        "secret that is deleted twice makes room twice",
        SECRETS,
        "transaction.delete(item, condition=SecretItem.account_key == item.account_key)",
        "transaction.delete(item)",
        f"{SECRET_TESTS}::test_secret_that_is_removed_twice_at_the_same_time_counts_once",
    ),
    Mutant(
        "replaced credential still counts",
        SECRETS,
        "                _lower_count(transaction, item.account_key, is_zero="
        "_count_of(item.account_key) < 1)\n"
        "                transaction.save",
        "                transaction.save",
        f"{CONNECTIONS}::test_replaced_credential_is_counted_in_place_of_the_other",
    ),
    Mutant(
        "new API keys per day are not limited",
        f"{LAYER}/services/api_keys.py",
        "        self.usage_counters.increment(self.limits.api_keys, caller.site_id)\n",
        "",
        "tests/integration/keys/test_api_key_expiry.py::test_new_api_keys_are_limited_per_day",
    ),
    Mutant(
        "keys for reading use up the calls without API access",
        f"{LAYER}/services/call_counter.py",
        "            if READ in suffixes:\n",
        "            if False:\n",
        "tests/integration/api/test_limits_without_access.py"
        "::test_keys_for_reading_use_at_most_half_of_the_calls",
    ),
    Mutant(
        "terms of lists have any size",
        f"{LAYER}/http/searches.py",
        "    _check_stored_size(search)\n",
        "",
        "tests/unit/http/test_searches.py::test_terms_of_a_list_are_limited_by_their_stored_size",
    ),
    Mutant(
        "calls of accounts that Amazon does not serve wait for their call rate",
        f"{LAYER}/services/amazon_accounts.py",
        "max_seconds = MAX_SECONDS_WITHOUT_ACCESS if limited else None",
        "max_seconds = None",
        "tests/integration/api/test_limits_without_access.py"
        "::test_calls_without_access_do_not_wait_for_the_call_rate[/v1/search]",
    ),
    Mutant(
        "failed list of a sandbox is due whenever its account recovers",
        f"{LAYER}/domain/waiting.py",
        "return shelf.due_at if is_sandbox(shelf.site_id) else shelf.observed_at",
        "return shelf.observed_at",
        "tests/unit/domain/test_waiting.py"
        "::test_failed_list_of_a_sandbox_waits_for_the_end_of_its_deferral",
    ),
)
