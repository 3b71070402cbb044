"""Notarisation: Apple looks at signed code and hands out a ticket that macOS asks for.

`Notary` is what we need of it; `NotaryTool` keeps it with Apple's own tool, on macOS alone.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

from millennium_bundler.codesign.apple_tool import run_apple_tool
from millennium_bundler.errors import SignError

_ACCEPTED = "Accepted"
_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a submission.

    Attributes:
        is_accepted: Whether there is a ticket.
        status: In the notary's words.
        log: What it found, where it found something.
    """

    is_accepted: bool
    status: str
    log: str = ""


class Notary(ABC):
    """Hands code in, waits, and fastens the ticket to it."""

    @final
    def notarise(self, path: Path) -> None:
        """Hand in a disk image or a zipped application, wait, and fasten the ticket to an image.

        A zip has no place for a ticket: it is fastened to the application itself (`staple.notarised_app`).

        Raises:
            SignError: It is refused; the message holds what the notary says.
        """
        outcome = self.wait(self.submit(path))
        if not outcome.is_accepted:
            raise SignError(
                f"the notary does not accept {path.name}: {outcome.status}. {outcome.log}".rstrip(),
                code="notary.refused",
                help="sign everything with a Developer ID, the hardened runtime and a time stamp",
            )
        if path.suffix != ".zip":
            self.staple(path)

    @abstractmethod
    def submit(self, path: Path) -> str:
        """Hand in a file; return the number of the submission.

        Raises:
            SignError: The notary cannot be reached, or does not know us.
        """

    @abstractmethod
    def wait(self, submission: str) -> Outcome:
        """Wait until the notary has decided.

        Raises:
            SignError: It does not within an hour.
        """

    @abstractmethod
    def staple(self, path: Path) -> None:
        """Fasten the ticket to an application's folder or a disk image.

        Raises:
            SignError: There is no ticket.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of App Store Connect: its file is named to the tool, never its content."""

    path: Path
    id: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryTool(Notary):
    """Asks ``xcrun notarytool``.

    Attributes:
        access: An API key, or the name of what ``notarytool store-credentials`` put into the keychain. A
            password is not taken: the tool would have it on its command line.
    """

    access: ApiKey | str

    def submit(self, path: Path) -> str:
        """Hand in a file."""
        found = self._ask("submit", str(path))
        number = found.get("id")
        if not isinstance(number, str):
            raise SignError(
                "the notary gave no number for the submission",
                code="notary.refused",
                help="run `xcrun notarytool history`",
            )
        return number

    def wait(self, submission: str) -> Outcome:
        """Wait until the notary has decided."""
        status = str(self._ask("wait", submission).get("status", ""))
        if status == _ACCEPTED:
            return Outcome(is_accepted=True, status=status)
        words = ("xcrun", "notarytool", "log", submission, *self._access())
        log = run_apple_tool(*words).decode("utf-8", "replace")
        return Outcome(is_accepted=False, status=status or "no status", log=log)

    def staple(self, path: Path) -> None:
        """Fasten the ticket."""
        run_apple_tool("xcrun", "stapler", "staple", str(path))

    def _ask(self, action: str, what: str) -> dict[str, object]:
        words = ("xcrun", "notarytool", action, what, "--output-format", "json", *self._access())
        printed = run_apple_tool(*words, timeout_s=_WAIT_S)
        try:
            found = json.loads(printed)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {}

    def _access(self) -> tuple[str, ...]:
        access = self.access
        if isinstance(access, str):
            return ("--keychain-profile", access)
        return ("--key", str(access.path), "--key-id", access.id, "--issuer", access.issuer)


def notarised(data: bytes, name: str, notary: Notary) -> bytes:
    """Return a disk image with its ticket; see `Notary.notarise` for errors."""
    with TemporaryDirectory(prefix="millennium-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        notary.notarise(path)
        return path.read_bytes()
