"""What is fuzzed: each target takes bytes and raises only where something is wrong.

A target lets its parser refuse with the errors it names and nothing else, and checks what must hold
for whatever was not refused. ``planted`` has a bug behind six comparisons, each of which only its
coverage tells from the one before: a fuzzer that does not find it sees nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from fuzz_bundler import BUNDLER
from millennium.assets.embedded import pack_asset, unpack_asset
from millennium.assets.html import prepare_html
from millennium.assets.isolation import read_hooks
from millennium.assets.key import AssetKey
from millennium.assets.range import UnsatisfiableRangeError, parse_range
from millennium.assets.resolver import fill_slots
from millennium.config.capabilities import load_capabilities
from millennium.config.load import load_config
from millennium.errors import (
    BadPatternError,
    ConfigError,
    DamagedAssetError,
    IpcError,
    OpenerOutOfScopeError,
    OutOfScopeError,
    OutsideAssetsError,
    UrlOutOfScopeError,
)
from millennium.ipc.wire import decode_batch, decode_extended, decode_verb
from millennium.security.csp import page_policy
from millennium.security.opener_scope import OpenerScope
from millennium.security.origin import Origin
from millennium.security.program_scope import compile_validator
from millennium.security.scope import FsScope
from millennium.security.url_scope import UrlScope
from millennium.security.windows_path import is_plain_path

Target = Callable[[bytes], None]

_API = UrlScope(["https://api.example.com/v1/**", "http://*.example.org:8080/a*/**"])
_FILES = FsScope(["/base/**"], ["/base/denied/**"], {}, require_literal_leading_dot=False)


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """One target.

    Attributes:
        inputs: How many are tried where no time is given.
        seeds: Small inputs to begin with.
    """

    run: Target
    inputs: int
    seeds: tuple[bytes, ...]


def wire(data: bytes) -> None:
    """Read a message of the page, its items' long forms and verbs."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(IpcError):
        for call, handle, raw in decode_batch(text).items:
            assert isinstance(call, int)
            assert isinstance(handle, str)
            with suppress(IpcError):
                decode_extended(raw)
            with suppress(IpcError):
                decode_verb(raw)


def toml(data: bytes) -> None:
    """Read ``millennium.toml``."""
    _config("millennium.toml", data)


def json5(data: bytes) -> None:
    """Read ``.millenniumrc``."""
    _config(".millenniumrc", data)


def package_json(data: bytes) -> None:
    """Read the version that ``package.json`` keeps."""
    (_project("package") / "package.json").write_bytes(data)
    _config("millennium.toml", b'identifier = "org.example.a"\nversion = "package.json"', "package")


def capability(data: bytes) -> None:
    """Read a capability file."""
    folder = _project("capability") / "capabilities"
    folder.mkdir(exist_ok=True)
    (folder / "fuzzed.toml").write_bytes(data)
    with suppress(ConfigError):
        load_capabilities(folder.parent, platform="linux")


def url(data: bytes) -> None:
    """Check an address against a scope, and a pattern against itself."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(UrlOutOfScopeError):
        found = _API.check(text)
        assert found.origin.host.endswith(("api.example.com", ".example.org")), text
        assert str(_API.check(str(found))) == str(found), text
        assert not {"..", "."} & set(found.target.partition("?")[0].split("/")), text
    with suppress(BadPatternError):
        UrlScope([text], [text])
    with suppress(OpenerOutOfScopeError):
        OpenerScope(allows=True).check(text)
    origin = Origin.parse(text)
    assert origin is None or Origin.parse(str(origin)) == origin, text


def path(data: bytes) -> None:
    """Check a path against a scope, and a pattern against itself."""
    text = data.decode("utf-8", "surrogateescape")
    is_plain_path(text)
    with suppress(OutOfScopeError):
        found = str(_FILES.check_read(f"/base/{text}"))
        assert found == "/base" or found.startswith("/base/"), text
        assert not found.startswith("/base/denied/"), text
    with suppress(BadPatternError):
        FsScope([f"/{text}"], [f"/{text}"], {}).is_allowed("/base/a")
    with suppress(OutsideAssetsError):
        assert ".." not in AssetKey.parse(text).path.split("/"), text
    with suppress(UnsatisfiableRangeError):
        part = parse_range(text, 1000)
        assert part is None or (0 <= part.start < part.stop <= 1000), text  # noqa: PLR2004


def policy(data: bytes) -> None:
    """Read a content security policy and a validator."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(ConfigError):
        header = page_policy(text).header(nonce="n")
        assert "\n" not in header, text
        assert "\r" not in header, text
    with suppress(BadPatternError):
        compile_validator(text).fullmatch("a" * 200 + "!")


def asset(data: bytes) -> None:
    """Take a blob of an executable apart."""
    with suppress(DamagedAssetError):
        found = unpack_asset(data, {}, name="fuzzed")
        again = unpack_asset(pack_asset(found), {}, name="fuzzed")
        assert again == found


def html(data: bytes) -> None:
    """Prepare a page."""
    text = data.decode("utf-8", "replace")
    page = prepare_html(text)
    assert list(page.slots) == sorted(page.slots)
    assert all(0 <= slot <= len(page.data) for slot in page.slots)
    fill_slots(page.data, page.slots, "nonce").decode()
    if "nonce" not in text.lower():  # nothing is left out then, and nothing put in
        assert prepare_html(text, imports={}).data == text.encode(), text


def isolation(data: bytes) -> None:
    """Read the index of an isolation folder."""
    folder = _project("isolation")
    (folder / "index.html").write_bytes(data)
    with suppress(ConfigError):
        assert all(isinstance(script, str) for script in read_hooks(folder))


def planted(data: bytes) -> None:
    """Fail where six letters stand, told one by one."""
    if data[:1] != b"p":
        return
    if data[1:2] != b"l":
        return
    if data[2:3] != b"a":
        return
    if data[3:4] != b"n":
        return
    if data[4:5] != b"t":
        return
    if data[5:6] == b"!":
        raise ZeroDivisionError("the planted crash")


def _config(name: str, data: bytes, project: str = "config") -> None:
    root = _project(f"{project}-{name.strip('.')}")
    source = _project(project) / "package.json"
    if source.exists():
        (root / "package.json").write_bytes(source.read_bytes())
    (root / name).write_bytes(data)
    with suppress(ConfigError):
        found = load_config(root, platform="linux").config
        msgspec.json.encode(found)


@cache
def _home() -> Path:
    return Path(tempfile.mkdtemp())  # `fuzz.py` says where, and takes it away


def _project(name: str) -> Path:
    folder = _home() / name
    folder.mkdir(exist_ok=True)
    return folder


TARGETS = MappingProxyType(
    {
        "wire": Fuzzed(
            wire,
            9_000_000,
            (
                b'1 AAAAAAAAAAAAAAAAAAAAAA [[1,"h",{"name":"Ada"}]]',
                b'2 AAAAAAAAAAAAAAAAAAAAAA [[1,"h",[{"a":"b"},{},3,true]]]',
                b'3 t [[1,"",["cancel"]],[2,"",["ack"]],[3,"",["close"]],[4,"",["unknown","x"]]]',
                b'4 t [[0,"",["verify",1.5]],[-1,"",["ready"]],[-1,"",["answer",true,"null"]]]',
            ),
        ),
        "toml": Fuzzed(
            toml,
            120_000,
            (
                b'identifier = "org.example.a"\n[allowlist.fs]\nscope = ["$HOME/*"]\nall = true\n',
                b'identifier = "a.b"\n[[windows]]\nlabel = "main"\nwidth = 3\n[security]\ncsp = "x"',
            ),
        ),
        "json5": Fuzzed(
            json5,
            70_000,
            (
                b'{identifier: "org.example.a", windows: [{label: "main", width: 0x10}], // x\n}',
                b'{"millennium": {"package": {"productName": "a"}, "build": {"distDir": "ui"}}}',
            ),
        ),
        "package_json": Fuzzed(
            package_json, 10_000, (b'{"version": "1.2.3"}', b'{"version": null}')
        ),
        "capability": Fuzzed(
            capability,
            700_000,
            (
                b'windows = ["main"]\npermissions = ["app:*"]\nremote = ["https://a.org"]\n',
                b'[scope.fs]\nallow = ["$HOME/**"]\n[scope.http]\ndeny = ["https://a.org/**"]\n',
            ),
        ),
        "url": Fuzzed(
            url,
            1_100_000,
            (
                b"https://api.example.com/v1/a?b#c",
                b"http://x.example.org:8080/ab/%20c;d",
                b"mailto:a@b?body=x",
                b"https://*.example.com/a*/**",
                b"https://[::1]:80/",
            ),
        ),
        "path": Fuzzed(
            path, 230_000, (b"a/b.txt", b"$HOME/x", b"C:\\a\\CON", b"*/[a-z]**", b"bytes=0-9")
        ),
        "policy": Fuzzed(
            policy,
            550_000,
            (b"default-src 'self'; script-src 'self' https://a.org", b"(a|b)[c-d]{1,3}e?"),
        ),
        "asset": Fuzzed(
            asset,
            14_000_000,
            (
                b'M1\x2c\0\0\0{"mime":"text/plain","etag":"a","size":3}   abc',
                b'M1\x48\0\0\0{"mime":"text/plain","etag":"a","size":3,"compression":"zlib"}xyz',
            ),
        ),
        "html": Fuzzed(
            html,
            450_000,
            (
                b"<!doctype html><head><script nonce>a</script><style nonce='x'>b</style></head>",
                b'<script type="importmap">{"imports":{"a":"b"}}</script><!-- <script> -->',
                b"<svg><style><![CDATA[x]]></style></svg><textarea><script></textarea>",
            ),
        ),
        "isolation": Fuzzed(
            isolation,
            550_000,
            (b"<script>x</script>", b'<script src="hook.js"></script>', b"<!--<script>"),
        ),
        **{name: Fuzzed(*of_bundler) for name, of_bundler in BUNDLER.items()},
    }
)
"""Name → what is fuzzed."""

CONTROL = Fuzzed(planted, 1_000_000, (b"x",))
"""Must fail."""
