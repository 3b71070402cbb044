"""What a scope allows, a browser's own parser reads in the same way: Node's `URL` is the judge.

Source: https://url.spec.whatwg.org/
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millennium.errors import OpenerOutOfScopeError, UrlOutOfScopeError
from millennium.security.opener_scope import OpenerScope
from millennium.security.origin import Origin
from millennium.security.url_scope import UrlScope

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")

READER = """
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [text, base] = JSON.parse(line);
  let found = null;
  try {
    const { protocol, username, password, hostname, port, pathname, search } = new URL(text, base ?? undefined);
    found = { protocol, username, password, hostname, port, pathname, search };
  } catch {}
  process.stdout.write(JSON.stringify(found) + '\\n');
});
"""
PORTS = {"http:": 80, "https:": 443, "ws:": 80, "wss:": 443}
SCOPE = UrlScope(
    [
        "https://api.example.com/v1/**",
        "http://*.example.org:8080/a*/**",
        "https://127.0.0.1/v1/**",
        "https://[2001:db8::1]/v1/**",
    ]
)
EVERYTHING = UrlScope([f"{scheme}://{host}/**" for scheme in ("http", "https")
                       for host in ("api.example.com", "evil.net", "*.example.org", "127.0.0.1")])  # fmt: skip
MANY = settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Browser:
    """Reads URLs as browsers do."""

    inlet: IO[str]
    outlet: IO[str]

    def read(self, text: str, base: str | None = None) -> dict[str, str] | None:
        self.inlet.write(f"{json.dumps([text, base])}\n")
        self.inlet.flush()
        found: dict[str, str] | None = json.loads(self.outlet.readline())
        return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    node = subprocess.Popen(
        ["node", "-e", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin is not None
    assert node.stdout is not None
    yield Browser(node.stdin, node.stdout)
    node.stdin.close()
    node.wait(10)
    node.stdout.close()


ODD = ["\t", "\n", "\r", "\0", " ", "\\", "/", "@", ":", "%", "#", "?", "\u3002", "\uff0e", "\u00ad",
       "\u200d", "%2f", "%5c", "%2e", "%00", "%09", ";", "|", "^", "<", "'", "[", "]", ".", "\uff0f",
       "\u0430", "A", "%41", "&", "=", "+", "~", "$", ","]  # fmt: skip
SCHEME = st.sampled_from(["https:", "http:", "HTTPS:", "https", "", "ws:", "wss:", "file:", "blob:https:",
                          "javascript:", " https:", "h\nttps:", "ftp:", "millennium:"])  # fmt: skip
SLASHES = st.sampled_from(["//"] * 6 + ["/", "///", "", "\\\\", "/\\", "//\t", "////"])
USER = st.sampled_from(
    [""] * 8 + ["u@", "u:p@", "api.example.com@", "evil.net\\@", "@", ":@", "%40"]
)
HOST = st.sampled_from(
    ["api.example.com"] * 6
    + ["x.example.org", "a.b.example.org", "example.org", "evil.net", "API.example.com", "api.example.com.",
       "api.example.com.evil.net", "api%2eexample.com", "127.0.0.1", "127.1", "0x7f.1", "2130706433",
       "0177.0.0.1", "127.0.0.1.", "[2001:db8::1]", "[2001:DB8::1]", "[2001:db8:0::1]", "[::ffff:127.0.0.1]",
       "xn--pi-fka.example.org", "-a.example.org", "a_.example.org", "*.example.org", "", "localhost",
       "\uff41pi.example.com", "api.example\u3002com", "1.example.org", "0x1", "x..example.org"]
)  # fmt: skip
PORT = st.sampled_from([""] * 5 + [":", ":443", ":0443", ":80", ":8080", ":8443", ":0", ":99999", ":44 3", ":\uff14\uff14\uff13", ":+443"])  # fmt: skip
NAME = st.sampled_from(
    ["v1"] * 4
    + ["a", "ab", "..", ".", "%2e%2e", "%2E.", ".%2e", "", "%2f", "%5c", "..;", "..;x", "a;b", "%c3%a9", "é",
       "%ff", "%c0%ae", "...", "%20", "%252e", "v1%", "|", "a b", "%2e", "..%00", "\t..", "~", "'"]
)  # fmt: skip
TAIL = st.sampled_from(
    ["", "?q", "#f", "?q#f", "?../..", "#/../x", "?a=b&c", "??", "?#", "#?@evil.net/"]
)


@st.composite
def urls(draw: st.DrawFn) -> str:
    """Draw what is nearly, or just, an address."""
    parts = [draw(each) for each in (SCHEME, SLASHES, USER, HOST, PORT)]
    path = "".join(f"/{name}" for name in draw(st.lists(NAME, max_size=4)))
    text = "".join((*parts, path, draw(TAIL)))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(ODD)) + text[at:]
    return text


@st.composite
def locations(draw: st.DrawFn) -> str:
    """Draw what a redirect may say: a whole address or a part of one."""
    if draw(st.booleans()):
        return draw(urls())
    names = "/".join(draw(st.lists(NAME, max_size=4)))
    return (
        draw(st.sampled_from(["", "/", "//", "./", "../", "https:", "?", "#"])) + names + draw(TAIL)
    )


def origin_of(found: dict[str, str]) -> tuple[str, str, int | None]:
    port = int(found["port"]) if found["port"] else PORTS.get(found["protocol"])
    return found["protocol"].removesuffix(":"), found["hostname"], port


def require_same(browser: Browser, text: str, origin: Origin, target: str) -> None:
    found = browser.read(text)
    assert found is not None, text
    assert (found["username"], found["password"]) == ("", ""), text
    assert origin_of(found) == (origin.scheme, origin.host, origin.port), text
    path, _, query = target.partition("?")
    assert unquote(found["pathname"]) == unquote(path), text
    assert unquote(found["search"].removeprefix("?")) == unquote(query), text


@MANY
@given(urls())
def test_an_allowed_address_is_read_alike(browser: Browser, text: str) -> None:
    for scope in (SCOPE, EVERYTHING):
        with suppress(UrlOutOfScopeError):
            found = scope.check(text)
            require_same(browser, text, found.origin, found.target)
            require_same(browser, str(found), found.origin, found.target)


@MANY
@given(urls())
def test_an_allowed_address_is_below_its_pattern_for_a_browser(browser: Browser, text: str) -> None:
    with suppress(UrlOutOfScopeError):
        SCOPE.check(text)
        found = browser.read(text)
        assert found is not None
        scheme, host, port = origin_of(found)
        if host.endswith(".example.org"):
            assert (scheme, port) == ("http", 8080), text
            assert found["pathname"].startswith("/a"), text
        else:
            assert (scheme, port) == ("https", 443), text
            assert host in {"api.example.com", "127.0.0.1", "[2001:db8::1]"}, text
            assert f"{found['pathname']}/".startswith("/v1/"), text


@MANY
@given(locations())
def test_an_allowed_redirect_leads_where_a_browser_would_go(browser: Browser, text: str) -> None:
    base = "https://api.example.com/v1/deep/old?x"
    with suppress(UrlOutOfScopeError):
        found = EVERYTHING.check_redirect(EVERYTHING.check(base), text, hops=0)
        there = browser.read(text, base)
        assert there is not None, text
        assert origin_of(there) == (found.origin.scheme, found.origin.host, found.origin.port), text
        assert unquote(there["pathname"]) == unquote(found.target.partition("?")[0]), text


@MANY
@given(urls())
def test_an_origin_is_a_browsers_origin(browser: Browser, text: str) -> None:
    origin = Origin.parse(text)
    if origin is not None and f"{origin.scheme}:" in PORTS:
        found = browser.read(text)
        assert found is not None, text
        assert origin_of(found) == (origin.scheme, origin.host, origin.port), text


@MANY
@given(urls())
def test_an_opened_address_is_read_alike(browser: Browser, text: str) -> None:
    with suppress(OpenerOutOfScopeError):
        OpenerScope(allows=True).check(text)
        found = browser.read(text)
        origin = Origin.parse(text)
        assert found is not None, text
        assert origin is None or origin_of(found) == (origin.scheme, origin.host, origin.port), text


def test_ordinary_addresses_pass_so_that_the_rest_means_something(browser: Browser) -> None:
    for text in ("https://api.example.com/v1/a?b", "http://x.example.org:8080/ab/c"):
        found = SCOPE.check(text)
        require_same(browser, text, found.origin, found.target)


def test_the_judge_sees_what_differs(browser: Browser) -> None:
    with pytest.raises(AssertionError):
        require_same(browser, "https://evil.net\\@api.example.com/v1",
                     Origin("https", "api.example.com", 443), "/v1")  # fmt: skip
