"""The localhost plug-in, asked through raw sockets: what no browser would send, too."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from millennium.assets.directory import DirectoryAssets
from millennium.config.schema import Config, SecurityConfig
from millennium.context import Context
from millennium.errors import AppStateError, InvalidValueError
from millennium.handle import AppHandle
from millennium.plugins import http_server
from millennium.plugins.localhost import Localhost
from millennium_runtime.run_event import Exit, Ready

PATIENCE_SECONDS = 10
Ask = Callable[..., bytes]


def handle_of(context: Context) -> AppHandle:
    return cast("AppHandle", SimpleNamespace(context=context))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    ui = tmp_path / "ui"
    ui.mkdir()
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    (ui / "index.html").write_text("<title>home</title><script>a</script>", "utf-8")
    (ui / "nonce.html").write_text("<script nonce>a</script>", "utf-8")
    (ui / "data.bin").write_bytes(b"0123456789")
    (ui / "link").symlink_to(tmp_path / "secret.txt")
    return Context(config=Config(identifier="org.example.app"), assets=DirectoryAssets(ui))


@pytest.fixture
def plugin(context: Context) -> Iterator[Localhost]:
    plugin = Localhost()
    plugin.on_setup(handle_of(context), {})
    yield plugin
    plugin.close()


def send(origin: str, data: bytes, *, keep: bool = False) -> bytes:
    """Return all that is answered to some bytes until the other side closes."""
    address, _, port = origin.removeprefix("http://").partition(":")
    with socket.create_connection((address, int(port)), timeout=PATIENCE_SECONDS) as line:
        line.sendall(data)
        if not keep:
            line.shutdown(socket.SHUT_WR)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture
def ask(plugin: Localhost) -> Ask:
    """Return a function that sends a request and returns the whole answer."""

    def ask(target: str, *headers: str, method: str = "GET", host: str = "") -> bytes:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or plugin.origin[7:]}", *headers]
        return send(plugin.origin, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    return ask


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def names(answer: bytes) -> set[str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode().lower().split("\r\n")[1:]
    return {line.partition(":")[0] for line in lines}


def test_a_page_is_served_under_the_app_s_policy(ask: Ask) -> None:
    answer = ask("/")
    head, _, body = answer.partition(b"\r\n\r\n")

    assert status(answer) == 200
    assert b"<title>home</title>" in body
    assert b"content-security-policy: default-src 'self'; " in head
    assert b"frame-ancestors 'none'" in head
    assert b"connect-src 'self' millennium://localhost" in head
    assert head.count(b"'sha256-") == 2


def test_a_nonce_is_new_each_time(ask: Ask) -> None:
    assert ask("/nonce.html") != ask("/nonce.html")


def test_api_modules_are_those_of_the_app(ask: Ask) -> None:
    assert status(ask("/__millennium/api/core.js")) == 200
    assert status(ask("/__millennium/api/fs.js")) == 404
    assert status(ask("/__millennium/api/none.js")) == 404
    assert status(ask("/__millennium/ipc/")) == 404


def test_a_part_and_a_head_are_answered(ask: Ask) -> None:
    assert ask("/data.bin", "Range: bytes=2-4").endswith(b"\r\n\r\n234")
    assert ask("/data.bin", method="HEAD").endswith(b"\r\n\r\n")
    assert ask("/missing.js", method="HEAD").endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "///etc/passwd",
        "/./../secret.txt",
        "/a/../../secret.txt",
        "/%00",
        "/data.bin%00.html",
        "/link",
        "/C:/secret.txt",
        "/file:///etc/passwd",
        "/%ff",
        "/data.bin/",
        "/?/../secret.txt",
    ],
)
def test_no_path_leads_out(ask: Ask, target: str) -> None:
    answer = ask(target)

    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
    assert b"root:" not in answer
    assert status(answer) in (200, 403, 404)


@pytest.mark.parametrize(
    "target", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%5csecret.txt", "/%00", "/%ff"]
)
def test_a_path_that_tries_to_is_refused(ask: Ask, target: str) -> None:
    assert status(ask(target)) == 403


@pytest.mark.parametrize(
    ("method", "expected"), [("POST", 405), ("PUT", 405), ("OPTIONS", 405), ("TRACE", 405)]
)
def test_only_reading_is_possible(ask: Ask, method: str, expected: int) -> None:
    answer = ask("/", method=method)

    assert status(answer) == expected
    assert b"access-control-allow-origin" not in answer


@pytest.mark.parametrize(
    "host",
    ["evil.org", "localhost", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}"],
)
def test_a_foreign_name_for_this_address_gets_nothing(
    ask: Ask, plugin: Localhost, host: str
) -> None:
    port = plugin.origin.rpartition(":")[2]

    assert status(ask("/", host=host.format(port=port))) == 421


@pytest.mark.parametrize(
    "header",
    [
        "Origin: https://evil.org",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: document",
        "Service-Worker: script",
    ],
)
def test_another_site_gets_nothing(ask: Ask, header: str) -> None:
    assert status(ask("/", header)) == 403


def test_our_own_pages_and_the_user_do(ask: Ask, plugin: Localhost) -> None:
    document = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document"

    assert status(ask("/", f"Origin: {plugin.origin}", "Sec-Fetch-Site: same-origin")) == 200
    assert status(ask("/", "Sec-Fetch-Site: none")) == 200
    assert status(ask("/", document)) == 200


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\r\n\r\n", 400),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 100_000, 431),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 900_000, 431),
    ],
    ids=["absolute", "no-host", "tls", "long-address", "many-headers", "endless", "unread"],
)
def test_what_is_no_request_is_refused(plugin: Localhost, data: bytes, expected: int) -> None:
    answer = send(plugin.origin, data)

    assert status(answer) == expected
    assert names(answer) >= {"content-security-policy", "x-content-type-options", "connection"}


@pytest.mark.parametrize(
    ("target", "headers"),
    [("/", ()), ("/missing.js", ()), ("/..", ()), ("/", ("Origin: null",)), ("/", ("Host: b",)),
     ("/data.bin", ("If-None-Match: *",)), ("/data.bin", ("Range: bytes=99-",))],
    ids=["page", "missing", "outside", "origin", "two-hosts", "unchanged", "part"],
)  # fmt: skip
def test_each_answer_carries_the_policy(ask: Ask, target: str, headers: tuple[str, ...]) -> None:
    assert names(ask(target, *headers)) >= {
        "content-security-policy",
        "x-content-type-options",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "referrer-policy",
    }


def test_one_connection_has_one_answer(plugin: Localhost) -> None:
    request = f"GET /data.bin HTTP/1.1\r\nHost: {plugin.origin[7:]}\r\n\r\n".encode()

    assert send(plugin.origin, request * 3).count(b"HTTP/1.1 ") == 1


def test_a_slow_head_is_given_up(plugin: Localhost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.2)

    assert status(send(plugin.origin, b"GET / HTTP/1.1\r\n", keep=True)) == 408


def test_a_head_that_breaks_off_has_no_answer(plugin: Localhost) -> None:
    assert send(plugin.origin, b"GET / HT") == b""


def test_too_many_connections_are_closed_unheard(
    plugin: Localhost, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 0)
    answer = b""
    with suppress(OSError):  # an end or a reset, by who is quicker
        answer = send(plugin.origin, b"GET / HTTP/1.1\r\n\r\n")
    assert answer == b""
    monkeypatch.undo()
    assert status(ask("/")) == 200


def test_it_listens_on_the_loopback_address_only(plugin: Localhost) -> None:
    port = int(plugin.origin.rpartition(":")[2])
    table = Path("/proc/net/tcp").read_text("ascii") + Path("/proc/net/tcp6").read_text("ascii")
    listening = [line.split()[1] for line in table.splitlines() if line.split()[3] == "0A"]

    assert [place for place in listening if place.endswith(f":{port:04X}")] == [
        f"0100007F:{port:04X}"
    ]


def test_it_stops_with_the_app(context: Context) -> None:
    plugin = Localhost()
    plugin.on_setup(handle_of(context), {})
    origin = plugin.origin
    plugin.on_event(handle_of(context), Ready())
    assert status(send(origin, b"GET / HTTP/1.1\r\n\r\n")) == 400

    plugin.on_event(handle_of(context), Exit())
    plugin.close()
    with pytest.raises(ConnectionRefusedError):
        send(origin, b"")
    with pytest.raises(AppStateError):
        _ = plugin.origin


def test_a_configured_port_is_used_and_a_taken_one_is_an_error(context: Context) -> None:
    first, second = Localhost(), Localhost()
    first.on_setup(handle_of(context), {})
    port = int(first.origin.rpartition(":")[2])
    with pytest.raises(InvalidValueError, match="cannot be used"):
        second.on_setup(handle_of(context), {"port": port})
    first.close()
    second.on_setup(handle_of(context), {"port": port})
    assert second.origin == f"http://127.0.0.1:{port}"
    second.close()


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"port": "17890"}, "whole number"),
        ({"port": True}, "whole number"),
        ({"port": 80}, "not between"),
        ({"port": 65536}, "not between"),
        ({"port": -1}, "not between"),
        ({"host": "0.0.0.0"}, "only 'port'"),
    ],
)
def test_a_wrong_setting_is_an_error(
    context: Context, config: dict[str, object], reason: str
) -> None:
    with pytest.raises(InvalidValueError, match=reason):
        Localhost().on_setup(handle_of(context), config)


def test_the_isolation_pattern_excludes_it(context: Context) -> None:
    with pytest.raises(InvalidValueError, match="isolation frame"):
        Localhost().on_setup(handle_of(replace(context, hooks=("",))), {})


def test_a_policy_that_is_left_as_written_gets_no_address_of_ours(context: Context) -> None:
    security = SecurityConfig(csp="img-src 'self'")
    plugin = Localhost()
    plugin.on_setup(
        handle_of(replace(context, config=Config(identifier="org.example.app", security=security))),
        {},
    )
    request = f"GET / HTTP/1.1\r\nHost: {plugin.origin[7:]}\r\n\r\n".encode()
    answer = send(plugin.origin, request)
    plugin.close()

    assert b"connect-src" not in answer


def test_no_thread_is_left(plugin: Localhost) -> None:
    plugin.close()

    assert "millennium-localhost" not in [thread.name for thread in threading.enumerate()]


def test_its_settings_are_found_by_its_name() -> None:
    assert Localhost().name == "localhost"


def test_it_is_not_loaded_unless_it_is_wanted() -> None:
    code = (
        "import sys; from millennium import App; App();"
        "print([m for m in sys.modules if m.startswith('millennium.plugins')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
