"""Format checks of Amazon credentials, and redaction of secrets."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.credential_formats import VERSIONS
from amzlinkr.domain.credentials import (
    REGIONS,
    PaapiCredentials,
    Secret,
    creators_credentials,
    paapi_credentials,
    redacted_hint,
)
from amzlinkr.domain.errors import InvalidRequest

ACCESS = "AKIAABCDEFGHIJKLMNOP"
SECRET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ/+12"
V2_ID, V3_ID = "7abcdefghijklmnopqrstuvwxy", "amzn1.application-oa2-client.0123456789abcdef"
V3_SECRET = "amzn1.oa2-cs.v1.0123456789abcdef"


def refused(access: str = ACCESS, secret: str = SECRET, tag: str = "x-20") -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        paapi_credentials(access, secret, tag, "US")
    return caught.value


@pytest.mark.parametrize(
    "around",
    [
        " ", "\n", "\r\n", "\t", "\u00a0", "\u200b", "\ufeff", "\u2060", "\u2003",
        "\u200b\u00a0\u200b ", " \ufeff \u200d\u00a0", "\u200e", "\u202a", "\u2066\u2069", "\ufe0f",
    ],
)  # fmt: skip
def test_invisible_characters_around_keys_are_trimmed(around: str) -> None:
    keys = paapi_credentials(
        around + ACCESS + around, around + SECRET + around, f"{around}x-20{around}", "us"
    )

    assert keys.access_key == ACCESS
    assert keys.secret_key.reveal() == SECRET
    assert (keys.partner_tag, keys.marketplace.code, keys.api) == ("x-20", "US", "paapi5")


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("\u200b\u200e\u202c\u2069\u00ad"))))
def test_invisible_characters_inside_keys_are_removed(marks: list[tuple[int, str]]) -> None:
    def marked(text: str) -> str:
        for place, mark in marks:
            text = text[:place] + mark + text[place:]
        return text

    paapi = paapi_credentials(marked(ACCESS), marked(SECRET), marked("x-20"), "US")
    creators = creators_credentials(marked("abc"), marked("def"), marked("2.1"), "x-20", "US")

    assert (paapi.access_key, paapi.secret_key.reveal()) == (ACCESS, SECRET)
    assert paapi.partner_tag == "x-20"
    assert (creators.credential_id, creators.credential_secret.reveal()) == ("abc", "def")
    assert creators.version == "2.1"


@pytest.mark.parametrize("length", [0, 1, 19, 21, 39, 41])
def test_access_key_of_wrong_length_is_refused_with_its_length(length: int) -> None:
    error = refused(access="A" * length)

    assert error.field == "access_key"
    assert f"has 20 characters; this value has {length}" in error.detail


@pytest.mark.parametrize("length", [0, 1, 39, 41, 100])
def test_secret_key_of_wrong_length_is_refused_with_its_length(length: int) -> None:
    error = refused(secret="s" * length)

    assert error.field == "secret_key"
    assert f"has 40 characters; this value has {length}" in error.detail


def test_swapped_keys_are_detected() -> None:
    error = refused(access=SECRET, secret=ACCESS)

    assert "swapped" in error.detail
    assert error.action == "Swap the two fields."


@pytest.mark.parametrize(
    ("access", "secret", "field", "length"),
    [(SECRET, SECRET, "access_key", 40), (ACCESS, ACCESS, "secret_key", 20)],
)
def test_same_key_in_both_fields_is_not_a_swap(
    access: str, secret: str, field: str, length: int
) -> None:
    error = refused(access, secret)

    assert (error.field, "swapped" in error.detail) == (field, False)
    assert f"this value has {length}" in error.detail


@pytest.mark.parametrize("field", ["access", "secret"])
def test_creators_credentials_in_the_paapi_form_are_detected(field: str) -> None:
    error = refused(**{field: "amzn1.application-oa2-client.0123456789abcdef"})

    assert "Creators API" in error.detail
    assert "Creators API" in error.action


@pytest.mark.parametrize(
    ("access", "secret", "field"),
    [
        ("AKIAABCDEFGHIJKLMN P", SECRET, "access_key"),
        ("akiaabcdefghijklmnop", SECRET, "access_key"),
        ("AKIAABCDEFGHIJKLMNÖP", SECRET, "access_key"),
        (ACCESS, SECRET[:-1] + "é", "secret_key"),
        (ACCESS, SECRET[:20] + " " + SECRET[21:], "secret_key"),
    ],
)
def test_invalid_characters_are_refused(access: str, secret: str, field: str) -> None:
    assert refused(access, secret).field == field


@pytest.mark.parametrize("tag", ["", " ", "my site-20", "-20", "x" * 65, "tüg-21", 'a"b-20'])
def test_invalid_tag_is_refused(tag: str) -> None:
    assert refused(tag=tag).field == "partner_tag"


@pytest.mark.parametrize("tag", ["x-20", "My.Site_1-21", "0-22", "nosuffix"])
def test_tag_with_any_suffix_is_accepted(tag: str) -> None:
    assert paapi_credentials(ACCESS, SECRET, tag, "DE").partner_tag == tag


def test_secret_is_redacted_in_every_text_form() -> None:
    keys = paapi_credentials(ACCESS, SECRET, "x-20", "US")

    for text in (repr(keys), str(keys), f"{keys}", f"{keys.secret_key}", "%s" % keys.secret_key):  # noqa: UP031 - another text form
        assert SECRET not in text
    assert redacted_hint(keys) == "…MNOP"
    assert ACCESS not in redacted_hint(keys)


def test_refusal_does_not_contain_the_key() -> None:
    for error in (refused(secret=SECRET + "x"), refused(access=ACCESS + "X")):
        printed = "".join(traceback.format_exception(error)) + error.detail + error.action

        assert SECRET not in printed
        assert ACCESS not in printed


def test_secrets_compare_by_value() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_credentials_of_equal_content_are_equal() -> None:
    first, second = (paapi_credentials(ACCESS, SECRET, "x-20", "US") for _ in range(2))

    assert first == second
    assert isinstance(first, PaapiCredentials)


@pytest.mark.parametrize("version", VERSIONS)
def test_version_of_a_creators_credential_fits_its_id(version: str) -> None:
    fitting, other = (V2_ID, V3_ID) if version.startswith("2.") else (V3_ID, V2_ID)
    keys = creators_credentials(fitting, "secret", f" v{version} ", "x-20", "US")

    assert (keys.version, keys.region) == (version, REGIONS[version[-1]])
    assert creators_credentials("unknown-form", "secret", version, "x-20", "US").version == version
    with pytest.raises(InvalidRequest) as caught:
        creators_credentials(other, "secret", version, "x-20", "US")
    assert caught.value.field == "credential_version"


@pytest.mark.parametrize(
    ("credential_id", "secret", "is_swapped"),
    [(V3_SECRET, V3_ID, True), (V3_SECRET, V3_SECRET, False), (V3_ID, V3_SECRET, False)],
)
def test_creators_credential_is_swapped_if_only_its_id_is_a_secret(
    credential_id: str, secret: str, is_swapped: bool
) -> None:
    if not is_swapped:
        assert creators_credentials(credential_id, secret, "3.1", "x-20", "US").secret.reveal()
        return
    with pytest.raises(InvalidRequest, match="swapped") as caught:
        creators_credentials(credential_id, secret, "3.1", "x-20", "US")
    assert caught.value.field == "credential_id"


def test_paapi_key_in_the_creators_form_is_detected() -> None:
    with pytest.raises(InvalidRequest, match="PA-API access key") as caught:
        creators_credentials(ACCESS, SECRET, "3.1", "x-20", "US")

    assert caught.value.field == "credential_id"


@pytest.mark.parametrize("field", ["credential_id", "credential_secret"])
@pytest.mark.parametrize("text", ["a b", "é", "a\tb", ""])
def test_creators_credential_is_printable_ascii(field: str, text: str) -> None:
    given = {"credential_id": V3_ID, "credential_secret": "secret"} | {field: text}

    with pytest.raises(InvalidRequest) as caught:
        creators_credentials(**given, version="3.1", partner_tag="x-20", marketplace_code="US")

    assert caught.value.field == field


def test_only_an_id_has_the_form_of_a_creators_credential_of_version_2() -> None:
    assert "Creators API" in refused(access=V2_ID).detail
    assert "Creators API" not in refused(secret=V2_ID).detail
