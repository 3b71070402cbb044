"""A certificate that nobody vouches for is refused, whatever the app allows to be visited."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import (  # noqa: TID251 - the test's site, not the app's
    BaseHTTPRequestHandler,
    ThreadingHTTPServer,
)

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from millennium_runtime_webview.webkitgtk import storage
from millennium_runtime_webview.webkitgtk.bindings import Gio, GLib, Native, WebKit2
from millennium_runtime_webview.webkitgtk.webview import _is_cut_handshake

pytestmark = pytest.mark.gui
PIXEL = "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2'><rect width='3' height='2'/></svg>"
FETCH = "fetch('%s/text').then(r => r.text())"
IMAGE = """new Promise(done => { const image = new Image();
    image.onload = () => done('width ' + image.naturalWidth); image.onerror = () => done('refused');
    image.src = '%s/image' })"""


class Site(BaseHTTPRequestHandler):
    """Serves a page, a text and an image to everybody."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        kind, body = ANSWERS.get(self.path, ("text/html", "<title>secret</title>the body"))
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("access-control-allow-origin", "*")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Be silent."""


ANSWERS = {"/text": ("text/plain", "the body"), "/image": ("image/svg+xml", PIXEL)}


class Server(ThreadingHTTPServer):
    """A loopback server behind a certificate of its own making."""

    def __init__(self, certificate) -> None:
        super().__init__(("127.0.0.1", 0), Site)
        self.asked: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Be silent: who refuses the certificate hangs up."""


def make_certificate(path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(pem) + secret)


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "server.pem"
    make_certificate(path)
    return path


@pytest.fixture
def server(certificate):
    server = Server(certificate)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def ignoring(monkeypatch):
    """The control: an engine whose contexts ignore what is wrong with a certificate."""
    configure = storage._configure

    def weaken(context: Native, *, sandboxed: bool) -> Native:
        configure(context, sandboxed=sandboxed).get_website_data_manager().set_tls_errors_policy(
            WebKit2.TLSErrorsPolicy.IGNORE
        )
        return context

    monkeypatch.setattr(storage, "_configure", weaken)


def vouch_for(shown, path) -> None:
    """Have this engine trust one certificate for the loopback host, as a user's store would."""
    certificate = Gio.TlsCertificate.new_from_pem(path.read_text(), -1)
    shown.native(
        lambda w: w.webview.native.get_context().allow_tls_certificate_for_host(
            certificate, "127.0.0.1"
        )
    )


def test_a_page_behind_a_bad_certificate_is_not_loaded(app, server, caplog):
    shown = app.open()
    shown.dispatcher.navigate(f"{server.origin}/")
    shown.wait("failed")
    assert shown.js("[document.title, document.body.innerText]") == ["page", "hello"]
    assert shown.dispatcher.url() == "millennium://localhost/"
    assert server.asked == []
    assert "window 'main' refused a certificate of 127.0.0.1" in caplog.messages


@pytest.mark.parametrize(
    ("url", "domain", "code", "expected"),
    [
        ("https://127.0.0.1/", Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED, True),
        ("http://127.0.0.1/", Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED, False),
        ("https://127.0.0.1/", Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT, False),
        ("https://127.0.0.1/", WebKit2.NetworkError.quark(), WebKit2.NetworkError.CANCELLED, False),
    ],
)
def test_a_cut_handshake_is_a_refused_certificate(url, domain, code, expected):
    error = GLib.Error.new_literal(domain, "Operation was cancelled", int(code))
    assert _is_cut_handshake(url, error) is expected


def test_a_page_cannot_take_itself_there_either(app, server):
    shown = app.open()
    shown.js(f"void (location = '{server.origin}/')")
    shown.wait("failed")
    assert shown.asked[-1] == f"{server.origin}/"
    assert shown.dispatcher.url() == "millennium://localhost/"
    assert server.asked == []


def test_a_first_page_behind_a_bad_certificate_is_nobodys(app, server):
    shown = app.open(url=f"{server.origin}/", loaded=False).wait("failed").wait("finished")
    assert shown.dispatcher.url() == "about:blank"
    assert server.asked == []


@pytest.mark.parametrize(
    ("script", "refusal"), [(FETCH, "failed TypeError"), (IMAGE, "refused")], ids=["fetch", "image"]
)
def test_nothing_behind_a_bad_certificate_reaches_the_page(app, server, script, refusal):
    assert app.open().js(script % server.origin) == refusal
    assert server.asked == []


@pytest.mark.usefixtures("ignoring")
def test_an_engine_that_ignores_it_loads_the_page(app, server):
    shown = app.open()
    shown.dispatcher.navigate(f"{server.origin}/")
    shown.wait("finished", 2)
    assert shown.dispatcher.url() == f"{server.origin}/"
    assert server.asked[0] == "/"


@pytest.mark.usefixtures("ignoring")
@pytest.mark.parametrize(
    ("script", "body"), [(FETCH, "the body"), (IMAGE, "width 3")], ids=["fetch", "image"]
)
def test_an_engine_that_ignores_it_hands_over_what_is_behind(app, server, script, body):
    assert app.open().js(script % server.origin) == body


@pytest.mark.parametrize(
    ("script", "body"), [(FETCH, "the body"), (IMAGE, "width 3")], ids=["fetch", "image"]
)
def test_a_certificate_that_is_trusted_serves(app, server, certificate, script, body):
    shown = app.open()
    vouch_for(shown, certificate)
    assert shown.js(script % server.origin) == body
    assert "failed" not in [load.stage for load in shown.loads]


def test_incognito_and_isolated_windows_refuse_it_too(app, server):
    first = app.open(incognito=True).js(FETCH % server.origin)
    second = app.open(label="second", isolated=True).js(FETCH % server.origin)
    assert [first, second] == ["failed TypeError"] * 2
    assert server.asked == []
