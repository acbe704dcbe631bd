"""TLS of feeds, outputs and the console: which files it is made of, and the context of either side."""

from __future__ import annotations

import ssl
from pathlib import Path

import msgspec
from cryptography import x509


class TlsFiles(msgspec.Struct, frozen=True, kw_only=True):
    """PEM files. certificate, key: ours. authority: who signs the other side's; a server with it demands such a one."""

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None


def tls_context(files: TlsFiles, *, server: bool) -> ssl.SSLContext:
    """The context of one side, TLS 1.2 or later.

    A client verifies the server's name and certificate, by `authority` or else by the machine's own store.

    Raises:
        OSError: a file is missing, or is not what it should be (ssl.SSLError is one).
        ValueError: a server without certificate and key.
    """
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    context = ssl.create_default_context(purpose, cafile=files.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.certificate is not None:
        context.load_cert_chain(files.certificate, files.key)
    elif server:
        raise ValueError("a TLS server needs its certificate")
    if server and files.authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def certified_names(certificate: Path) -> frozenset[str]:
    """The host names and addresses that a certificate (PEM, the first of its file) is for; wildcards are left out.

    Raises:
        OSError, ValueError: it cannot be read, or is none.
    """
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    hosts = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return frozenset(host.lower() for host in hosts if "*" not in host)
