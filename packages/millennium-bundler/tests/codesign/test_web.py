"""Requests over HTTPS, to a site of the test's own."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from mac_identities import elliptic_key, pem
from millennium_bundler.codesign import web
from millennium_bundler.codesign.web import Ask, send
from millennium_bundler.errors import SignError
from one_answer import answer_once


def site_certificate() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "site")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=elliptic_key().public_key(),
        serial_number=9,
        not_valid_before=datetime(2024, 1, 1, tzinfo=UTC),
        not_valid_after=datetime(2044, 1, 1, tzinfo=UTC),
    )
    authority = x509.BasicConstraints(ca=True, path_length=None)
    builder = builder.add_extension(host, critical=False).add_extension(authority, critical=True)
    return builder.sign(elliptic_key(), hashes.SHA256())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Answers one request with a status and some bytes; gives the address."""
    path = tmp_path / "site.pem"
    path.write_bytes(pem(elliptic_key(), site_certificate()))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = socket.create_server(("127.0.0.1", 0))  # noqa: TID251 - the site, not the app
    threads: list[threading.Thread] = []

    def answer(status: str, body: bytes) -> None:
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as connection:
            answer_once(connection, status, body)

    def start(status: str, body: bytes) -> str:
        threads.append(threading.Thread(target=answer, args=(status, body)))
        threads[-1].start()
        return f"https://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    threads[-1].join()
    listener.close()


def test_an_answer_is_given(site: Callable[..., str]):
    ask = Ask(method="PUT", url=site("200 OK", b"done"), headers={"a": "b"}, body=b"file")
    assert send(ask) == b"done"


def test_a_refusal_is_said_with_its_words(site: Callable[..., str]):
    with pytest.raises(SignError, match=r"answers 403: no such key"):
        send(Ask(method="GET", url=site("403 Forbidden", b"no such\nkey")))


def test_no_answer_leads_the_key_to_another_place(site: Callable[..., str]):
    status = "302 Found\r\nLocation: http://127.0.0.1:9/elsewhere"
    ask = Ask(method="GET", url=site(status, b""), headers={"Authorization": "Bearer key"})
    with pytest.raises(SignError, match="answers 302"):
        send(ask)


def test_an_answer_that_is_too_long_is_refused(
    site: Callable[..., str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(web, "_MAX_ANSWER_BYTES", 10)
    with pytest.raises(SignError, match="too long"):
        send(Ask(method="GET", url=site("200 OK", bytes(11))))
