"""The proof's fetch reaches public sites only, and believes nothing but the token."""

from tests.mutation.mutant import LAYER, Mutant

ADDRESSES = f"{LAYER}/security/addresses.py"
FETCH = f"{LAYER}/security/site_verification.py"
SPELLINGS = "tests/unit/security/test_addresses.py"
SOCKETS = "tests/unit/security/test_site_verification.py"
FORGERY = "tests/unit/security/test_site_verification_ssrf.py"
TLS = "tests/unit/security/test_site_verification_tls.py::test_no_other_certificate_does"
NEVER = f"{SPELLINGS}::test_address_outside_the_public_internet_is_rejected"
SPECIAL_NETWORKS = "tests/unit/security/test_special_purpose_networks.py"
SPECIAL = f"{SPECIAL_NETWORKS}::test_special_purpose_network_is_rejected"
REFUSED = f"{SPELLINGS}::test_invalid_url_is_rejected_with_the_field"
ONLY_THE_TOKEN = f"{SOCKETS}::test_response_without_the_exact_token_is_rejected"

FLAWS = (
    Mutant("multicast is public", ADDRESSES, "address.is_multicast or ", "", NEVER),
    Mutant("6to4 relays are public", ADDRESSES, '        "192.88.99.0/24",', "", SPECIAL),
    Mutant("AS112 over IPv6 is public", ADDRESSES, '        "2620:4f:8000::/48",', "", SPECIAL),
    Mutant("AS112 is public", ADDRESSES, '        "192.175.48.0/24",', "", SPECIAL),
    Mutant(
        "private addresses are public",
        ADDRESSES, "return address.is_global and not special", "return not special", NEVER,
    ),
    Mutant(
        "all of IPv6 is public",
        ADDRESSES, "address not in _UNICAST_V6:", "address.is_unspecified:", NEVER,
    ),
    Mutant(
        "an IPv4 address inside an IPv6 one is not looked at",
        ADDRESSES, "return is_allowed(address.ipv4_mapped, allow_local=allow_local)",
        "return True", NEVER,
    ),
    Mutant(
        "loopback is a site everywhere",
        ADDRESSES, "        return allow_local\n", "        return True\n",
        f"{SPELLINGS}::test_loopback_address_requires_allow_local",
    ),
    Mutant(
        "http is a site everywhere",
        ADDRESSES, '(("https", "http") if allow_local else ("https",))', '("https", "http")',
        f"{SPELLINGS}::test_http_on_port_443_is_rejected",
    ),
    Mutant(
        "any port is a site's",
        ADDRESSES, "(not allow_local and port != HTTPS_PORT)", "port > 65_535", REFUSED,
    ),
    Mutant(
        "numbers are names",
        ADDRESSES, 'if "." not in encoded or label[0].isdigit():',
        'if "." not in encoded:', REFUSED,
    ),
    Mutant(
        "a user's name may stand before the host's",
        ADDRESSES, "if parts.username is not None or parts.password is not None:",
        "if parts.password:", REFUSED,
    ),
    Mutant(
        "only the first address is checked",
        FETCH, "        for address in addresses:\n", "        for address in addresses[:1]:\n",
        f"{SOCKETS}::test_host_with_a_private_address_is_not_connected_to",
    ),
    Mutant(
        "the name is resolved once more to connect",
        FETCH, "return _Pool(address, site.port)", "return _Pool(site.host, site.port)",
        f"{SOCKETS}::test_host_is_resolved_once_and_the_checked_address_is_used",
    ),
    Mutant(
        "a resolver is waited for",
        FETCH, "thread.join(RESOLVE_TIMEOUT_SECONDS)", "thread.join()",
        f"{FORGERY}::test_slow_resolver_ends_with_the_timeout",
    ),
    Mutant(
        "redirects are followed",
        FETCH, "retries=False,\n                redirect=False,",
        "retries=3,\n                redirect=True,",
        "tests/integration/api/test_signup.py::"
        "test_failed_verification_creates_no_site_or_secret",
    ),
    Mutant(
        "more than 4 KB are read",
        FETCH, "MAX_TOKEN_BODY_BYTES = 4096", "MAX_TOKEN_BODY_BYTES = 16 * 1024",
        f"{SOCKETS}::test_body_is_read_up_to_four_kilobytes",
    ),
    Mutant(
        "an answer may be as long as it likes",
        FETCH, "    max_bytes = MAX_SITE_RESPONSE_BYTES", "    max_bytes = 10**9",
        f"{SOCKETS}::test_endless_response_is_read_up_to_a_limit",
    ),
    Mutant(
        "a packed answer is unpacked",
        FETCH, "decode_content=False", "decode_content=True",
        f"{SOCKETS}::test_compressed_response_is_not_decompressed",
    ),
    Mutant(
        "an answer that begins with the token is one",
        FETCH, "hmac.compare_digest(body.strip(), token.encode())",
        "body.strip().startswith(token.encode())", ONLY_THE_TOKEN,
    ),
    Mutant(
        "an empty answer is one too",
        FETCH, "hmac.compare_digest(body.strip(), token.encode())",
        "token.encode().startswith(body.strip())", ONLY_THE_TOKEN,
    ),
    Mutant(
        "an error page may show the token",
        FETCH, "if status == HTTPStatus.OK and", "if", ONLY_THE_TOKEN,
    ),
    Mutant("any certificate is a site's", FETCH, "ssl.CERT_REQUIRED", "ssl.CERT_NONE", TLS),
    Mutant(
        "a certificate may be for another name",
        FETCH, "assert_hostname=site.host", "assert_hostname=False", TLS,
    ),
)  # fmt: skip
