"""A site keeps within its limits: flaws of counting."""

from tests.mutation.mutant import LAYER, Mutant

STORE = f"{LAYER}/storage/usage_counters.py"
EDGE = f"{LAYER}/http/router.py"
IMPORT = f"{LAYER}/services/imports.py"
VALIDATE = "functions/validate/app.py"
QUOTAS = "tests/integration/api/test_limits.py"
CALLS = f"{QUOTAS}::test_headers_count_down_to_a_429"
JOBS = f"{QUOTAS}::test_jobs_are_limited_and_repeats_are_not_counted"
PRODUCTS = f"{QUOTAS}::test_product_limit_rejects_new_products_only"
TEST_CALL = """\
    account_key = deps.amazon_accounts.account_key(site.site_id, credentials)
    count(limits.validations_of_keys, account_key)

    previous = site.connections.get(credentials.marketplace.code)
    connection, problem = deps.account_setup.connect(
        request.caller, site, credentials, request.upstream_deadline
    )
"""

FLAWS = (
    Mutant(
        "one more than the limit",
        STORE, "(UsageCounterItem.used < limit.maximum)",
        "(UsageCounterItem.used <= limit.maximum)", CALLS,
    ),
    Mutant(
        "counted without a condition",
        STORE, "(UsageCounterItem.used < limit.maximum)", "UsageCounterItem.used.exists()", CALLS,
    ),
    Mutant(
        "a period never ends",
        STORE, "int(self._clock.now().timestamp()) // seconds\n", "0\n", CALLS,
    ),
    Mutant(
        "calls are not counted",
        EDGE, "return deps.call_counter.count_call(request.site_id)", "return None", CALLS,
    ),
    Mutant(
        "calls that are refused are free",
        EDGE,
        "            usage = check_access(request, deps)\n"
        "            answer = endpoint(request, deps)\n",
        "            answer = endpoint(request, deps)\n"
        "            usage = check_access(request, deps)\n",
        f"{QUOTAS}::test_error_responses_have_rate_limit_headers",
    ),
    Mutant(
        "without a counter nobody is served",
        f"{LAYER}/services/call_counter.py",
        '            telemetry.count("CallNotCounted")\n', "            raise\n",
        f"{QUOTAS}::test_reads_succeed_while_usage_counters_fail",
    ),
    Mutant(
        "keys may be tried for ever",
        VALIDATE, "    count(limits.validations, site.site_id)\n", "",
        f"{QUOTAS}::test_credential_tests_are_limited_per_site",
    ),
    Mutant(
        "the same keys may be tried from many sites",
        VALIDATE, "    count(limits.validations_of_keys, account_key)\n", "",
        f"{QUOTAS}::test_credential_tests_are_limited_per_account_across_sites",
    ),
    Mutant(
        "keys that do not work are tried for nothing",
        VALIDATE, f"    count(limits.validations, site.site_id)\n{TEST_CALL}",
        f"{TEST_CALL}    count(limits.validations, site.site_id)\n",
        f"{QUOTAS}::test_credential_tests_are_limited_per_site",
    ),
    Mutant(
        "products are not limited",
        IMPORT, "        self.check_product_limit(job)\n", "", PRODUCTS,
    ),
    Mutant(
        "one product more than the limit",
        IMPORT, "> max(maximum, len(present)):", "> max(maximum, len(present)) + 1:", PRODUCTS,
    ),
    Mutant(
        "what is there already counts once more",
        IMPORT, "if len(present | requested) >", "if len(present) + len(requested) >", PRODUCTS,
    ),
    Mutant(
        "jobs are not limited",
        IMPORT, "                self.usage_counters.increment(self.limits.jobs, site.site_id)\n",
        "                pass\n", JOBS,
    ),
    Mutant(
        "asking again for a job is another job",
        IMPORT, "            if earlier is None:\n                self.usage_counters",
        "            if job:\n                self.usage_counters", JOBS,
    ),
    Mutant(
        "fresh prices may be due for without end",
        "functions/site/app.py",
        "    deps.usage_counters.increment(deps.config.limits.syncs, site.site_id)\n", "",
        f"{QUOTAS}::test_sync_requests_are_limited_per_hour",
    ),
    Mutant(
        "keys of a day are not limited",
        "functions/api_keys/app.py",
        "    deps.usage_counters.increment(deps.config.limits.keys, request.site_id)\n", "",
        "tests/integration/keys/test_api_key_expiry.py::test_new_api_keys_are_limited_per_day",
    ),
)  # fmt: skip
