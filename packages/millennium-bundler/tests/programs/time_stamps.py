"""A service of time stamps (RFC 3161) on this machine: `openssl ts` behind a server of HTTP."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import (  # noqa: TID251 - the service, not the app
    BaseHTTPRequestHandler,
    ThreadingHTTPServer,
)
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = """
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass(slots=True, kw_only=True)
class TimeStamps:
    """A service.

    Attributes:
        folder: Of its certificate and key.
        roots: PEM of who issued its certificate.
        url: Where it is asked.
        other_imprint: Whether it stamps a hash that nobody asked about.
        redirect: Where it sends who asks; nowhere when empty.
        asked: What it was asked.
    """

    folder: Path
    roots: Path
    url: str = ""
    other_imprint: bool = False
    redirect: str = ""
    asked: list[bytes] = field(default_factory=list)
    close: Callable[[], None] = lambda: None

    def answer(self, question: bytes) -> bytes:
        """Return the answer of `openssl ts`."""
        self.asked.append(question)
        query, reply = self.folder / "question.tsq", self.folder / "answer.tsr"
        query.write_bytes(question)
        if self.other_imprint:
            words = ["openssl", "ts", "-query", "-digest", "ab" * 32, "-sha256", "-cert"]
            _run(*words, "-out", str(query))
        words = ["openssl", "ts", "-reply", "-config", str(self.folder / "tsa.cnf")]
        files = ["-queryfile", str(query), "-out", str(reply)]
        signer = ["-signer", str(self.folder / "tsa.pem"), "-inkey", str(self.folder / "tsa.key")]
        _run(*words, *files, *signer, "-chain", str(self.roots))
        other = self.folder / "code.pem"
        return _signed_anew(reply, other) if other.exists() else reply.read_bytes()


@contextmanager
def time_stamps(
    folder: Path, *, ended: timedelta | None = None, is_for_code: bool = False
) -> Iterator[TimeStamps]:
    """Run a service.

    Args:
        folder: For its files.
        ended: How long its certificate is no longer valid; it is valid when None.
        is_for_code: Whether its certificate is for programs, too.
    """
    folder.mkdir()
    _certify(folder, ended, is_for_code=is_for_code)
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(POLICY.format(folder=folder))
    service = TimeStamps(folder=folder, roots=folder / "roots.pem")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if service.redirect:
                self.send_response(302)
                self.send_header("Location", service.redirect)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            answer = service.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    service.close = close
    try:
        yield service
    finally:
        close()


def _certify(folder: Path, ended: timedelta | None, *, is_for_code: bool) -> None:
    last = datetime.now(UTC) + timedelta(days=9)
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = certificate(("TSA root", root_key), ("TSA root", root_key), last).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    both = x509.ExtendedKeyUsage([*usage, ExtendedKeyUsageOID.CODE_SIGNING])
    if ended is not None:
        last = datetime.now(UTC) - ended
    own = certificate(("TSA", key), ("TSA root", root_key), last)
    made = {"roots.pem": root, "tsa.pem": own.add_extension(usage, critical=True)}
    if is_for_code:
        made["code.pem"] = own.add_extension(both, critical=True)
    for name, builder in made.items():
        signed = builder.sign(root_key, hashes.SHA256())
        (folder / name).write_bytes(signed.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "tsa.key").write_bytes(pem)


def certificate(
    who: tuple[str, rsa.RSAPrivateKey], issuer: tuple[str, rsa.RSAPrivateKey], last: datetime
) -> x509.CertificateBuilder:
    """Return a certificate that lasts thirty days, before it is signed."""
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (who[0], issuer[0])
    ]
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(who[1].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(last - timedelta(days=30))
        .not_valid_after(last)
    )


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def _signed_anew(reply: Path, own: Path) -> bytes:
    """Return an answer that another certificate has signed, as `openssl ts` would not."""
    token, info = reply.with_name("token"), reply.with_name("info")
    _run("openssl", "ts", "-reply", "-in", str(reply), "-token_out", "-out", str(token))
    cms = ("openssl", "cms", "-binary", "-out")
    _run(*cms, str(info), "-verify", "-noverify", "-inform", "DER", "-in", str(token))
    who = ("-signer", str(own), "-inkey", str(own.with_name("tsa.key")))
    how = ("-sign", "-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-md", "sha256")
    _run(*cms, str(token), *how, *who, "-outform", "DER", "-in", str(info))
    body = bytes.fromhex("3003020100") + token.read_bytes()
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body
