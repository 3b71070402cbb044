"""The permission layer is complete: every known key, every command has one permission, none free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millennium import App
from millennium.config.spelling import to_kebab
from millennium.plugin import Plugin
from millennium.security.allowlist import ALWAYS, COMMANDS, MODULES, VERIFY, Allowlist
from millennium.security.capability import Capability
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.security.permissions import Permissions, permission_of
from millennium.testing import MockApp, mock_app

INVENTORY = {
    "app": "show hide",
    "clipboard": "writeText readText",
    "dialog": "open save message ask confirm",
    "fs": "scope readFile writeFile readDir copyFile createDir removeDir removeFile renameFile exists",
    "globalShortcut": "",
    "http": "scope request",
    "notification": "",
    "os": "",
    "path": "",
    "process": "relaunch relaunchDangerousAllowSymlinkMacos exit",
    "protocol": "assetScope asset",
    "shell": "scope execute sidecar open",
    "window": (
        "create center requestUserAttention setResizable setMaximizable setMinimizable setClosable "
        "setTitle maximize unmaximize minimize unminimize show hide close setDecorations "
        "setAlwaysOnTop setContentProtected setSize setMinSize setMaxSize setPosition "
        "setFullscreen setFocus setIcon setSkipTaskbar setCursorGrab setCursorVisible "
        "setCursorIcon setCursorPosition setIgnoreCursorEvents startDragging print"
    ),
}
"""Module → its keys in the Rust original and the Tauri 1.x it came from, as of 1.8."""

OWN_KEYS = {
    "app": {"exit"},
    "window": {"read"},
    "fs": {"picked_folders"},
    "http": {"private_hosts"},
}
"""Keys of ours that neither of them has."""


class Weather(Plugin):
    """Gives commands of a plug-in."""

    name = "weather"

    def commands(self) -> Iterable[Callable[..., object]]:
        return (today,)


def today() -> str:
    return "rain"


@pytest.fixture(scope="module")
def running() -> Iterator[MockApp]:
    app = App()
    app.command(name="greet")(today)
    app.plugin(Weather())
    with mock_app(app, allowlist={"all": True}) as running:
        yield running


def names(running: MockApp) -> frozenset[str]:
    return running.collected.registry.names()


def snake(name: str) -> str:
    return to_kebab(name).replace("-", "_")


def test_there_is_no_module_but_the_known_ones_and_events() -> None:
    assert {snake(module) for module in INVENTORY} | {"event"} == MODULES


@pytest.mark.parametrize("module", INVENTORY)
def test_a_module_has_the_known_keys_and_our_own(module: str) -> None:
    section = getattr(Allowlist(), snake(module))
    known = {snake(key) for key in INVENTORY[module].split()}
    keys = set(section.__struct_fields__) - {"all"}
    assert known - keys == set()
    assert keys - known <= OWN_KEYS.get(module, set())


def test_every_command_that_is_registered_is_known_to_the_allowlist(running: MockApp) -> None:
    assert names(running) - {"greet", "weather:today"} == Allowlist(all=True).commands()


def test_every_command_has_a_permission_of_its_own_that_a_file_can_name(running: MockApp) -> None:
    permissions = {name: permission_of(name) for name in names(running)}
    assert len(set(permissions.values())) == len(permissions)
    Capability(permissions=tuple(permissions.values()))


def test_no_command_passes_an_empty_capability(running: MockApp) -> None:
    empty = Permissions(Allowlist(all=True), (Capability(),))
    assert empty.granted("main", APP_ORIGIN, names(running)) == frozenset()


@pytest.mark.parametrize(
    "name", sorted({*Allowlist(all=True).commands(), "greet", "weather:today"})
)
def test_a_command_is_granted_by_its_permission_alone(name: str, running: MockApp) -> None:
    single = Permissions(Allowlist(all=True), (Capability(permissions=(permission_of(name),)),))
    assert single.granted("main", APP_ORIGIN, names(running)) == {name}


@pytest.mark.parametrize(
    "name", sorted({*Allowlist(all=True).commands(), "greet", "weather:today"})
)
@pytest.mark.parametrize("shape", ["itself", "star"])
def test_a_denial_takes_a_command_from_whoever_gives_it(
    name: str, shape: str, running: MockApp
) -> None:
    permission = permission_of(name)
    every = f"{permission.partition(':')[0]}:*"
    files = (
        Capability(permissions=(permission, every)),
        Capability(windows=("mai?",), deny=(permission if shape == "itself" else every,)),
    )
    found = Permissions(Allowlist(all=True), files)
    assert name not in found.granted("main", APP_ORIGIN, names(running))
    assert name in found.granted("other", APP_ORIGIN, names(running))


@pytest.mark.parametrize("module", sorted(COMMANDS))
def test_what_the_allowlist_has_off_no_capability_turns_on(module: str, running: MockApp) -> None:
    generous = Capability(permissions=(f"{module}:*",))
    granted = Permissions(Allowlist(), (generous,)).granted("main", APP_ORIGIN, names(running))
    assert {name for name in granted if name.startswith(f"{module}.")} <= set(ALWAYS)


def test_the_verification_door_is_no_command(running: MockApp) -> None:
    assert VERIFY not in names(running)


def test_a_foreign_origin_has_nothing_without_a_file(running: MockApp) -> None:
    foreign = Origin("https", "example.org", 443)
    open_door = Permissions(Allowlist(all=True), ())
    assert open_door.granted("main", foreign, names(running)) == frozenset()


WORD = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,63}", fullmatch=True)


@given(WORD, WORD)
def test_a_file_can_name_whatever_a_plugin_may_be_called(plugin: str, command: str) -> None:
    Capability(permissions=(permission_of(f"{plugin}:{command}"), f"{plugin}:*"))


@given(WORD)
def test_a_file_can_name_whatever_an_own_command_may_be_called(command: str) -> None:
    Capability(permissions=(permission_of(command),))
