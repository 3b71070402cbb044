"""The table of commands: exact names, no doubles, none of the framework's."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from millennium.errors import (
    BadSignatureError,
    DuplicateCommandError,
    ReservedNameError,
)
from millennium.ipc.channel import Channel
from millennium.ipc.command import CommandRegistry, call_function
from millennium.security.allowlist import MODULES, RESERVED_NAMES


def greet(name: str) -> str:
    return f"Hello, {name}!"


async def wait_a_little(seconds: float) -> None: ...


def numbers() -> Iterator[int]:
    yield 1


async def async_numbers() -> AsyncIterator[int]:
    yield 1


def test_a_function_is_found_by_its_own_name() -> None:
    registry = CommandRegistry()
    command = registry.add(greet)

    assert registry.get("greet") is command
    assert registry.names() == {"greet"}
    assert [*registry] == [command]
    assert len(registry) == 1
    assert repr(command) == "<Command greet pool>"


def test_nothing_is_found_by_another_name() -> None:
    registry = CommandRegistry()
    registry.add(greet)

    assert registry.get("greet.__globals__") is None


def test_a_command_runs_where_its_function_says() -> None:
    registry = CommandRegistry()

    assert registry.add(greet).how == "pool"
    assert registry.add(greet, name="now", inline=True).how == "inline"
    assert registry.add(wait_a_little).how == "async"
    assert registry.add(functools.partial(wait_a_little), name="later").how == "async"


def test_a_partial_needs_a_name() -> None:
    registry = CommandRegistry()
    partial = functools.partial(greet, name="Ada")

    with pytest.raises(BadSignatureError, match="command name ''"):
        registry.add(partial)
    assert registry.add(partial, name="ada").name == "ada"


def test_arguments_are_decoded_at_the_first_call() -> None:
    command = CommandRegistry().add(greet)

    assert command.decode(b'{"name":"Ada"}') == command.decode(b'{"name":"Ada"}')


@pytest.mark.parametrize("name", ["fs.read_text", "plugin:go", "_x", "x1"])
def test_names_of_modules_and_plugins_are_taken(name: str) -> None:
    assert CommandRegistry().add(greet, name=name).name == name


@pytest.mark.parametrize("name", ["a b", "a\nb", "1a", "a.b.c", ".a", "a" * 65, "é", '"'])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(BadSignatureError, match="command name"):
        CommandRegistry().add(greet, name=name)


def test_a_name_is_taken_once() -> None:
    registry = CommandRegistry()
    registry.add(greet)

    with pytest.raises(DuplicateCommandError, match="'greet'"):
        registry.add(wait_a_little, name="greet")


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_names_of_the_built_in_app_commands_are_reserved(name: str) -> None:
    with pytest.raises(ReservedNameError, match=name):
        CommandRegistry().add(greet, name=name)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_plugin_may_not_share_permissions_with_a_module(module: str) -> None:
    with pytest.raises(ReservedNameError, match="plug-in"):
        CommandRegistry().add(greet, name=f"{module}:close")


def test_the_built_in_commands_themselves_have_them() -> None:
    assert CommandRegistry().add(greet, name="app.version").name == "app.version"


def test_a_coroutine_cannot_be_inline() -> None:
    with pytest.raises(BadSignatureError, match="inline"):
        CommandRegistry().add(wait_a_little, inline=True)


@pytest.mark.parametrize("function", [numbers, async_numbers])
def test_a_generator_is_refused_with_a_hint(function: Callable[..., object]) -> None:
    with pytest.raises(BadSignatureError, match="generator") as caught:
        CommandRegistry().add(function)

    assert "Channel" in caught.value.help


def test_keyword_only_parameters_are_passed_by_name() -> None:
    def f(a: int, to: Channel[int] | None = None, *, b: int = 2) -> tuple[object, ...]:
        return a, to, b

    command = CommandRegistry().add(f)

    assert not command.is_simple
    assert call_function(command, [1, None, 3]) == (1, None, 3)


def test_simple_commands_are_called_by_position() -> None:
    command = CommandRegistry().add(greet)

    assert command.is_simple
    assert call_function(command, ("Ada",)) == "Hello, Ada!"
