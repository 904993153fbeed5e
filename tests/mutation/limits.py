"""A site keeps within its limits: flaws of counting."""

from tests.mutation.mutant import LAYER, Mutant

STORE = f"{LAYER}/storage/quotas.py"
EDGE = f"{LAYER}/http/router.py"
IMPORT = f"{LAYER}/services/imports.py"
VALIDATE = "functions/validate/app.py"
QUOTAS = "tests/integration/api/test_limits.py"
CALLS = f"{QUOTAS}::test_calls_are_counted_down_in_the_headers_until_they_are_refused"
JOBS = f"{QUOTAS}::test_jobs_are_limited_and_asking_again_for_the_same_one_is_free"
PRODUCTS = (
    f"{QUOTAS}::test_products_over_the_limit_are_refused_and_those_there_may_be_imported_again"
)
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
        STORE, "(RateLimiterItem.used < limit.most)", "(RateLimiterItem.used <= limit.most)", CALLS,
    ),
    Mutant(
        "counted without a condition",
        STORE, "(RateLimiterItem.used < limit.most)", "RateLimiterItem.used.exists()", CALLS,
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
        f"{QUOTAS}::test_a_refused_call_says_what_is_left_too",
    ),
    Mutant(
        "without a counter nobody is served",
        f"{LAYER}/services/call_counter.py",
        '            telemetry.count("CallNotCounted")\n', "            raise\n",
        f"{QUOTAS}::test_readers_are_served_while_the_counter_is_down",
    ),
    Mutant(
        "keys may be tried for ever",
        VALIDATE, "    count(limits.validations, site.site_id)\n", "",
        f"{QUOTAS}::test_keys_may_be_tried_thirty_times_an_hour",
    ),
    Mutant(
        "the same keys may be tried from many sites",
        VALIDATE, "    count(limits.validations_of_keys, account_key)\n", "",
        f"{QUOTAS}::test_the_same_keys_are_not_tried_from_many_sites_without_end",
    ),
    Mutant(
        "keys that do not work are tried for nothing",
        VALIDATE, f"    count(limits.validations, site.site_id)\n{TEST_CALL}",
        f"{TEST_CALL}    count(limits.validations, site.site_id)\n",
        f"{QUOTAS}::test_keys_may_be_tried_thirty_times_an_hour",
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
        f"{QUOTAS}::test_fresh_prices_may_be_asked_for_so_often_an_hour",
    ),
    Mutant(
        "keys of a day are not limited",
        "functions/api_keys/app.py",
        "    deps.usage_counters.increment(deps.config.limits.keys, request.site_id)\n", "",
        "tests/integration/keys/test_api_key_expiry.py::test_keys_of_a_day_are_limited",
    ),
)  # fmt: skip
