"""A certificate authority of its own: leaves for any host, good ones and one nobody trusts."""

from __future__ import annotations

import base64
import datetime
import hashlib
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM


class Authority:
    """``certificate`` is the file that makes its leaves trusted (``SSL_CERT_FILE``)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Hostile web authority")
        self._contexts: dict[tuple[str, bool], ssl.SSLContext] = {}
        self.certificate = folder / "authority.pem"
        own = _builder(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.certificate.write_bytes(self._signed(own, self._key).public_bytes(_PEM))

    def context(self, host: str, *, trusted: bool = True) -> ssl.SSLContext:
        """A server context for ``host``; an untrusted one signs itself."""
        if (host, trusted) not in self._contexts:
            key = ec.generate_private_key(ec.SECP256R1())
            issuer, signer = (self._name, self._key) if trusted else (_name(host), key)
            builder = _builder(_name(host), issuer, key).add_extension(
                x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
            )
            pem = self._folder / f"{host}-{trusted}.pem"
            private = key.private_bytes(
                _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            pem.write_bytes(private + self._signed(builder, signer).public_bytes(_PEM))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._contexts[host, trusted] = context
        return self._contexts[host, trusted]

    def pin(self, host: str) -> str:
        """The hash by which Chromium trusts this host (--ignore-certificate-errors-spki-list).

        It then is a site like any other, with caches and workers.
        """
        self.context(host)
        leaf = x509.load_pem_x509_certificate((self._folder / f"{host}-True.pem").read_bytes())
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        key = leaf.public_key().public_bytes(serialization.Encoding.DER, form)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()

    @staticmethod
    def _signed(
        builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey
    ) -> x509.Certificate:
        return builder.sign(key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
    )
