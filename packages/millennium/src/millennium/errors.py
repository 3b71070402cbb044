"""Everything that can go wrong in millennium, as one tree.

* MillenniumError ▸ code, number, message, help, location
    * ConfigError ▸ the configuration cannot be used
        * ConfigNotFoundError ▸ no configuration, or no project at all
        * TwoConfigsError ▸ the project is configured in two places
        * ConfigSyntaxError ▸ a file is not TOML or JSON5
        * UnknownKeyError ▸ a key nobody reads
        * MissingKeyError ▸ a key that must be there is not
        * InvalidValueError ▸ the type, the form or the size of a value is wrong
        * MissingAssetsError ▸ the folder with the page does not exist
        * MissingMainError ▸ the file that starts the app does not exist
        * DangerousCspError ▸ a policy that allows foreign or inline scripts
        * CapabilityError ▸ a capability file cannot be used
    * OutsideAssetsError ▸ a path climbs out of the assets
    * DamagedAssetError ▸ an embedded asset is not what was embedded
    * ContextError ▸ the baked context cannot be read
    * IpcError ▸ what page and app say to each other does not get through
        * NotAllowedError ▸ unknown, disabled or not granted: always the same answer
        * WireError ▸ a message is not well-formed
        * TooLargeError ▸ a message is over a limit
        * DocumentGoneError ▸ the page that asked is no longer there
        * PayloadError ▸ JSON cannot carry an event or a channel item
        * ChannelClosedError ▸ its window, page or call ended
        * ChannelFullError ▸ the page is too slow
    * CommandError ▸ raised by the app's own commands: its code and message reach the page
    * CallError ▸ a call of a command came to nothing
        * BadArgumentsError ▸ arguments do not fit the signature
        * CommandFailedError ▸ a command raised something unforeseen
        * CommandAbortedError ▸ the page gave up waiting
        * UnencodableResultError ▸ a command returned what JSON cannot carry
    * RegistrationError ▸ a command cannot be registered
        * BadSignatureError ▸ a parameter's annotation cannot be resolved or decoded
        * DuplicateCommandError ▸ the name is taken
        * ReservedNameError ▸ the name belongs to the framework
        * SealedCommandError ▸ this version cannot encrypt calls
    * ApiDisabledError ▸ a built-in API that the allowlist does not name
    * ScopeError ▸ an argument is outside its scope
        * OutOfScopeError ▸ a path that no pattern allows, or one denies
        * BadPatternError ▸ a scope pattern that could never be meant
    * StateError ▸ no value, or two values, of one type
    * EventNameError ▸ a topic breaks the grammar or is reserved
    * UnknownWindowError ▸ no window has this label
    * AppStateError ▸ the app was asked for something it can do only before, or while, it runs

Exceptions of `millennium_runtime` are a tree of their own and pass through unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS: dict[str, str] = {
    "millennium.failed": "M0100",
    "config.invalid": "M0101",
    "config.not_found": "M0102",
    "config.two_files": "M0103",
    "config.syntax": "M0104",
    "config.unknown_key": "M0105",
    "config.missing_key": "M0106",
    "config.invalid_value": "M0107",
    "config.missing_assets": "M0108",
    "config.missing_main": "M0109",
    "config.dangerous_csp": "M0110",
    "config.capability": "M0111",
    "assets.outside": "M0121",
    "assets.damaged": "M0122",
    "context.damaged": "M0125",
    "ipc.failed": "M0130",
    "ipc.not_allowed": "M0131",
    "ipc.malformed": "M0132",
    "ipc.too_large": "M0133",
    "ipc.document_gone": "M0134",
    "ipc.bad_payload": "M0136",
    "channel.closed": "M0141",
    "channel.full": "M0142",
    "command.error": "M0150",
    "command.bad_args": "M0151",
    "command.failed": "M0152",
    "command.aborted": "M0153",
    "command.bad_result": "M0154",
    "command.invalid": "M0155",
    "command.no_result": "M0159",
    "command.bad_signature": "M0156",
    "command.duplicate": "M0157",
    "command.reserved_name": "M0158",
    "api.disabled": "M0160",
    "command.sealed": "M0161",
    "scope.failed": "M0165",
    "fs.out_of_scope": "M0166",
    "scope.bad_pattern": "M0167",
    "state.failed": "M0170",
    "event.bad_name": "M0171",
    "window.unknown": "M0172",
    "app.state": "M0173",
}
"""Code → number that the command line prints, ``error[M0105]``. A number is never reused."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file; line and column count from 1, 0 means unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``path:line:column``, as far as it is known."""
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


class MillenniumError(Exception):
    """Root of all errors of millennium.

    Attributes:
        code: Stable, dotted, for programs ("config.unknown_key").
        message: What happened, with the offending name; never a secret, never a payload.
        help: What to do next; may be empty.
        location: Where in a file, if a file is to blame.
    """

    code: str = "millennium.failed"

    def __init__(self, message: str, *, help: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.location = location

    @property
    def number(self) -> str:
        """The number of the code ("M0105"); "" for a code that is the app's own."""
        return NUMBERS.get(self.code, "")

    def to_page(self) -> dict[str, str]:
        """Return all that a page may learn about this error."""
        return {"code": self.code, "message": self.message}


class ConfigError(MillenniumError):
    """The configuration cannot be used."""

    code = "config.invalid"


class ConfigNotFoundError(ConfigError):
    """No configuration was found."""

    code = "config.not_found"


class TwoConfigsError(ConfigError):
    """The project is configured in two places."""

    code = "config.two_files"


class ConfigSyntaxError(ConfigError):
    """A file is not what its name says: TOML or JSON5."""

    code = "config.syntax"


class UnknownKeyError(ConfigError):
    """A key nobody reads; most often a misspelt one."""

    code = "config.unknown_key"


class MissingKeyError(ConfigError):
    """A key that must be there is not."""

    code = "config.missing_key"


class InvalidValueError(ConfigError):
    """The type, the form or the size of a value is wrong."""

    code = "config.invalid_value"


class MissingAssetsError(ConfigError):
    """The folder with the page does not exist."""

    code = "config.missing_assets"


class MissingMainError(ConfigError):
    """The file that starts the app does not exist."""

    code = "config.missing_main"


class DangerousCspError(ConfigError):
    """A content security policy that allows foreign or inline scripts."""

    code = "config.dangerous_csp"


class CapabilityError(ConfigError):
    """A capability file cannot be used."""

    code = "config.capability"


class OutsideAssetsError(MillenniumError):
    """A path climbs out of the assets, or is no path at all."""

    code = "assets.outside"


class DamagedAssetError(MillenniumError):
    """An embedded asset is not what was embedded."""

    code = "assets.damaged"


class ContextError(MillenniumError):
    """The baked context cannot be read."""

    code = "context.damaged"


class IpcError(MillenniumError):
    """What page and app say to each other does not get through."""

    code = "ipc.failed"


class NotAllowedError(IpcError):
    """Unknown, disabled or not granted: the page always gets the same answer."""

    code = "ipc.not_allowed"

    def to_page(self) -> dict[str, str]:
        """Return the one answer all denials share; the reason stays in the log."""
        return {"code": self.code, "message": "this page may not do that"}


class WireError(IpcError):
    """A message is not well-formed."""

    code = "ipc.malformed"


class TooLargeError(IpcError):
    """A message, an argument or a batch is over a limit."""

    code = "ipc.too_large"


class DocumentGoneError(IpcError):
    """The page that asked navigated away, crashed or was closed."""

    code = "ipc.document_gone"


class PayloadError(IpcError):
    """JSON cannot carry an event or a channel item."""

    code = "ipc.bad_payload"


class ChannelClosedError(IpcError):
    """The channel's window, page or call ended."""

    code = "channel.closed"


class ChannelFullError(IpcError):
    """Too much is undelivered; wait with ``await channel.send()`` instead."""

    code = "channel.full"


class CommandError(MillenniumError):
    """Raise it in a command: the page's promise rejects with this code and message.

    Args:
        code: Dotted, stable, your own ("notes.not_found").
        message: For the reader of the page's code or for the user; no secrets.
    """

    code = "command.error"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class CallError(MillenniumError):
    """A call of a command came to nothing."""

    code = "command.no_result"


class BadArgumentsError(CallError):
    """The arguments of a call do not fit the signature of its command."""

    code = "command.bad_args"


class CommandFailedError(CallError):
    """A command raised something unforeseen; the log has it under the id in the message."""

    code = "command.failed"


class CommandAbortedError(CallError):
    """The page gave up waiting for this call."""

    code = "command.aborted"


class UnencodableResultError(CallError):
    """A command returned something JSON cannot carry."""

    code = "command.bad_result"


class RegistrationError(MillenniumError):
    """A command cannot be registered."""

    code = "command.invalid"


class BadSignatureError(RegistrationError):
    """A parameter's or the result's annotation cannot be resolved, decoded or encoded."""

    code = "command.bad_signature"


class DuplicateCommandError(RegistrationError):
    """Another command has this name."""

    code = "command.duplicate"


class ReservedNameError(RegistrationError):
    """The name belongs to the framework."""

    code = "command.reserved_name"


class SealedCommandError(RegistrationError):
    """A command wants its calls encrypted, which this version cannot do."""

    code = "command.sealed"


class ApiDisabledError(MillenniumError):
    """A built-in API that the allowlist does not name."""

    code = "api.disabled"


class ScopeError(MillenniumError):
    """An argument is outside its scope."""

    code = "scope.failed"


class OutOfScopeError(ScopeError):
    """A path that no pattern allows, or that one denies."""

    code = "fs.out_of_scope"


class BadPatternError(ScopeError):
    """A scope pattern that could never be meant: relative, climbing, unknown variable."""

    code = "scope.bad_pattern"


class StateError(MillenniumError):
    """No value, or two values, of one type are managed."""

    code = "state.failed"


class EventNameError(MillenniumError):
    """A topic breaks the grammar, or is the framework's own."""

    code = "event.bad_name"


class UnknownWindowError(MillenniumError):
    """No window has this label."""

    code = "window.unknown"


class AppStateError(MillenniumError):
    """The app was asked for something it can do only before, or while, it runs."""

    code = "app.state"
