"""The proof's fetch reaches public sites only, and believes nothing but the token."""

from tests.planted.flaw import LAYER, Flaw

ADDRESSES = f"{LAYER}/security/addresses.py"
FETCH = f"{LAYER}/security/site_proof.py"
SPELLINGS = "tests/unit/security/test_addresses.py"
SOCKETS = "tests/unit/security/test_site_proof.py"
FORGERY = "tests/unit/security/test_forgery.py"
TLS = "tests/unit/security/test_secure_proof.py::test_no_other_certificate_does"
NEVER = f"{SPELLINGS}::test_what_is_not_the_public_internet_is_never_asked"
SPECIAL_NETWORKS = "tests/unit/security/test_special_networks.py"
SPECIAL = f"{SPECIAL_NETWORKS}::test_no_address_of_a_special_network_is_asked"
REFUSED = f"{SPELLINGS}::test_what_is_no_public_site_is_refused_naming_the_field"
ONLY_THE_TOKEN = f"{SOCKETS}::test_anything_but_the_token_proves_nothing"

FLAWS = (
    Flaw("multicast is public", ADDRESSES, "address.is_multicast or ", "", NEVER),
    Flaw("6to4 relays are public", ADDRESSES, '        "192.88.99.0/24",', "", SPECIAL),
    Flaw("AS112 over IPv6 is public", ADDRESSES, '        "2620:4f:8000::/48",', "", SPECIAL),
    Flaw("AS112 is public", ADDRESSES, '        "192.175.48.0/24",', "", SPECIAL),
    Flaw(
        "private addresses are public",
        ADDRESSES, "return address.is_global and not odd", "return not odd", NEVER,
    ),
    Flaw(
        "all of IPv6 is public",
        ADDRESSES, "address not in _UNICAST_V6:", "address.is_unspecified:", NEVER,
    ),
    Flaw(
        "an IPv4 address inside an IPv6 one is not looked at",
        ADDRESSES, "return is_allowed(address.ipv4_mapped, allow_local=allow_local)",
        "return True", NEVER,
    ),
    Flaw(
        "loopback is a site everywhere",
        ADDRESSES, "        return allow_local\n", "        return True\n",
        f"{SPELLINGS}::test_loopback_is_asked_only_locally",
    ),
    Flaw(
        "http is a site everywhere",
        ADDRESSES, '(("https", "http") if allow_local else ("https",))', '("https", "http")',
        f"{SPECIAL_NETWORKS}::test_http_is_no_site_on_the_port_of_https_either",
    ),
    Flaw(
        "any port is a site's",
        ADDRESSES, "(not allow_local and port != HTTPS_PORT)", "port > 65_535", REFUSED,
    ),
    Flaw(
        "numbers are names",
        ADDRESSES, 'if "." not in encoded or label[0].isdigit():',
        'if "." not in encoded:', REFUSED,
    ),
    Flaw(
        "a user's name may stand before the host's",
        ADDRESSES, "if parts.username is not None or parts.password is not None:",
        "if parts.password:", REFUSED,
    ),
    Flaw(
        "only the first address is checked",
        FETCH, "        for address in addresses:\n", "        for address in addresses[:1]:\n",
        f"{SOCKETS}::test_a_name_that_leads_into_a_private_network_is_never_connected_to",
    ),
    Flaw(
        "the name is resolved once more to connect",
        FETCH, "return _Pool(address, site.port)", "return _Pool(site.host, site.port)",
        f"{SOCKETS}::test_the_name_is_resolved_once_and_the_checked_address_is_used",
    ),
    Flaw(
        "a resolver is waited for",
        FETCH, "thread.join(RESOLVE_TIMEOUT)", "thread.join()",
        f"{FORGERY}::test_a_resolver_that_hangs_is_left_in_time",
    ),
    Flaw(
        "redirects are followed",
        FETCH, "retries=False,\n                redirect=False,",
        "retries=3,\n                redirect=True,",
        "tests/integration/test_signup.py::"
        "test_without_the_token_there_is_no_key_no_site_and_no_secret",
    ),
    Flaw(
        "more than 4 KB are read",
        FETCH, "MAX_READ = 4096", "MAX_READ = 16 * 1024",
        f"{SOCKETS}::test_what_comes_behind_four_kilobytes_is_not_read",
    ),
    Flaw(
        "an answer may be as long as it likes",
        FETCH, "    most = MOST_BYTES", "    most = 10**9",
        f"{SOCKETS}::test_a_site_that_answers_without_end_is_left_after_some_kilobytes",
    ),
    Flaw(
        "a packed answer is unpacked",
        FETCH, "decode_content=False", "decode_content=True",
        f"{SOCKETS}::test_a_packed_answer_is_not_unpacked",
    ),
    Flaw(
        "an answer that begins with the token is one",
        FETCH, "hmac.compare_digest(body.strip(), token.encode())",
        "body.strip().startswith(token.encode())", ONLY_THE_TOKEN,
    ),
    Flaw(
        "an empty answer is one too",
        FETCH, "hmac.compare_digest(body.strip(), token.encode())",
        "token.encode().startswith(body.strip())", ONLY_THE_TOKEN,
    ),
    Flaw("an error page may show the token", FETCH, "if status == OK and", "if", ONLY_THE_TOKEN),
    Flaw("any certificate is a site's", FETCH, "ssl.CERT_REQUIRED", "ssl.CERT_NONE", TLS),
    Flaw(
        "a certificate may be for another name",
        FETCH, "assert_hostname=site.host", "assert_hostname=False", TLS,
    ),
)  # fmt: skip
