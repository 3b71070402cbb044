"""The allowlist turns on exactly what its keys name."""

from __future__ import annotations

import msgspec
import pytest

from millennium.security.allowlist import (
    ALWAYS,
    COMMANDS,
    RESERVED_NAMES,
    Allowlist,
    FsAllowlist,
    Scope,
    WindowAllowlist,
)


def allowlist(tree: dict[str, object]) -> Allowlist:
    return msgspec.convert(tree, Allowlist)


def test_nothing_but_what_is_free_is_on_by_default() -> None:
    assert Allowlist().commands() == frozenset(ALWAYS)
    assert Allowlist().enabled_modules() == {"app", "event"}


def test_a_key_turns_on_its_commands_only() -> None:
    commands = allowlist({"fs": {"read-file": True}}).commands()

    assert commands - frozenset(ALWAYS) == {"fs.read_text", "fs.read_bytes"}


def test_a_key_of_window_brings_the_getters() -> None:
    commands = allowlist({"window": {"set-title": True}}).commands()

    assert {"window.set_title", "window.title", "window.inner_size"} <= commands
    assert "window.close" not in commands


def test_reading_a_window_needs_no_other_key() -> None:
    commands = allowlist({"window": {"read": True}}).commands()

    assert "window.title" in commands
    assert "window.set_title" not in commands


def test_all_of_a_module_turns_on_its_keys_and_no_other_module() -> None:
    found = allowlist({"dialog": {"all": True}})

    assert {"dialog.open", "dialog.save", "dialog.message"} <= found.commands()
    assert found.enabled_modules() == {"app", "event", "dialog"}


def test_all_at_the_root_turns_on_everything() -> None:
    assert Allowlist(all=True).enabled_modules() == {*COMMANDS, "event"}


def test_a_key_without_an_api_is_said() -> None:
    found = allowlist({"shell": {"execute": True, "open": "^https:"}, "fs": {"copy-file": True}})

    assert found.unbuilt_keys() == ("fs.copy_file", "shell.execute")
    assert found.enabled_modules() == {"app", "event"}


@pytest.mark.parametrize("module", sorted(COMMANDS))
def test_each_command_has_a_key_in_the_schema(module: str) -> None:
    section = getattr(Allowlist(), module)

    assert set(COMMANDS[module]) <= set(section.__struct_fields__)


def test_the_names_of_app_commands_are_reserved() -> None:
    asked = {"identifier", "millennium_version", "name", "version"}
    assert asked | {"exit", "hide", "show", "verify"} == RESERVED_NAMES


def test_a_scope_is_a_list_or_a_table() -> None:
    as_list = allowlist({"fs": {"scope": ["$HOME/*"]}})
    as_table = allowlist({"fs": {"scope": {"allow": ["$HOME/*"], "deny": ["$HOME/x"]}}})

    assert as_list.scope("fs") == Scope(allow=("$HOME/*",))
    assert as_table.scope("fs") == Scope(allow=("$HOME/*",), deny=("$HOME/x",))
    assert as_list.scope("window") == Scope()


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="read-fiel"):
        allowlist({"fs": {"read-fiel": True}})


def test_python_builds_it_without_a_file() -> None:
    found = Allowlist(fs=FsAllowlist(read_dir=True), window=WindowAllowlist(close=True))

    assert {"fs.list", "window.close"} <= found.commands()
