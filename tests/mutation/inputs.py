"""Bad input is refused, not stored: flaws of what looks at requests."""

from tests.mutation.mutant import LAYER, Mutant

EDGE, REQUEST = f"{LAYER}/http/router.py", f"{LAYER}/http/request.py"
UNIT = "tests/unit/http/test_router.py"
HIDDEN = "tests/integration/api/test_unexpected_fields.py"
EVENTS = "tests/integration/api/test_malformed_events.py::test_malformed_events_are_rejected"
REQUESTS = "tests/integration/api/test_bad_input.py::test_malformed_requests_are_rejected"

FLAWS = (
    Mutant(
        "unknown fields are overlooked",
        f"{LAYER}/http/schemas/requests.py",
        "Struct, forbid_unknown_fields=True, kw_only", "Struct, kw_only",
        REQUESTS,
    ),
    Mutant(
        "a body may have any size",
        REQUEST, "        if len(body) > MAX_BODY_BYTES:", "        if len(body) > 99 * MAX_BODY_BYTES:",
        f"{UNIT}::test_body_is_limited_to_64_kilobytes",
    ),
    Mutant(
        "the last byte of a body is one too many",
        REQUEST, "        if len(body) > MAX_BODY_BYTES:", "        if len(body) >= MAX_BODY_BYTES:",
        f"{UNIT}::test_body_is_limited_to_64_kilobytes",
    ),
    Mutant(
        "broken base64 is guessed",
        REQUEST, "base64.b64decode(text, validate=True)", "base64.b64decode(text)",
        f"{HIDDEN}::test_invalid_base64_body_is_rejected",
    ),
    Mutant(
        "the first of two values counts",
        REQUEST, "if len(given) != 1]", "if len(given) < 1]",
        f"{UNIT}::test_repeated_parameter_is_rejected",
    ),
    Mutant(
        "halves of characters are text",
        REQUEST, "        undecodable = [name for name, given in flat.items() "
        "if not _is_text(name + given)]\n",
        "        undecodable = list[str]()\n",
        f"{HIDDEN}::test_lone_surrogate_in_keywords_is_rejected",
    ),
    Mutant("the form of an event is believed", EDGE, "            check_shape(event)\n", "", EVENTS),
    Mutant(
        "any name in a path is looked up",
        EDGE, "            _check_path_parameters(path_parameters)\n", "",
        f"{HIDDEN}::test_invalid_path_parameter_is_not_looked_up",
    ),
    Mutant(
        "deep JSON is a fault of ours",
        REQUEST, "(msgspec.DecodeError, UnicodeDecodeError, RecursionError)",
        "(msgspec.DecodeError, UnicodeDecodeError)",
        f"{HIDDEN}::test_deeply_nested_body_is_rejected",
    ),
    Mutant(
        "an empty id of a site is one",
        REQUEST, "not isinstance(site_id, str) or not site_id or not site_id.isascii()",
        "not isinstance(site_id, str)",
        "tests/integration/api/test_malformed_events.py::test_request_without_a_site_is_unauthorized",
    ),
    Mutant(
        "any text is an idempotency key",
        "functions/import_items/app.py",
        "if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_CHARS "
        "or not (key.isascii() and key.isprintable()):",
        "if key is None:", REQUESTS,
    ),
    Mutant(
        "the authorizer takes any scheme",
        "functions/authorizer/app.py",
        "if not isinstance(given, str) or given[: len(BEARER)].lower() != BEARER:",
        "if not isinstance(given, str):",
        f"{HIDDEN}::test_api_key_with_another_scheme_is_unauthorized",
    ),
    Mutant(
        "the authorizer fails of an odd header",
        "functions/authorizer/app.py", "if not isinstance(given, str) or given", "if given",
        "tests/integration/api/test_malformed_events.py::test_authorizer_denies_malformed_events",
    ),
)  # fmt: skip
