"""Where a key or a password comes from: a file, a variable, a token, or a command that prints it.

Rules:

1. Exactly one place is named; none at all means that nothing is configured.
2. A variable holds the key's text, or the path of a file that does. An empty one holds no key: where a workflow
   has no such secret, it sets the variable all the same. A password may be empty.
3. A command is a list of words, run without a shell. It reads nothing and prints the secret; one line end at
   the end is taken off. Exit code 0, or it failed; what it prints on stderr is shown. So `pass show KEY`,
   `gopass`, `op read`, `vault kv get -field=…` and `secret-tool lookup` fit as they are.
4. A token is named by a PKCS#11 URI (RFC 7512), and its key never leaves it: the signing tool opens the token.
   A PIN in the URI would be seen on a command line, so it is refused: name it by a key setting of its own.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.tool import ToolCall, run_tool

MAX_KEY_BYTES = 1024 * 1024

_MAX_PATH_CHARS = 4096
# https://www.rfc-editor.org/rfc/rfc7512#section-2.3
_PIN = re.compile(r"[?&;](pin-value|pin-source)=", re.IGNORECASE)
_KEY_TEXT = re.compile(r"-----BEGIN|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKey:
    """A secret in a file."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableKey:
    """A secret in a variable, or in the file whose path the variable holds."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandKey:
    """A secret that a command prints.

    Attributes:
        words: Of the command.
        hidden: Variables that it must not get.
    """

    words: tuple[str, ...]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key that stays in a token; only its name is known."""

    uri: str

    def __post_init__(self) -> None:
        """Refuse what is no PKCS#11 URI, or holds a PIN.

        Raises:
            SignError: It is.
        """
        if not self.uri.startswith("pkcs11:") or not self.uri.isprintable() or " " in self.uri:
            raise SignError(
                "the name of a token's key is no PKCS#11 URI",
                code="sign.settings",
                help="write one such as pkcs11:token=Release;object=signing;type=private",
            )
        if _PIN.search(self.uri):  # (4)
            raise SignError(
                "the PKCS#11 URI holds a PIN, which others could read",
                code="sign.settings",
                help="take it out, and name where the PIN comes from as the password",
            )


KeySource: TypeAlias = FileKey | VariableKey | CommandKey | TokenKey


def read_password(source: KeySource, *, what: str) -> Secret:
    """Fetch a password: as `read_secret`, but a variable's text is never taken for a path.

    One line end at the end of a file is taken off.
    """
    match source:
        case VariableKey():
            return _limited(os.fsencode(_variable(source, what, may_be_empty=True)), what)
        case FileKey():
            value = read_secret(source, what=what).reveal()
            return Secret(value.removesuffix(b"\n").removesuffix(b"\r"))
        case _:
            return read_secret(source, what=what)


def read_secret(source: KeySource, *, what: str) -> Secret:
    """Fetch a secret from where it lies.

    Args:
        source: The place.
        what: Its name in errors, such as "minisign key".

    Raises:
        SignError: It is not there, is too large, or never leaves its token.
    """
    match source:
        case FileKey():
            return _of_file(source.path, what)
        case VariableKey():
            return _of_variable(source, what)
        case CommandKey():
            return _of_command(source, what)
        case TokenKey():
            raise SignError(
                f"the {what} cannot be read: it is in a token",
                code="sign.unsupported",
                help="name a file, a variable or a command; or sign by a command that uses the token",
            )


def is_set(source: VariableKey, *, may_be_empty: bool = False) -> bool:
    """Tell whether a variable holds something."""
    return bool(_values(source, may_be_empty=may_be_empty))


def _of_file(path: Path, what: str) -> Secret:
    try:
        with path.open("rb") as file:
            value = file.read(MAX_KEY_BYTES + 1)
    except OSError as exc:
        message = f"the {what} cannot be read from {path}: {exc.strerror}"
        raise SignError(message, code="sign.no_key", help="name the file that holds it") from None
    return _limited(value, what)


def _variable(source: VariableKey, what: str, *, may_be_empty: bool) -> str:
    values = _values(source, may_be_empty=may_be_empty)
    if not values:
        names = " or ".join(source.names)
        message = f"the {what} is in no variable: {names} is not set"
        raise SignError(message, code="sign.no_key", help="set it to the key or to its file's path")
    return values[0]


def _values(source: VariableKey, *, may_be_empty: bool) -> list[str]:
    found = [os.environ[name] for name in source.names if name in os.environ]
    return [value for value in found if value or may_be_empty]


def _of_variable(source: VariableKey, what: str) -> Secret:
    value = _variable(source, what, may_be_empty=False)
    path = Path(value)
    # A key's text is tried as a path only where it could be one: an error must not show it.
    if len(value) <= _MAX_PATH_CHARS and not _KEY_TEXT.search(value) and _is_file(path):
        return _of_file(path, what)
    return _limited(os.fsencode(value), what)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name no file system takes
        return False


def _of_command(source: CommandKey, what: str) -> Secret:
    printed = run_tool(ToolCall(words=source.words, hidden=source.hidden, is_secret=True))
    value = printed.removesuffix(b"\n").removesuffix(b"\r")
    if not value:
        message = f"{source.words[0]} printed no {what}"
        raise SignError(message, code="sign.no_key", help="run it by hand and see what it says")
    return _limited(value, what)


def _limited(value: bytes, what: str) -> Secret:
    if len(value) > MAX_KEY_BYTES:
        message = f"the {what} is larger than {MAX_KEY_BYTES} bytes"
        raise SignError(message, code="sign.no_key", help="name the file that holds the key alone")
    return Secret(value)
