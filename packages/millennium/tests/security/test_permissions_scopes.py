"""What each document may ask for, start and open: nothing unless set, and never more than its own."""

from __future__ import annotations

import pytest
from msgspec import convert

from millennium.errors import (
    BadPatternError,
    OpenerOutOfScopeError,
    ProgramOutOfScopeError,
    UrlOutOfScopeError,
)
from millennium.security.allowlist import (
    Allowlist,
    HttpAllowlist,
    Scope,
    ShellAllowlist,
    ShellCommand,
)
from millennium.security.capability import Capability
from millennium.security.origin import Origin
from millennium.security.permissions import Permissions

SITE = Origin("https", "example.org", 443)
FOREIGN = Origin("https", "foreign.example", 443)
REMOTE = ("https://example.org",)


@pytest.fixture
def permissions() -> Permissions:
    allowlist = Allowlist(
        http=HttpAllowlist(
            scope=("https://api.example/**", "http://nas.example/**"),
            private_hosts=("nas.example",),
        ),
        shell=ShellAllowlist(
            scope=(ShellCommand(name="git", cmd="git"), ShellCommand(name="make", cmd="make")),
            open=True,
        ),
    )
    more = {
        "http": Scope(allow=("https://more.example/**",)),
        "opener": Scope(allow=("app-[a-z]+:.*",)),
    }
    less = {
        "http": Scope(deny=("https://api.example/admin/**",)),
        "shell": Scope(deny=("make",)),
        "opener": Scope(deny=("https://bad.example/.*",)),
    }
    remote = {
        "http": Scope(allow=("https://api.example/public/**",)),
        "shell": Scope(allow=("git", "make", "unknown")),
        "opener": Scope(allow=("https://example.org/.*",)),
    }
    return Permissions(
        allowlist,
        (
            Capability(windows=("main",), scope=more),
            Capability(windows=("main",), scope=less),
            Capability(windows=("main", "other"), local=False, remote=REMOTE, scope=remote),
        ),
    )


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("main", "https://api.example/x"),
        ("main", "https://more.example/x"),
        ("other", "https://api.example/admin/x"),
    ],
)
def test_our_pages_ask_for_what_is_set(permissions: Permissions, label: str, url: str) -> None:
    assert str(permissions.url_scope(label).check(url)) == url


@pytest.mark.parametrize(
    ("label", "url"),
    [
        ("main", "https://api.example/admin/x"),
        ("other", "https://more.example/x"),
        ("other", "https://elsewhere.example/"),
    ],
    ids=["denied", "another window's", "nobody's"],
)
def test_our_pages_ask_for_nothing_else(permissions: Permissions, label: str, url: str) -> None:
    with pytest.raises(UrlOutOfScopeError):
        permissions.url_scope(label).check(url)


def test_a_listed_host_may_lead_inside(permissions: Permissions) -> None:
    scope = permissions.url_scope("main")

    assert str(scope.check_address(scope.check("http://nas.example/"), "10.0.0.7")) == "10.0.0.7"
    with pytest.raises(UrlOutOfScopeError):
        scope.check_address(scope.check("https://api.example/x"), "10.0.0.7")


def test_a_remote_origin_asks_for_what_capabilities_give_it(permissions: Permissions) -> None:
    scope = permissions.url_scope("main", origin=SITE)

    scope.check("https://api.example/public/x")
    with pytest.raises(UrlOutOfScopeError):
        scope.check("https://api.example/x")
    with pytest.raises(UrlOutOfScopeError):
        permissions.url_scope("main", origin=FOREIGN).check("https://api.example/public/x")


def test_our_pages_start_the_allowlists_programs(permissions: Permissions) -> None:
    assert permissions.program_scope("main").check("git") == ("git",)
    assert permissions.program_scope("other").check("make") == ("make",)
    with pytest.raises(ProgramOutOfScopeError):
        permissions.program_scope("main").check("make")


def test_a_remote_origin_starts_what_capabilities_give_it(permissions: Permissions) -> None:
    assert permissions.program_scope("main", origin=SITE).check("git") == ("git",)
    assert permissions.program_scope("other", origin=SITE).check("make") == ("make",)
    with pytest.raises(ProgramOutOfScopeError):
        permissions.program_scope("main", origin=SITE).check("make")
    with pytest.raises(ProgramOutOfScopeError):
        permissions.program_scope("main", origin=SITE).check("unknown")
    with pytest.raises(ProgramOutOfScopeError):
        permissions.program_scope("main", origin=FOREIGN).check("git")


def test_our_pages_open_what_is_set(permissions: Permissions) -> None:
    scope = permissions.opener_scope("main")

    assert scope.check("mailto:a@example.org") == "mailto:a@example.org"
    assert scope.check("app-notes:1") == "app-notes:1"
    with pytest.raises(OpenerOutOfScopeError):
        scope.check("HTTPS://BAD.example/x")
    with pytest.raises(OpenerOutOfScopeError):
        scope.check("vscode:1")
    with pytest.raises(OpenerOutOfScopeError):
        permissions.opener_scope("other").check("app-notes:1")


def test_a_remote_origin_opens_what_capabilities_give_it(permissions: Permissions) -> None:
    scope = permissions.opener_scope("main", origin=SITE)

    assert scope.check("https://example.org/x") == "https://example.org/x"
    with pytest.raises(OpenerOutOfScopeError):
        scope.check("mailto:a@example.org")
    with pytest.raises(OpenerOutOfScopeError):
        permissions.opener_scope("main", origin=FOREIGN).check("https://example.org/x")


def test_unset_allows_nothing() -> None:
    unset = Permissions(Allowlist(all=True), ())

    with pytest.raises(UrlOutOfScopeError):
        unset.url_scope("main").check("https://example.org/")
    with pytest.raises(ProgramOutOfScopeError):
        unset.program_scope("main").check("sh")
    with pytest.raises(OpenerOutOfScopeError):
        unset.opener_scope("main").check("https://example.org/")


@pytest.mark.parametrize(
    ("module", "pattern"),
    [
        ("http", "api.example/**"),
        ("http", "https://*/**"),
        ("opener", "(a+)+"),
        ("opener", "("),
        ("shell", ""),
        ("shell", "a\nb"),
        ("protocol", "pictures/**"),
        ("fs", "pictures/**"),
        ("htp", "https://api.example/**"),
        ("window", "x"),
    ],
)
@pytest.mark.parametrize("side", ["allow", "deny"])
def test_a_pattern_that_could_not_be_meant_is_refused_with_the_capability(
    module: str, pattern: str, side: str
) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Capability(scope={module: convert({side: [pattern]}, Scope)})


def test_patterns_of_each_module_are_taken() -> None:
    scopes = {
        "http": Scope(allow=("https://api.example/v1/**",)),
        "opener": Scope(allow=("https://.*",)),
        "shell": Scope(deny=("git",)),
        "protocol": Scope(allow=("$PICTURE/**",)),
    }
    assert Capability(scope=scopes).scope == scopes


def test_a_bad_pattern_of_the_allowlist_is_no_silent_denial() -> None:
    wrong = Permissions(Allowlist(http=HttpAllowlist(scope=("example.org/**",))), ())

    with pytest.raises(BadPatternError):
        wrong.url_scope("main")
