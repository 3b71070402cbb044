"""Commands: the only functions a page can reach, by exact name, each with a typed signature."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import msgspec

from millennium.errors import (
    BadSignatureError,
    DuplicateCommandError,
    ReservedNameError,
    SealedCommandError,
)
from millennium.ipc.annotations import innermost
from millennium.ipc.invoke import Function, GenericInjectors, Injectors
from millennium.ipc.signature import Kind, Signature, SignatureReader
from millennium.security.allowlist import MODULES, RESERVED_NAMES

How = Literal["inline", "pool", "async"]
Decode = Callable[[bytes | msgspec.Raw], msgspec.Struct]

_IN_CLEAR = frozenset({Kind.BODY, Kind.CHANNEL, Kind.REQUEST})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}(?:[.:][A-Za-z_][A-Za-z0-9_]{0,63})?", re.ASCII)


class Command:
    """One function a page may be allowed to call.

    Attributes:
        name: On no wire; the page's side knows it, the host's table has it.
        function: What runs.
        how: "inline" on the UI thread, "pool" (``def``) or "async" (``async def``).
        is_sealed: Its calls and answers are encrypted.
        is_simple: Takes JSON only, by position: the short way through the bridge.
        signature: How its arguments are made.
        decode: Decoder of its arguments; made at first use, because most commands never run.
    """

    __slots__ = ("decode", "function", "how", "is_sealed", "is_simple", "name", "signature")

    def __init__(
        self, function: Function, signature: Signature, *, how: How, is_sealed: bool = False
    ) -> None:
        self.name: str = signature.name
        self.function: Function = function
        self.signature: Signature = signature
        self.how: How = how
        self.is_sealed: bool = is_sealed
        self.is_simple: bool = all(
            parameter.kind is Kind.VALUE and not parameter.is_keyword_only
            for parameter in signature.parameters
        )
        self.decode: Decode = self._make_and_decode

    def __repr__(self) -> str:
        """Return name and way of running."""
        return f"<Command {self.name} {self.how}>"

    def _make_and_decode(self, json: bytes | msgspec.Raw) -> msgspec.Struct:
        self.decode = self.signature.make_decoder().decode
        return self.decode(json)


class CommandRegistry:
    """All commands of one app, by name. Thread: main."""

    def __init__(
        self,
        injectors: Injectors | None = None,
        generic_injectors: GenericInjectors | None = None,
    ) -> None:
        self._commands: dict[str, Command] = {}
        self._reader = SignatureReader(injectors or {}, generic_injectors or {})

    def add(
        self,
        function: Function,
        *,
        name: str = "",
        inline: bool = False,
        sealed: bool = False,
    ) -> Command:
        """Make `function` a command.

        Args:
            function: ``def`` or ``async def``, with annotations.
            name: "greet", "fs.read_text" or "plugin:command"; "" takes the function's own.
            inline: Run it on the UI thread; only for ``def`` functions that are instant.
            sealed: Encrypt its calls and answers; it takes and returns JSON only.

        Raises:
            BadSignatureError: The signature breaks a rule of `millennium.ipc.signature`.
            DuplicateCommandError: The name is taken.
            ReservedNameError: An own command has the name of a built-in one.
            SealedCommandError: A sealed one takes bytes, a request or a channel, which would
                travel in clear.
        """
        name = name or getattr(function, "__name__", "")
        self._require_free(name)
        how = _how(innermost(function), name, inline)
        signature = self._reader.read(function, name)
        if sealed:
            _require_sealable(signature)
        command = Command(function, signature, how=how, is_sealed=sealed)
        self._commands[name] = command
        return command

    def get(self, name: str) -> Command | None:
        """Return the command of this name."""
        return self._commands.get(name)

    def require_plain(self) -> None:
        """Make sure that no command is sealed.

        Raises:
            SealedCommandError: One is; the message names it.
        """
        for command in self:
            if command.is_sealed:
                raise SealedCommandError(
                    f"command {command.name!r} is sealed, but security.sealed-commands is off",
                    help="turn it on: build ships the encryption only then",
                )

    def names(self) -> frozenset[str]:
        """Return the names of all commands."""
        return frozenset(self._commands)

    def __iter__(self) -> Iterator[Command]:
        """Go through all commands in the order in which they were added."""
        return iter(self._commands.values())

    def __len__(self) -> int:
        """Return how many commands there are."""
        return len(self._commands)

    def _require_free(self, name: str) -> None:
        if _NAME.fullmatch(name) is None:
            message = f"command name {name!r} is not 'name', 'module.name' or 'plugin:name'"
            raise BadSignatureError(message, help="pass name='…' for a function without a name")
        if name in self._commands:
            raise DuplicateCommandError(f"another command is called {name!r}")
        if name in RESERVED_NAMES:
            message = f"command name {name!r} is a built-in command's of the module app"
            raise ReservedNameError(message, help="choose another, or pass name='…'")
        if name.partition(":")[0] in MODULES and ":" in name:
            message = f"{name!r}: a module of the framework has this plug-in's name"
            raise ReservedNameError(message, help="choose another name for the plug-in")


def _require_sealable(signature: Signature) -> None:
    for parameter in signature.parameters:
        if parameter.kind in _IN_CLEAR:
            raise SealedCommandError(
                f"command {signature.name!r} is sealed, and parameter {parameter.name!r} is not "
                "JSON: it would travel in clear",
                help="take the bytes or the channel in a command of its own, not sealed",
            )


def call_function(command: Command, values: Sequence[object]) -> object:
    """Call the command's function with one value per parameter, in the signature's order."""
    if command.is_simple:
        return command.function(*values)
    parameters = command.signature.parameters
    by_name = {
        parameter.name: value
        for parameter, value in zip(parameters, values, strict=True)
        if parameter.is_keyword_only
    }
    return command.function(*values[: len(values) - len(by_name)], **by_name)


def _how(function: Function, name: str, inline: bool) -> How:
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise BadSignatureError(
            f"command {name!r}: a generator has no single result",
            help="take a parameter of type Channel[T] and send to it",
        )
    if not inspect.iscoroutinefunction(function):
        return "inline" if inline else "pool"
    if inline:
        raise BadSignatureError(
            f"command {name!r}: an async function cannot be inline",
            help="inline commands are plain functions that return at once",
        )
    return "async"
