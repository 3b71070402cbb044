"""A web address is allowed part by part, at each hop, and at the machine its name leads to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import BadPatternError, UrlOutOfScopeError
from millennium.security.url_scope import MAX_REDIRECTS, MAX_URL_CHARS, UrlScope, require_host

API = UrlScope(["https://api.example.com/v1/**"])


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://api.example.com/v1/**", "https://api.example.com/v1/users/7?full=1"),
        ("https://api.example.com/v1/**", "https://api.example.com/v1"),
        ("https://api.example.com/v1/**", "https://api.example.com/v1/"),
        ("https://api.example.com/v1/**", "https://api.example.com:443/v1/a"),
        ("https://api.example.com/v1/**", "https://api.example.com/v1/a#part"),
        ("https://api.example.com/**", "https://api.example.com"),
        ("https://api.example.com/", "https://api.example.com?q=1"),
        ("https://api.example.com/users/*/name", "https://api.example.com/users/7/name"),
        ("https://api.example.com/v*/x", "https://api.example.com/v12/x"),
        ("https://*.example.com/**", "https://a.b.example.com/x"),
        ("http://localhost:8080/**", "http://localhost:8080/x"),
        ("http://127.0.0.1:8080/**", "http://127.0.0.1:8080/x"),
        ("https://[2001:db8::1]/**", "https://[2001:db8::1]/x"),
        ("https://example.com/é", "https://example.com/%C3%A9"),
    ],
)
def test_what_a_pattern_covers_is_allowed(pattern: str, url: str) -> None:
    UrlScope([pattern]).check(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v1/x",
        "https://api.example.com:8443/v1/x",
        "https://example.com/v1/x",
        "https://api.example.com.evil.net/v1/x",
        "https://evilapi.example.com/v1/x",
        "https://api.example.com./v1/x",
        "https://api.example.com/v2/x",
        "https://api.example.com/v1x",
        "https://api.example.com/",
        "https://api.example.com/v1/../admin",
        "https://api.example.com/v1/%2e%2e/admin",
        "https://api.example.com/v1/%2E./admin",
        "https://api.example.com/v1/..;/admin",
        "https://api.example.com/v1/..%2fadmin",
        "https://api.example.com/v1/%5c..%5cadmin",
        "https://api.example.com/v1/%00",
        "https://api.example.com/v1/%0d%0aHost:x",
        "https://api.example.com/v1/%252e%252e/admin",
        "https://api.example.com/v1/%zz",
        "https://api.example.com\\@evil.net/v1/x",
        "https://api.example.com@evil.net/v1/x",
        "https://user@api.example.com/v1/x",
        "https://evil.net#@api.example.com/v1/x",
        "https://evil.net/https://api.example.com/v1/x",
        "https:///api.example.com/v1/x",
        "https:api.example.com/v1/x",
        "https:/api.example.com/v1/x",
        "//api.example.com/v1/x",
        "/v1/x",
        " https://api.example.com/v1/x",
        "https://api.example.com/v1/x ",
        "ht\ntps://api.example.com/v1/x",
        "https://api.example.com/v1/\tx",
        "https://API.example.com/v1/x",
        "https://api.ex\u0430mple.com/v1/x",
        "https://api%2eexample.com/v1/x",
        "https://api.example.com:0443x/v1/x",
        "https://api.example.com:99999/v1/x",
        "file:///v1/x",
        "ftp://api.example.com/v1/x",
        "javascript://api.example.com/v1/%0aalert(1)",
        "data:text/html,x",
        "millennium://localhost/v1/x",
        "",
        "https://api.example.com/v1/" + "x" * MAX_URL_CHARS,
    ],
)
def test_what_leads_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(UrlOutOfScopeError):
        API.check(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::1%25lo]",
    ],
)
def test_an_address_in_another_spelling_is_refused(host: str) -> None:
    scope = UrlScope(["http://127.0.0.1/**", "http://[::1]/**"])

    with pytest.raises(UrlOutOfScopeError):
        scope.check(f"http://{host}/")


def test_a_host_below_a_name_is_not_the_name_itself() -> None:
    with pytest.raises(UrlOutOfScopeError):
        UrlScope(["https://*.example.com/**"]).check("https://example.com/")


def test_a_star_never_crosses_a_slash() -> None:
    with pytest.raises(UrlOutOfScopeError):
        UrlScope(["https://example.com/*"]).check("https://example.com/a/b")


def test_denial_wins() -> None:
    scope = UrlScope(["https://example.com/**"], deny=["https://example.com/admin/**"])

    scope.check("https://example.com/users")
    with pytest.raises(UrlOutOfScopeError):
        scope.check("https://example.com/admin/users")


@pytest.mark.parametrize(
    "path",
    [
        "//admin/x",
        "/admin//x",
        "/ADMIN/x",
        "/admin;a=1/x",
        "/admin./x",
        "/admin%20/x",
        "/%61dmin/x",
    ],
)
def test_a_denial_sees_every_spelling_that_some_server_takes_for_the_same(path: str) -> None:
    scope = UrlScope(["https://example.com/**"], deny=["https://example.com/admin/**"])

    with pytest.raises(UrlOutOfScopeError):
        scope.check(f"https://example.com{path}")


def test_a_denied_pattern_may_be_written_with_capitals() -> None:
    scope = UrlScope(["https://example.com/**"], deny=["https://example.com/Admin/*.JS"])

    scope.check("https://example.com/admin/a.py")
    with pytest.raises(UrlOutOfScopeError):
        scope.check("https://example.com/admin/a.js")


@pytest.mark.parametrize(
    "name",
    ["%c0%ae%c0%ae", "%ff", "%ef%bc%8e%ef%bc%8e", "a%ef%bc%8fb", "%e2%80%a5", "a%ef%bc%bcb"],
    ids=["overlong dots", "no UTF-8", "wide dots", "wide slash", "two dots", "wide backslash"],
)
def test_a_path_that_some_server_decodes_once_more_is_refused(name: str) -> None:
    with pytest.raises(UrlOutOfScopeError):
        API.check(f"https://api.example.com/v1/{name}/x")


def test_an_empty_scope_allows_nothing() -> None:
    with pytest.raises(UrlOutOfScopeError):
        UrlScope([]).check("https://example.com/")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "https://**",
        "https://*",
        "https://*/**",
        "https://example.com",
        "*://example.com/**",
        "https://exa*mple.com/**",
        "https://*.127.0.0.1/**",
        "https://user@example.com/**",
        "https://example.com/**/x",
        "https://example.com/../x",
        "https://example.com/x?y",
        "https://example.com/%2e",
        "https://Example.com:port/**",
        "file:///**",
        "https://example.com/*a*a*a*a*",
    ],
)
def test_a_pattern_that_could_not_be_meant_is_refused(pattern: str) -> None:
    with pytest.raises(BadPatternError):
        UrlScope([pattern])


def test_a_redirect_within_the_scope_is_followed() -> None:
    asked = API.check("https://api.example.com/v1/old")

    assert str(API.check_redirect(asked, "new?x=1", hops=0)) == "https://api.example.com/v1/new?x=1"


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("", "/v1/deep/old?x"),
        ("#f", "/v1/deep/old?x"),
        ("?y", "/v1/deep/old?y"),
        ("?y#f", "/v1/deep/old?y"),
        ("new", "/v1/deep/new"),
        ("./new", "/v1/deep/new"),
        ("../new?z", "/v1/new?z"),
        ("..", "/v1/"),
        (".", "/v1/deep/"),
        ("a//b", "/v1/deep/a//b"),
        ("/v1//b", "/v1//b"),
        ("/v1/a/../b", "/v1/b"),
        ("/../../v1", "/v1"),
        ("//api.example.com/v1/x", "/v1/x"),
        ("https://api.example.com/v1/x", "/v1/x"),
    ],
)
def test_a_redirect_is_resolved_as_browsers_do(location: str, there: str) -> None:
    asked = API.check("https://api.example.com/v1/deep/old?x")

    found = API.check_redirect(asked, location, hops=0)
    assert str(found) == f"https://api.example.com{there}"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "file:///etc/passwd",
        "//evil.net/v1/x",
        "https://api.example.com:8443/v1/x",
        "http://api.example.com/v1/x",
        "../admin",
        "/admin",
        "%2e%2e/admin",
        "https:new",
        "%2e/../new",
        "%2E%2e/../new",
        "HTTPS://api.example.com/v1/x/../../admin",
        "\\\\evil.net/v1",
        "x\r\nSet-Cookie:y",
    ],
)
def test_a_redirect_out_of_the_scope_is_refused(location: str) -> None:
    asked = API.check("https://api.example.com/v1/old")

    with pytest.raises(UrlOutOfScopeError):
        API.check_redirect(asked, location, hops=0)


def test_redirects_end() -> None:
    asked = API.check("https://api.example.com/v1/old")

    API.check_redirect(asked, "new", hops=MAX_REDIRECTS - 1)
    with pytest.raises(UrlOutOfScopeError, match="more than"):
        API.check_redirect(asked, "new", hops=MAX_REDIRECTS)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "::ffff:5db8:d70e"]
)
def test_a_public_address_is_connected_to(address: str) -> None:
    asked = API.check("https://api.example.com/v1/x")

    assert API.check_address(asked, address) == ipaddress.ip_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "::7f00:1",
        "fec0::1",
        "100::1",
        "2001:db8::1",
        "4000::1",
        "192.88.99.1",
        "no address",
        "",
    ],
)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    asked = API.check("https://api.example.com/v1/x")

    with pytest.raises(UrlOutOfScopeError):
        API.check_address(asked, address)


@pytest.mark.parametrize(
    ("scope", "url", "address"),
    [
        (UrlScope(["http://localhost:8080/**"]), "http://localhost:8080/", "127.0.0.1"),
        (UrlScope(["http://192.168.1.7/**"]), "http://192.168.1.7/", "192.168.1.7"),
        (
            UrlScope(["https://intranet.example/**"], private_hosts=["intranet.example"]),
            "https://intranet.example/",
            "10.0.0.1",
        ),
    ],
    ids=["localhost", "an address", "a listed host"],
)
def test_a_host_named_for_it_may_lead_inside(scope: UrlScope, url: str, address: str) -> None:
    assert str(scope.check_address(scope.check(url), address)) == address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://192.168.1.7/", "127.0.0.1"),
        ("http://93.184.215.14/", "10.0.0.1"),
        ("http://93.184.215.14/", "1.1.1.1"),
        ("http://[::1]/", "127.0.0.1"),
        ("http://localhost/", "10.0.0.1"),
        ("http://localhost/", "169.254.169.254"),
        ("http://localhost/", "1.1.1.1"),
    ],
)
def test_an_address_leads_to_itself_and_localhost_to_this_machine(url: str, address: str) -> None:
    scope = UrlScope([f"{url}**"])

    with pytest.raises(UrlOutOfScopeError):
        scope.check_address(scope.check(url), address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "intranet", "a.example.com", "[::1]"])
def test_a_host_is_listed_word_for_word(host: str) -> None:
    assert require_host(host) == host


@pytest.mark.parametrize(
    "host", ["", "*.example.com", "Example.com", "a.example.com.", "a/b", "a:80", "127.1", "é.com"]
)
def test_what_is_no_host_is_not_listed(host: str) -> None:
    with pytest.raises(BadPatternError, match="no host"):
        require_host(host)
    with pytest.raises(BadPatternError, match="no host"):
        UrlScope([], private_hosts=[host])


def test_a_host_below_a_name_may_not_lead_inside_by_being_listed() -> None:
    scope = UrlScope(["https://*.example.com/**"], private_hosts=["a.example.com"])

    with pytest.raises(UrlOutOfScopeError):
        scope.check_address(scope.check("https://a.example.com/"), "10.0.0.1")


@given(st.text(max_size=200))
def test_no_text_does_anything_but_pass_or_be_refused(text: str) -> None:
    with pytest.raises(UrlOutOfScopeError):
        API.check(text)


SEGMENT = st.sampled_from(["v1", "..", ".", "%2e%2e", "%2f", "a", "", "%5c", "..;x", "%c3%a9", "é"])


@given(st.lists(SEGMENT, max_size=6))
def test_whatever_the_path_nothing_allowed_leaves_the_folder(names: list[str]) -> None:
    url = "https://api.example.com/" + "/".join(names)
    allowed = url.split("/")[3:]
    try:
        API.check(url)
    except UrlOutOfScopeError:
        return
    assert allowed[0] == "v1"
    assert not {"..", ".", "%2e%2e", "%2f", "%5c", "..;x"} & set(allowed)
