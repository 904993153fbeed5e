"""Mutants of site verification: allowed addresses, and the fetch of the token."""

from tests.mutation.mutant import LAYER, Mutant

ADDRESSES = f"{LAYER}/security/addresses.py"
FETCH = f"{LAYER}/security/site_verification.py"
SEEN = f"{LAYER}/security/seen_responses.py"
ADDRESS_TESTS = "tests/unit/security/test_addresses.py"
SEEN_TESTS = "tests/unit/security/test_seen_responses.py"
FETCH_TESTS = "tests/unit/security/test_site_verification.py"
SSRF_TESTS = "tests/unit/security/test_site_verification_ssrf.py"
TLS = "tests/unit/security/test_site_verification_tls.py::test_no_other_certificate_does"
NOT_PUBLIC = f"{ADDRESS_TESTS}::test_address_outside_the_public_internet_is_rejected"
NETWORK_TESTS = "tests/unit/security/test_addresses_special_purpose.py"
SPECIAL = f"{NETWORK_TESTS}::test_special_purpose_network_is_rejected"
INVALID_URL = f"{ADDRESS_TESTS}::test_invalid_url_is_rejected_with_the_field"
ONLY_THE_TOKEN = f"{FETCH_TESTS}::test_response_without_the_exact_token_is_rejected"

MUTANTS: tuple[Mutant, ...] = (
    Mutant("multicast is public", ADDRESSES, "address.is_multicast or ", "", NOT_PUBLIC),
    Mutant("6to4 relays are public", ADDRESSES, '        "192.88.99.0/24",', "", SPECIAL),
    Mutant("AS112 over IPv6 is public", ADDRESSES, '        "2620:4f:8000::/48",', "", SPECIAL),
    Mutant("AS112 is public", ADDRESSES, '        "192.175.48.0/24",', "", SPECIAL),
    Mutant(
        "private addresses are public",
        ADDRESSES,
        "return address.is_global and not special",
        "return not special",
        NOT_PUBLIC,
    ),
    Mutant(
        "all of IPv6 is public",
        ADDRESSES,
        "address not in _UNICAST_V6:",
        "address.is_unspecified:",
        NOT_PUBLIC,
    ),
    Mutant(
        "IPv4 address inside an IPv6 address is not checked",
        ADDRESSES,
        "return is_allowed(address.ipv4_mapped, allow_local=allow_local)",
        "return True",
        NOT_PUBLIC,
    ),
    Mutant(
        "loopback addresses are always allowed",
        ADDRESSES,
        "        return allow_local\n",
        "        return True\n",
        f"{ADDRESS_TESTS}::test_loopback_address_requires_allow_local",
    ),
    Mutant(
        "http is always allowed",
        ADDRESSES,
        '(("https", "http") if allow_local else ("https",))',
        '("https", "http")',
        f"{ADDRESS_TESTS}::test_http_on_port_443_is_rejected",
    ),
    Mutant(
        "any port is allowed",
        ADDRESSES,
        "(not allow_local and port != HTTPS_PORT)",
        "port > 65_535",
        INVALID_URL,
    ),
    Mutant(
        "numeric host names are allowed",
        ADDRESSES,
        'if "." not in encoded or label[0].isdigit():',
        'if "." not in encoded:',
        INVALID_URL,
    ),
    Mutant(
        "URL can contain a user name",
        ADDRESSES,
        'if "@" in parts.netloc:',
        "if parts.password:",
        INVALID_URL,
    ),
    Mutant(
        "only the first address is checked",
        FETCH,
        "        for address in addresses:\n",
        "        for address in addresses[:1]:\n",
        f"{FETCH_TESTS}::test_host_with_a_private_address_is_not_connected_to",
    ),
    Mutant(
        "host is resolved again to connect",
        FETCH,
        "return _Pool(address, site.port)",
        "return _Pool(site.host, site.port)",
        f"{FETCH_TESTS}::test_host_is_resolved_once_and_the_checked_address_is_used",
    ),
    Mutant(
        "resolver has no timeout",
        FETCH,
        "thread.join(deadline.remaining())",
        "thread.join()",
        f"{SSRF_TESTS}::test_slow_resolver_ends_with_the_timeout",
    ),
    Mutant(
        "redirects are followed",
        FETCH,
        "retries=False,\n                redirect=False,",
        "retries=3,\n                redirect=True,",
        "tests/integration/api/test_signup.py::test_failed_verification_creates_no_site_or_secret",
    ),
    Mutant(
        "more than 4 KB are read",
        FETCH,
        "MAX_TOKEN_BODY_BYTES = 4096",
        "MAX_TOKEN_BODY_BYTES = 16 * 1024",
        f"{FETCH_TESTS}::test_body_is_read_up_to_four_kilobytes",
    ),
    Mutant(
        "length of a response is not limited",
        FETCH,
        "    max_bytes = MAX_SITE_RESPONSE_BYTES",
        "    max_bytes = 10**9",
        f"{FETCH_TESTS}::test_endless_response_is_read_up_to_a_limit[interim responses]",
    ),
    Mutant(
        "compressed response is decompressed",
        FETCH,
        "decode_content=False",
        "decode_content=True",
        f"{FETCH_TESTS}::test_compressed_response_is_not_decompressed",
    ),
    Mutant(
        "response that begins with the token is accepted",
        FETCH,
        "hmac.compare_digest(body.strip(), token.encode())",
        "body.strip().startswith(token.encode())",
        ONLY_THE_TOKEN,
    ),
    Mutant(
        "empty response is accepted",
        FETCH,
        "hmac.compare_digest(body.strip(), token.encode())",
        "token.encode().startswith(body.strip())",
        ONLY_THE_TOKEN,
    ),
    Mutant(
        "error page with the token is accepted",
        FETCH,
        "if response.status == HTTPStatus.OK and is_token:",
        "if is_token:",
        ONLY_THE_TOKEN,
    ),
    Mutant("untrusted certificate is accepted", FETCH, "ssl.CERT_REQUIRED", "ssl.CERT_NONE", TLS),
    Mutant(
        "certificate for another host is accepted",
        FETCH,
        "assert_hostname=site.host",
        "assert_hostname=False",
        TLS,
    ),
    Mutant(
        "time of a verification is not limited",
        FETCH,
        "deadline = deadline.at_most(self._seconds)",
        "deadline = deadline.at_most(60)",
        f"{FETCH_TESTS}::test_slow_response_ends_with_the_timeout",
    ),
    Mutant(
        "problem contains the path of a redirect",
        SEEN,
        'host = urlsplit(urljoin(site.url + "/", location)).hostname or ""',
        "host = location",
        f"{SEEN_TESTS}::test_redirect_is_described_by_its_host",
    ),
    Mutant(
        "problem contains any content type",
        SEEN,
        "    if not _CONTENT_TYPE.fullmatch(media_type):\n",
        "    if not media_type.strip():\n",
        f"{SEEN_TESTS}::test_no_markup_or_control_character_is_passed_on",
    ),
)
