"""Site verification over TLS: certificates, SNI and Host header at the checked address."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from amzlinkr.domain.sign_up_errors import SiteNotProven
from amzlinkr.security import site_verification
from amzlinkr.security.addresses import SiteAddress
from amzlinkr.security.site_verification import SiteVerifier
from tests.clock import deadline_in

SECONDS = 10.0
NAME, TOKEN = "shop.example", "the-token"
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)
SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False,
    key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
    decipher_only=False,
)  # fmt: skip


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass
class Authority:
    """Certificate authority of the test. `file` has its root certificate."""

    file: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=new_key)
    name: x509.Name = field(default_factory=lambda: named("The test's authority"))
    follows_rfc_5280: bool = True

    def __post_init__(self) -> None:
        basic = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._builder(self.name, self.key, NOW + DAY).add_extension(
            basic, critical=True
        )
        if self.follows_rfc_5280:
            certificate = certificate.add_extension(self._key_identifier(), critical=False)
            certificate = certificate.add_extension(SIGNS_CERTIFICATES, critical=True)
        signed = certificate.sign(self.key, hashes.SHA256())
        self.file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))

    def certify(
        self, host: str, until: datetime.datetime, folder: Path, *, in_san: bool = True
    ) -> Path:
        """Write a certificate for a host, and its key, to one file.

        Without `in_san` the host is in the common name only, which is obsolete.
        """
        key = new_key()
        builder = self._builder(named(host), key, until)
        if in_san:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        if self.follows_rfc_5280:
            issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                self._key_identifier()
            )
            builder = builder.add_extension(issuer, critical=False)
        signed = builder.sign(self.key, hashes.SHA256())
        file = folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return file

    def _key_identifier(self) -> x509.SubjectKeyIdentifier:
        return x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(until)
        )


@contextlib.contextmanager
def tls_site(certificate: Path) -> Iterator[tuple[int, list[Any]]]:
    """Serve the token over TLS. Yield the port, and the received server names and requests."""
    received: list[Any] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: received.append(name)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        closing = threading.Event()

        def serve() -> None:
            while not closing.is_set():
                # No client within the timeout, or one that rejects the certificate.
                with contextlib.suppress(OSError):
                    answer(server.accept()[0])

        def answer(plain: socket.socket) -> None:
            with plain, context.wrap_socket(plain, server_side=True) as secure:
                received.append(secure.recv(4096).decode())
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(TOKEN)}\r\n\r\n"
                secure.sendall((head + TOKEN).encode())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], received
        finally:
            closing.set()
            thread.join()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority.pem")


def verify(port: int, authorities: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, *options: Any, **more: Any) -> list[Any]:
        return list(real("127.0.0.1" if host == NAME else host, *options, **more))

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    site = SiteAddress(f"{NAME}:{port}", "https", NAME, port, "")
    verifier = SiteVerifier(SECONDS, allow_local=True, authorities=str(authorities))
    verifier.verify(site, "su_1", TOKEN, deadline_in())


@pytest.mark.parametrize("follows_rfc_5280", [True, False])
def test_a_trusted_certificate_for_the_host_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follows_rfc_5280: bool
) -> None:
    """Without key identifiers too: Python 3.13 would refuse that, older versions would not."""
    authority = Authority(tmp_path / "authority.pem", follows_rfc_5280=follows_rfc_5280)
    with tls_site(authority.certify(NAME, NOW + DAY, tmp_path)) as (port, asked):
        verify(port, authority.file, monkeypatch)
    name, request = asked
    assert name == NAME
    assert f"\r\nHost: {NAME}:{port}\r\n" in request


@pytest.mark.parametrize(
    ("host", "until", "trusted"),
    [("other.example", NOW + DAY, True), (NAME, NOW - DAY, True), (NAME, NOW + DAY, False)],
    ids=["another host", "expired", "unknown authority"],
)
def test_no_other_certificate_does(
    host: str,
    until: datetime.datetime,
    trusted: bool,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = Authority(tmp_path / "others.pem")
    with tls_site(authority.certify(host, until, tmp_path)) as (port, asked):
        with pytest.raises(SiteNotProven, match="certificate was not accepted"):
            verify(port, authority.file if trusted else others.file, monkeypatch)
        assert not [text for text in asked if text and "GET" in text]


def test_a_certificate_with_the_host_in_its_common_name_only_is_refused(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = authority.certify(NAME, NOW + DAY, tmp_path, in_san=False)
    with tls_site(certificate) as (port, asked):
        with pytest.raises(SiteNotProven, match="certificate was not accepted"):
            verify(port, authority.file, monkeypatch)
        assert not [text for text in asked if text and "GET" in text]


def test_the_certificate_checks_do_not_depend_on_the_python_version() -> None:
    context = site_verification._ssl_context()

    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
