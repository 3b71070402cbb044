"""Only what the configuration allows is handed to the system's programs, as one argument."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium.errors import BadPatternError, OpenerOutOfScopeError
from millennium.security.opener_scope import MAX_ADDRESS_CHARS, OpenerScope

USUAL = OpenerScope(allows=True)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/",
        "HTTP://example.com/a?b=c#d",
        "mailto:ada@example.com?subject=x",
        "tel:+441234",
        "mailto:a@b?body=one%0D%0Atwo&attached=1",
    ],
)
def test_web_mail_and_telephone_are_opened(address: str) -> None:
    assert USUAL.check(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "-a",
        "--new-window",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "smb://host/share",
        r"\\host\share",
        "//host/share",
        "/etc/passwd",
        "C:/Windows/system32/calc.exe",
        "javascript:alert(1)",
        "data:text/html,x",
        "millennium://localhost/",
        "vscode://file/etc/passwd",
        "mailto:-x",
        "mailto:a@b?attach=/etc/passwd",
        "mailto:?subject=x&ATTACHMENT=file:///etc/passwd",
        "mailto:?%61ttach=/etc/passwd",
        "mailto:a@b?subject=x%0d%0aBcc:c@d",
        "mailto:a%0ab@c",
        "mailto:%2d-x",
        "mailto:a@b?body=%00",
        "tel:%2d1",
        "mailto://host",
        "tel:-1",
        "https://user@example.com/",
        "https://example.com\\@evil.net/",
        "https:example.com",
        "https://127.1/",
        "https://example.com/\n-x",
        "https://example.com/a b",
        " https://example.com/",
        "https://ex\u0430mple.com/",
        "",
        "https://example.com/" + "x" * MAX_ADDRESS_CHARS,
    ],
)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(OpenerOutOfScopeError):
        USUAL.check(address)


def test_nothing_is_opened_unless_configured() -> None:
    with pytest.raises(OpenerOutOfScopeError):
        OpenerScope(allows=False).check("https://example.com/")


def test_a_pattern_must_match_the_whole_address() -> None:
    scope = OpenerScope(r"https://example\.com/[a-z]*")

    assert scope.check("https://example.com/docs") == "https://example.com/docs"
    with pytest.raises(OpenerOutOfScopeError):
        scope.check("https://example.com/docs/more")


def test_a_pattern_may_allow_another_scheme() -> None:
    assert OpenerScope("vscode://file/.*").check("vscode://file/a.py") == "vscode://file/a.py"


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "javascript:alert(1)", "-x", "c:x", "ms-msdt:/id", "DAV://host/"],
)
def test_a_pattern_never_allows_what_is_never_opened(address: str) -> None:
    with pytest.raises(OpenerOutOfScopeError):
        OpenerScope(".*").check(address)


def test_a_slow_pattern_is_refused() -> None:
    with pytest.raises(BadPatternError):
        OpenerScope("(a+)+")


@given(st.text(max_size=80))
def test_no_text_does_anything_but_pass_or_be_refused(text: str) -> None:
    try:
        USUAL.check(text)
    except OpenerOutOfScopeError:
        return
    assert text.lower().startswith(("http://", "https://", "mailto:", "tel:"))
