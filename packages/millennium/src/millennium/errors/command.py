"""Errors of commands: when one is registered, when one is called."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class CommandError(MillenniumError):
    """Raise it in a command: the page's promise rejects with this code and message.

    Args:
        code: Dotted, stable, your own ("notes.not_found").
        message: For the reader of the page's code or for the user; no secrets.
    """

    code: str = "command.error"

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
    """A function cannot be a command, or a hook: its name, its kind, a parameter or the result."""

    code = "command.bad_signature"


class DuplicateCommandError(RegistrationError):
    """Another command has this name."""

    code = "command.duplicate"


class ReservedNameError(RegistrationError):
    """The name belongs to the framework."""

    code = "command.reserved_name"


class SealedCommandError(RegistrationError):
    """A sealed command would say something in clear, or the app has no sealed commands at all."""

    code = "command.sealed"
