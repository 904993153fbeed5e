"""The proof's fetch reaches public sites only, and believes nothing but the token."""

from tests.mutation.mutant import LAYER, Mutant

ADDRESSES = f"{LAYER}/security/addresses.py"
FETCH = f"{LAYER}/security/site_verification.py"
SPELLINGS = "tests/unit/security/test_addresses.py"
SOCKETS = "tests/unit/security/test_site_verification.py"
FORGERY = "tests/unit/security/test_site_verification_ssrf.py"
TLS = "tests/unit/security/test_site_verification_tls.py::test_no_other_certificate_does"
NEVER = f"{SPELLINGS}::test_what_is_not_the_public_internet_is_never_asked"
SPECIAL_NETWORKS = "tests/unit/security/test_special_networks.py"
SPECIAL = f"{SPECIAL_NETWORKS}::test_no_address_of_a_special_network_is_asked"
REFUSED = f"{SPELLINGS}::test_what_is_no_public_site_is_refused_naming_the_field"
ONLY_THE_TOKEN = f"{SOCKETS}::test_anything_but_the_token_proves_nothing"

FLAWS = (
    Mutant("multicast is public", ADDRESSES, "address.is_multicast or ", "", NEVER),
    Mutant("6to4 relays are public", ADDRESSES, '        "192.88.99.0/24",', "", SPECIAL),
    Mutant("AS112 over IPv6 is public", ADDRESSES, '        "2620:4f:8000::/48",', "", SPECIAL),
    Mutant("AS112 is public", ADDRESSES, '        "192.175.48.0/24",', "", SPECIAL),
    Mutant(
        "private addresses are public",
        ADDRESSES, "return address.is_global and not odd", "return not odd", NEVER,
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
        f"{SPELLINGS}::test_loopback_is_asked_only_locally",
    ),
    Mutant(
        "http is a site everywhere",
        ADDRESSES, '(("https", "http") if allow_local else ("https",))', '("https", "http")',
        f"{SPECIAL_NETWORKS}::test_http_is_no_site_on_the_port_of_https_either",
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
        f"{SOCKETS}::test_a_name_that_leads_into_a_private_network_is_never_connected_to",
    ),
    Mutant(
        "the name is resolved once more to connect",
        FETCH, "return _Pool(address, site.port)", "return _Pool(site.host, site.port)",
        f"{SOCKETS}::test_the_name_is_resolved_once_and_the_checked_address_is_used",
    ),
    Mutant(
        "a resolver is waited for",
        FETCH, "thread.join(RESOLVE_TIMEOUT)", "thread.join()",
        f"{FORGERY}::test_a_resolver_that_hangs_is_left_in_time",
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
        FETCH, "MAX_BODY_BYTES = 4096", "MAX_BODY_BYTES = 16 * 1024",
        f"{SOCKETS}::test_what_comes_behind_four_kilobytes_is_not_read",
    ),
    Mutant(
        "an answer may be as long as it likes",
        FETCH, "    most = MAX_SITE_RESPONSE_BYTES", "    most = 10**9",
        f"{SOCKETS}::test_a_site_that_answers_without_end_is_left_after_some_kilobytes",
    ),
    Mutant(
        "a packed answer is unpacked",
        FETCH, "decode_content=False", "decode_content=True",
        f"{SOCKETS}::test_a_packed_answer_is_not_unpacked",
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
    Mutant("an error page may show the token", FETCH, "if status == OK and", "if", ONLY_THE_TOKEN),
    Mutant("any certificate is a site's", FETCH, '"CERT_REQUIRED"', '"CERT_NONE"', TLS),
    Mutant(
        "a certificate may be for another name",
        FETCH, "assert_hostname=site.host", "assert_hostname=False", TLS,
    ),
)  # fmt: skip
