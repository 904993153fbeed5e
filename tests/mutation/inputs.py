"""Mutants of input validation."""

from tests.mutation.mutant import LAYER, Mutant

ROUTER, REQUEST = f"{LAYER}/http/router.py", f"{LAYER}/http/request.py"
EMAIL = f"{LAYER}/http/email_addresses.py"
EMAIL_TESTS = "tests/unit/http/test_email_addresses.py"
ROUTER_TESTS = "tests/unit/http/test_router.py"
FIELD_TESTS = "tests/integration/api/test_unexpected_fields.py"
WIRE_TESTS = "tests/integration/api/test_wire_conventions.py"
EVENT_TESTS = "tests/integration/api/test_malformed_events.py"
MALFORMED_EVENTS = f"{EVENT_TESTS}::test_malformed_events_are_rejected"
MALFORMED_REQUESTS = "tests/integration/api/test_bad_input.py::test_malformed_requests_are_rejected"

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "unknown fields are ignored",
        f"{LAYER}/http/schemas/requests.py",
        "Struct, forbid_unknown_fields=True, kw_only",
        "Struct, kw_only",
        MALFORMED_REQUESTS,
    ),
    Mutant(
        "size of a body is not limited",
        REQUEST,
        "        if len(body) > MAX_BODY_BYTES:",
        "        if len(body) > 99 * MAX_BODY_BYTES:",
        f"{ROUTER_TESTS}::test_body_is_limited_to_64_kilobytes",
    ),
    Mutant(
        "body of exactly the maximum size is rejected",
        REQUEST,
        "        if len(body) > MAX_BODY_BYTES:",
        "        if len(body) >= MAX_BODY_BYTES:",
        f"{ROUTER_TESTS}::test_body_is_limited_to_64_kilobytes",
    ),
    Mutant(
        "invalid base64 is decoded leniently",
        REQUEST,
        "base64.b64decode(text, validate=True)",
        "base64.b64decode(text)",
        f"{FIELD_TESTS}::test_invalid_base64_body_is_rejected",
    ),
    Mutant(
        "first value of a repeated parameter is used",
        REQUEST,
        "if len(given) != 1]",
        "if len(given) < 1]",
        f"{ROUTER_TESTS}::test_repeated_parameter_is_rejected",
    ),
    Mutant(
        "lone surrogates are accepted",
        REQUEST,
        "        undecodable = [name for name, given in flat.items() "
        "if not _is_text(name + given)]\n",
        "        undecodable = list[str]()\n",
        f"{FIELD_TESTS}::test_lone_surrogate_in_keywords_is_rejected",
    ),
    Mutant(
        "shape of an event is not checked",
        ROUTER,
        "                check_shape(event)\n",
        "",
        MALFORMED_EVENTS,
    ),
    Mutant(
        "any path parameter is looked up",
        ROUTER,
        "            _check_path_parameters(path_parameters)\n",
        "",
        f"{FIELD_TESTS}::test_invalid_path_parameter_is_not_looked_up",
    ),
    Mutant(
        "deeply nested JSON is an internal error",
        REQUEST,
        "(msgspec.DecodeError, UnicodeDecodeError, RecursionError):\n            raise",
        "(msgspec.DecodeError, UnicodeDecodeError):\n            raise",
        f"{FIELD_TESTS}::test_deeply_nested_body_is_rejected",
    ),
    Mutant(
        "null in a body is ignored",
        f"{LAYER}/http/validation.py",
        "        if value is None:\n",
        "        if value is ...:\n",
        f"{WIRE_TESTS}::test_setting_that_is_null_is_refused_and_changes_nothing",
    ),
    Mutant(
        "only the first wrong field is named",
        REQUEST,
        "    add_wrong_fields(problem, value, schema, source)\n",
        "    del add_wrong_fields\n",
        "tests/unit/http/test_field_errors.py::test_each_wrong_field_is_named_with_its_detail",
    ),
    Mutant(
        "pages of any origin can read the calls of sites",
        f"{LAYER}/http/router.py",
        'if public and method == "GET" else {}',
        'if method == "GET" else {}',
        f"{WIRE_TESTS}::test_every_response_has_its_request_id",
    ),
    Mutant(
        "client chooses the host of URLs in responses",
        f"{LAYER}/http/events.py",
        "f\"https://{context.get('domainName')}",
        "f\"https://{(event.get('headers') or {}).get('Host')}",
        "tests/unit/http/test_events.py::test_url_of_the_api_is_relative_if_the_host_is_unknown",
    ),
    Mutant(
        "last value of a name that occurs twice is used",
        REQUEST,
        "            check_members(body)\n",
        "",
        "tests/integration/api/test_duplicate_names.py"
        "::test_name_that_occurs_twice_is_refused_in_every_body",
    ),
    Mutant(
        "names are compared with the name before only",
        f"{LAYER}/http/validation.py",
        "        names.add(name)\n",
        "        names = {name}\n",
        "tests/unit/http/test_validation.py::test_repeated_name_is_refused_at_any_depth",
    ),
    Mutant(
        "email addresses may have no top-level domain",
        EMAIL,
        "check_deliverability=False, strict=True",
        "check_deliverability=False, strict=True, globally_deliverable=False",
        f"{EMAIL_TESTS}::test_other_text_is_refused",
    ),
    Mutant(
        "quoted local parts are accepted",
        EMAIL,
        "check_deliverability=False, strict=True",
        "check_deliverability=False, strict=True, allow_quoted_local=True",
        f"{EMAIL_TESTS}::test_other_text_is_refused",
    ),
    Mutant(
        "local parts of any length are accepted",
        EMAIL,
        "check_deliverability=False, strict=True",
        "check_deliverability=False",
        f"{EMAIL_TESTS}::test_other_text_is_refused",
    ),
    Mutant(
        "email address is stored as it was sent",
        EMAIL,
        "return checked.normalized",
        "return address",
        f"{EMAIL_TESTS}::test_address_is_normalized",
    ),
    Mutant(
        "email address of a sign-up is not checked",
        "functions/signup/app.py",
        "    email = email_address(payload.email)\n",
        "    email = payload.email\n",
        "tests/integration/api/test_email_addresses.py::test_hostile_address_is_refused_at_sign_up",
    ),
    Mutant(
        "email address in the settings is not checked",
        "functions/site/app.py",
        "    return None if text is None else email_address(text)\n",
        "    return text if email_address else text\n",
        "tests/integration/api/test_email_addresses.py"
        "::test_hostile_address_is_refused_as_a_setting",
    ),
    Mutant(
        "empty site ID is accepted",
        REQUEST,
        "not isinstance(site_id, str) or not site_id or not site_id.isascii()",
        "not isinstance(site_id, str)",
        f"{EVENT_TESTS}::test_request_without_a_site_is_unauthorized",
    ),
    Mutant(
        "any text is an idempotency key",
        "functions/import_items/app.py",
        "if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_CHARS "
        "or not (key.isascii() and key.isprintable()):",
        "if key is None:",
        MALFORMED_REQUESTS,
    ),
    Mutant(
        "authorizer accepts any scheme",
        "functions/authorizer/app.py",
        "if not isinstance(authorization, str) or authorization[: len(BEARER)].lower() != BEARER:",
        "if not isinstance(authorization, str):",
        f"{FIELD_TESTS}::test_api_key_with_another_scheme_is_unauthorized",
    ),
    Mutant(
        "authorizer fails on a header that is not text",
        "functions/authorizer/app.py",
        "if not isinstance(authorization, str) or authorization",
        "if authorization",
        f"{EVENT_TESTS}::test_authorizer_denies_malformed_events",
    ),
    Mutant(
        "call with parameters ignores a body",
        REQUEST,
        "            self._decoded_body(NoInput)\n        return decoded\n",
        "            pass\n        return decoded\n",
        f"{FIELD_TESTS}::test_every_route_refuses_other_members_of_a_body",
    ),
    Mutant(
        "term of a search keeps marks of the writing direction",
        f"{LAYER}/domain/pasted_text.py",
        'in ("Cc", "Cf") and char not in _JOINERS',
        '== "Cc"',
        "tests/unit/http/test_searches.py::test_term_is_one_line_without_control_characters",
    ),
    Mutant(
        "term of a search keeps its line breaks",
        f"{LAYER}/http/searches.py",
        '    line = plain_line(text or "")\n',
        '    line = (text or "").strip()\n',
        "tests/unit/http/test_searches.py::test_term_is_one_line_without_control_characters",
    ),
)
