"""Time stamps: asked for, checked, put into signatures; a real authority answers from this machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from mac_identities import PASSWORD, certificate, p12, pem, rsa_key
from mac_programs import thin
from millennium_bundler.codesign.cms import Signer
from millennium_bundler.codesign.der import OCTET_STRING, SEQUENCE, integer, tlv
from millennium_bundler.codesign.identity import load_identity
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.codesign.timestamp import post_query, timestamper
from millennium_bundler.codesign.verify import verify_macho
from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret
from one_answer import answer_once

CONFIGURATION = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")


def stamping_certificate() -> x509.Certificate:
    key = rsa_key()
    plain = certificate(key, name="Clock")
    purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
    builder = x509.CertificateBuilder(
        issuer_name=plain.issuer,
        subject_name=plain.subject,
        public_key=key.public_key(),
        serial_number=5,
        not_valid_before=plain.not_valid_before_utc,
        not_valid_after=plain.not_valid_after_utc,
    )
    return builder.add_extension(purpose, critical=True).sign(key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[str, bytes], bytes]:
    """Answers as an authority does, by openssl."""
    (tmp_path / "tsa.pem").write_bytes(pem(rsa_key(), stamping_certificate()))
    (tmp_path / "serial").write_text("01")
    (tmp_path / "tsa.cnf").write_text(CONFIGURATION.format(folder=tmp_path))

    def answer(_url: str, query: bytes) -> bytes:
        (tmp_path / "query").write_bytes(query)
        words = ["openssl", "ts", "-reply", "-config", str(tmp_path / "tsa.cnf")]
        files = ["-queryfile", str(tmp_path / "query"), "-out", str(tmp_path / "answer")]
        subprocess.run([*words, *files], check=True, capture_output=True)
        return (tmp_path / "answer").read_bytes()

    return answer


@needs_openssl
def test_a_time_stamp_lies_in_the_signature(authority: Callable[[str, bytes], bytes]):
    identity = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
    signer = Signer(identity=identity, date=0, timestamper=timestamper("http://t", post=authority))
    signed = sign_macho(thin(), CodeOptions(identifier="own", signer=signer), place="a")
    verify_macho(signed.data, place="a")
    assert b"Clock" in signed.data


@needs_openssl
def test_rcodesign_takes_the_time_stamp(authority: Callable[[str, bytes], bytes], tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    identity = load_identity(Secret(p12(rsa_key(), certificate(rsa_key()))), Secret(PASSWORD))
    signer = Signer(identity=identity, date=0, timestamper=timestamper("http://t", post=authority))
    signed = sign_macho(thin(), CodeOptions(identifier="own", signer=signer), place="a")
    (tmp_path / "a").write_bytes(signed.data)
    [found] = other.read_signature(str(tmp_path / "a"))
    signers = found["entity"]["mach_o"]["signature"]["cms"]["signers"]
    assert signers[0]["time_stamp_token"] is not None


@needs_openssl
def test_the_stamp_of_another_signature_is_refused(authority: Callable[[str, bytes], bytes]):
    old: list[bytes] = []

    def replay(url: str, query: bytes) -> bytes:
        old.append(authority(url, query))
        return old[0]

    ask = timestamper("http://t", post=replay)
    ask(b"first")
    with pytest.raises(SignError, match="another signature"):
        ask(b"second")
    with pytest.raises(SignError, match="another signature"):
        ask(b"first")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (tlv(SEQUENCE, tlv(SEQUENCE, integer(2))), "refuses with status 2"),
        (tlv(SEQUENCE, tlv(SEQUENCE, integer(0))), "refuses with status 0"),
        (tlv(SEQUENCE, tlv(SEQUENCE, integer(0)), tlv(OCTET_STRING, b"x")), "damaged"),
        (b"", "damaged"),
        (b"<html>", "damaged"),
    ],
    ids=["rejection", "no token", "no signature", "nothing", "a page"],
)
def test_an_answer_without_a_stamp_is_refused(answer: bytes, words: str):
    with pytest.raises(SignError, match=words) as caught:
        timestamper("http://t", post=lambda _url, _query: answer)(b"x")
    assert caught.value.code == "codesign.timestamp"


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """Answers one query with some bytes; gives the address."""
    listener = socket.create_server(("127.0.0.1", 0))  # noqa: TID251 - the authority, not the app
    threads: list[threading.Thread] = []

    def answer(body: bytes) -> None:
        connection, _ = listener.accept()
        with connection:
            answer_once(connection, "200 OK", body)

    def start(body: bytes) -> str:
        threads.append(threading.Thread(target=answer, args=(body,)))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    threads[-1].join()
    listener.close()


def test_a_query_is_sent_over_the_network(answering: Callable[[bytes], str]):
    assert post_query(answering(b"stamp"), b"query") == b"stamp"


def test_an_answer_that_is_too_long_is_refused(answering: Callable[[bytes], str]):
    with pytest.raises(SignError, match="too long"):
        post_query(answering(bytes(100_000)), b"query")


@pytest.mark.parametrize(
    ("url", "words"),
    [("file:///etc/passwd", "no web address"), ("http://127.0.0.1:1/", "does not answer")],
)
def test_an_address_that_does_not_answer_is_named(url: str, words: str):
    with pytest.raises(SignError, match=words):
        post_query(url, b"")
