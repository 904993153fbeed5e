"""The configuration from environment variables."""

import pytest

from amzlinkr.config import Config, config_from_environment, limits_from

TEXTS = {
    "STAGE": "local",
    "SITES_TABLE": "sites",
    "PRODUCTS_TABLE": "products",
    "SHELVES_TABLE": "shelves",
    "QUOTAS_TABLE": "quotas",
    "JOBS_TABLE": "jobs",
    "REFRESH_QUEUE_URL": "refresh",
    "REFRESH_DEAD_LETTERS_URL": "dead",
    "IMPORT_QUEUE_URL": "import",
    "SANDBOX_IMPORT_QUEUE_URL": "sandbox-import",
    "SECRETS_PREFIX": "prefix",
    "SIGNING_SECRET_ID": "signing",
    "CREDENTIAL_STORE": "kms",
    "CREDENTIAL_KEY_ARN": "key",
    "SIGNUP_MODE": "invite",
    "VERIFICATION_SECONDS": "7",
}
NUMBERS = {
    "SIGNUPS_PER_ADDRESS": 1,
    "SIGNUPS_PER_DOMAIN_AND_ADDRESS": 2,
    "VERIFICATIONS_PER_SIGNUP": 3,
    "FREE_VERIFICATIONS": 4,
    "VERIFICATIONS_PER_NETWORK": 5,
    "SECONDS_PER_VERIFICATION": 77,
    "NEW_SITES_PER_DOMAIN": 6,
    "NEW_SITES_PER_DAY": 7,
    "CALLS_PER_HOUR": 8,
    "CALLS_PER_SANDBOX": 22,
    "CALLS_WITHOUT_ACCESS": 24,
    "JOBS_WITHOUT_ACCESS": 25,
    "PRODUCTS_WITHOUT_ACCESS": 26,
    "REMOVALS_PER_SANDBOX": 23,
    "JOBS_PER_DAY": 9,
    "VALIDATIONS_PER_HOUR": 10,
    "SYNCS_PER_HOUR": 11,
    "KEYS_PER_DAY": 12,
    "LEAK_REPORTS_PER_NETWORK": 14,
    "PRODUCTS_PER_SITE": 13,
    "PRODUCTS_PER_SANDBOX": 16,
    "JOBS_PER_SANDBOX": 17,
    "SETTINGS_PER_HOUR": 18,
    "SYNCS_PER_SANDBOX": 19,
    "LISTS_PER_SITE": 20,
    "LISTS_PER_SANDBOX": 21,
    "CONNECTIONS": 14,
    "CONNECTIONS_PER_ACCOUNT": 15,
}
REQUIRED = {**TEXTS, **{name: str(number) for name, number in NUMBERS.items()}}


def config(**more: str) -> Config:
    return config_from_environment({**REQUIRED, **more})


def test_every_variable_has_its_field() -> None:
    assert config(AMAZON_URL="http://fake/", ALLOW_LOCAL_SITES="true") == Config(
        stage="local",
        sites_table="sites",
        products_table="products",
        shelves_table="shelves",
        quotas_table="quotas",
        jobs_table="jobs",
        refresh_queue_url="refresh",
        refresh_dead_letters_url="dead",
        import_queue_url="import",
        sandbox_import_queue_url="sandbox-import",
        secrets_prefix="prefix",
        signing_secret_id="signing",
        credential_store="kms",
        credential_key_arn="key",
        amazon_url="http://fake",
        allow_local_sites=True,
        signup_mode="invite",
        verification_seconds=7.0,
        security_contact=None,
        limits=limits_from(REQUIRED),
    )


def test_every_limit_has_its_maximum() -> None:
    limits = config().limits
    hourly = (limits.verifications, limits.free_verifications, limits.verifications_of_network,
              limits.calls, limits.calls_of_sandbox, limits.validations,
              limits.validations_of_account, limits.syncs, limits.settings,
              limits.leak_reports)  # fmt: skip
    daily = (limits.signups_of_address, limits.signups_of_domain_and_address,
             limits.new_sites_of_domain, limits.new_sites, limits.jobs,
             limits.jobs_of_sandbox, limits.syncs_of_sandbox, limits.removals_of_sandbox,
             limits.api_keys, limits.calls_without_access,
             limits.jobs_without_access)  # fmt: skip
    pace = limits.verifications_of_host

    assert [limit.maximum for limit in hourly] == [3, 4, 5, 8, 22, 10, 10, 11, 18, 14]
    assert [limit.maximum for limit in daily] == [1, 2, 6, 7, 9, 17, 19, 23, 12, 24, 25]
    assert (pace.maximum, pace.per.total_seconds()) == (1, 77)
    assert {limit.per.total_seconds() for limit in hourly} == {3600}
    assert {limit.per.total_seconds() for limit in daily} == {86400}
    assert (limits.products, limits.products_of_sandbox) == (13, 16)
    assert limits.products_without_access == 26
    assert (limits.connections, limits.connections_of_account) == (14, 15)


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_variable_is_an_error(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        config_from_environment({other: REQUIRED[other] for other in REQUIRED if other != name})


def test_amazon_and_local_sites_are_off_by_default() -> None:
    for settings in (config(), config(AMAZON_URL="", ALLOW_LOCAL_SITES="false")):
        assert (settings.amazon_url, settings.allow_local_sites) == (None, False)


@pytest.mark.parametrize("settings", [{"AMAZON_URL": "http://fake"}, {"ALLOW_LOCAL_SITES": "true"}])
def test_local_settings_are_rejected_on_other_stages(settings: dict[str, str]) -> None:
    assert config(STAGE="prod").stage == "prod"
    with pytest.raises(ValueError, match="local stage only"):
        config(STAGE="prod", **settings)


def test_store_of_credentials_is_known_and_has_its_key() -> None:
    assert config(CREDENTIAL_STORE="secretsmanager", CREDENTIAL_KEY_ARN="").credential_key_arn == ""
    with pytest.raises(ValueError, match="CREDENTIAL_KEY_ARN"):
        config(CREDENTIAL_KEY_ARN="")
    with pytest.raises(ValueError, match="secretsmanager, kms"):
        config(CREDENTIAL_STORE="vault")


def test_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**REQUIRED, "SITES_TABLE": "of-the-process"}.items():
        monkeypatch.setenv(name, value)

    assert config_from_environment().sites_table == "of-the-process"
