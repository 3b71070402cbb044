"""Allowlist and capabilities together grant exactly what the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from millennium.security.allowlist import (
    VERIFY,
    Allowlist,
    FsAllowlist,
    Scope,
    WindowAllowlist,
)
from millennium.security.capability import Capability
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.security.permissions import Permissions, permission_of

REMOTE = Origin("https", "example.org", 443)
NAMES = ("greet", "delete", "app.version", "window.set_title", "window.close", "store:get")
ALLOWLIST = Allowlist(window=WindowAllowlist(set_title=True))


def granted(
    *capabilities: Capability,
    label: str = "main",
    origin: Origin = APP_ORIGIN,
    names: Iterable[str] = NAMES,
) -> frozenset[str]:
    return Permissions(ALLOWLIST, capabilities).granted(label, origin, names)


def test_without_capabilities_our_page_has_allowlist_and_own_commands() -> None:
    assert granted() == {"greet", "delete", "app.version", "window.set_title"}


def test_without_capabilities_a_remote_page_has_nothing() -> None:
    assert granted(origin=REMOTE) == frozenset()


def test_a_window_has_exactly_what_a_capability_names() -> None:
    capability = Capability(windows=("main",), permissions=("app:greet", "window:set-title"))

    assert granted(capability) == {"greet", "window.set_title"}


def test_a_window_no_capability_names_has_nothing() -> None:
    capability = Capability(windows=("main",), permissions=("app:*",))

    assert granted(capability, label="other") == frozenset()


def test_capabilities_add_up() -> None:
    one = Capability(permissions=("app:greet",))
    other = Capability(permissions=("window:*",))

    assert granted(one, other) == {"greet", "window.set_title"}


def test_a_capability_cannot_give_what_the_allowlist_does_not_have() -> None:
    capability = Capability(permissions=("window:close", "window:*"))

    assert "window.close" not in granted(capability)


def test_a_star_gives_all_of_a_module() -> None:
    assert granted(Capability(permissions=("app:*",))) == {"greet", "delete", "app.version"}


def test_a_denial_wins_over_any_permission() -> None:
    generous = Capability(permissions=("app:*", "window:*"))
    strict = Capability(deny=("app:delete", "window:*"))

    assert granted(generous, strict) == {"greet", "app.version"}


def test_a_denial_for_another_window_denies_nothing_here() -> None:
    generous = Capability(permissions=("app:*",))
    elsewhere = Capability(windows=("other",), deny=("app:*",))

    assert "delete" in granted(generous, elsewhere)


def test_a_remote_page_has_what_names_its_origin() -> None:
    capability = Capability(
        local=False, remote=(str(REMOTE),), permissions=("app:greet", "window:*")
    )

    assert granted(capability, origin=REMOTE) == {"greet", "window.set_title"}


def test_a_remote_page_never_has_own_commands_by_a_star() -> None:
    capability = Capability(remote=(str(REMOTE),), permissions=("app:*",))

    assert granted(capability, origin=REMOTE) == {"app.version"}


def test_a_remote_page_has_a_plugins_commands_by_a_star() -> None:
    capability = Capability(remote=(str(REMOTE),), permissions=("store:*",))

    assert granted(capability, origin=REMOTE) == {"store:get"}


def test_another_remote_origin_has_nothing() -> None:
    capability = Capability(remote=(str(REMOTE),), permissions=("app:greet",))

    assert granted(capability, origin=Origin("http", "example.org", 80)) == frozenset()


def test_a_remote_only_capability_gives_our_page_nothing() -> None:
    capability = Capability(local=False, remote=(str(REMOTE),), permissions=("app:greet",))

    assert granted(capability) == frozenset()


def test_a_plugin_must_be_named() -> None:
    assert "store:get" not in granted()
    assert "store:get" in granted(Capability(permissions=("store:get",)))
    assert "store:get" in granted(Capability(permissions=("store:*",)))


def test_a_development_server_is_ours_only_when_named() -> None:
    server = Origin("http", "localhost", 5173)
    trusting = Permissions(ALLOWLIST, (), own_origins=(APP_ORIGIN, server))

    assert "greet" in trusting.granted("main", server, NAMES)
    assert granted(origin=server) == frozenset()


def test_an_isolated_window_is_at_home_on_its_own_host_only() -> None:
    home = Origin("millennium", "settings.localhost")

    assert "greet" in granted(label="settings", origin=home)
    assert granted(label="main", origin=home) == frozenset()


def test_verification_is_our_own_page_s_alone() -> None:
    capability = Capability(remote=(str(REMOTE),), permissions=("app:*", "app:verify"))

    assert granted(capability, names=(VERIFY,)) == {VERIFY}
    assert granted(capability, names=(VERIFY,), origin=REMOTE) == frozenset()


@pytest.mark.parametrize(
    ("name", "permission"),
    [
        ("greet_all", "app:greet_all"),
        ("window.set_title", "window:set-title"),
        ("store:get_all", "store:get_all"),
    ],
)
def test_a_command_has_one_permission(name: str, permission: str) -> None:
    assert permission_of(name) == permission


def test_scopes_add_up_for_our_page_and_denials_reach_everybody(tmp_path: Path) -> None:
    permissions = Permissions(
        Allowlist(fs=FsAllowlist(scope=Scope(allow=("$HOME/a/*",), deny=("$HOME/**/*.key",)))),
        (
            Capability(windows=("main",), scope={"fs": Scope(allow=("$HOME/b/*",))}),
            Capability(windows=("main",), scope={"protocol": Scope()}),
            Capability(windows=("other",), scope={"fs": Scope(allow=("$HOME/c/*",))}),
        ),
    )
    scope = permissions.scope("fs", "main", {"HOME": tmp_path})

    assert scope.is_allowed(tmp_path / "a/x")
    assert scope.is_allowed(tmp_path / "b/x")
    assert not scope.is_allowed(tmp_path / "b/x.key")
    assert not scope.is_allowed(tmp_path / "c/x")


def test_what_another_window_is_denied_is_not_denied_here(tmp_path: Path) -> None:
    permissions = Permissions(
        Allowlist(fs=FsAllowlist(scope=Scope(allow=("$HOME/a/*",)))),
        (Capability(windows=("other",), scope={"fs": Scope(deny=("$HOME/a/x",))}),),
    )

    assert permissions.scope("fs", "main", {"HOME": tmp_path}).is_allowed(tmp_path / "a/x")
    assert not permissions.scope("fs", "other", {"HOME": tmp_path}).is_allowed(tmp_path / "a/x")


@pytest.mark.parametrize(
    ("shared", "is_allowed"), [((), True), (("$HOME/a/*",), False)], ids=["alone", "with-another"]
)
def test_the_strictest_scope_decides_about_hidden_files(
    tmp_path: Path, shared: tuple[str, ...], is_allowed: bool
) -> None:
    open_scope = Scope(allow=("$HOME/b/*",), require_literal_leading_dot=False)
    permissions = Permissions(
        Allowlist(fs=FsAllowlist(scope=shared)), (Capability(scope={"fs": open_scope}),)
    )
    scope = permissions.scope("fs", "main", {"HOME": tmp_path})

    assert scope.is_allowed(tmp_path / "b/.x") is is_allowed


def test_a_picked_folder_hides_its_hidden_files_where_nothing_is_configured(
    tmp_path: Path,
) -> None:
    scope = Permissions(Allowlist(), ()).scope("fs", "main", {})
    scope.grant(tmp_path)

    assert scope.is_allowed(tmp_path / "x")
    assert not scope.is_allowed(tmp_path / ".x")


def test_a_remote_page_has_only_scopes_that_trust_it(tmp_path: Path) -> None:
    permissions = Permissions(
        Allowlist(fs=FsAllowlist(scope=("$HOME/a/*",))),
        (
            Capability(
                local=False, remote=(str(REMOTE),), scope={"fs": Scope(allow=("$HOME/b/*",))}
            ),
        ),
    )
    scope = permissions.scope("fs", "main", {"HOME": tmp_path}, origin=REMOTE)

    assert scope.is_allowed(tmp_path / "b/x")
    assert not scope.is_allowed(tmp_path / "a/x")


def test_the_log_can_say_what_would_allow_a_call() -> None:
    local = Permissions(Allowlist(), ()).explain("main", APP_ORIGIN, "window.close")
    remote = Permissions(Allowlist(), ()).explain("a/b", REMOTE, "greet")
    missing = Permissions(Allowlist(), (Capability(windows=("x",)),)).explain(
        "main", APP_ORIGIN, "greet"
    )

    assert "[allowlist.window]" in local
    assert "capabilities/a-b.toml" in remote
    assert 'remote = ["https://example.org"]' in remote
    assert missing.splitlines()[1:] == ['windows = ["main"]', 'permissions = ["app:greet"]']
