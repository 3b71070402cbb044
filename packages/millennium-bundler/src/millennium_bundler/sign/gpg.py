"""OpenPGP signatures by gpg: with a key of the user's keyring, or with one that is named.

1. A key that is named is imported into a GnuPG home of its own, which is gone when the signer is closed: no
   keyring keeps it, and no agent remembers it.
2. The data and the signature go through private files, the password through a pipe.
3. The date is the release's, so that RSA and Ed25519 give the same signature each time.
4. Every signature is verified, and its fingerprint compared, before it is returned.

Cards and PKCS#11 tokens work through the user's keyring: GnuPG's own `scdaemon`, or `gnupg-pkcs11-scd`.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Literal, Self

from millennium_bundler.errors import SignError
from millennium_bundler.sign.secret import Secret, private_folder, work_folder, write_private
from millennium_bundler.sign.signing import DetachedSigner
from millennium_bundler.sign.tool import ToolCall, ToolResult, ask_tool, run_tool

_PACKAGE = "gnupg"
_DIGEST = "SHA512"
# The copy of a key in a home that is gone soon need not be hard to guess: it takes the agent seconds each time.
_AGENT = b"s2k-count 65536\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpgKey:
    """Which key signs.

    Attributes:
        name: Fingerprint, id or address of a key in the keyring; may be empty when `secret` is given.
        secret: A secret key to use instead of the user's keyring.
        password: What opens the key; without one, gpg's agent asks the user.
        hidden: Variables that gpg must not get.
    """

    name: str = ""
    secret: Secret | None = None
    password: Secret | None = None
    hidden: frozenset[str] = frozenset()


class GpgSigner(DetachedSigner):
    """Signs with gpg, one after the other; a context manager when the key is one that is named.

    Args:
        key: Who signs.
        date: Seconds since 1970 that the signatures carry; the present time when None.

    Raises:
        SignError: gpg is not installed, or the key is not there.
    """

    def __init__(self, key: GpgKey, *, date: int | None = None) -> None:
        self._key = key
        self._date = date
        self._home: Path | None = None
        self._stack = ExitStack()
        # Several at once make one agent answer another's question for the password.
        self._turn = Lock()
        try:
            if key.secret is not None:
                self._home = self._stack.enter_context(private_folder())
                self._stack.callback(self._end_agent)
                write_private(self._home / "gpg-agent.conf", _AGENT)
                self._gpg("--import", stdin=key.secret.reveal())
            self.fingerprint, self._created = self._look()
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget a key that was named."""
        self._stack.close()

    def sign_detached(self, data: bytes) -> bytes:
        """Return a binary OpenPGP signature of the data, which was verified."""
        return self._signed(data, "detached")

    def sign_armoured(self, data: bytes) -> bytes:
        """Return a detached signature as text, as ``Release.gpg`` and ``.asc`` files hold it."""
        return self._signed(data, "armoured")

    def sign_clear(self, data: bytes) -> bytes:
        """Return a text with its signature around it, as ``InRelease`` is."""
        return self._signed(data, "clear")

    def public_key(self) -> bytes:
        """Return the ASCII-armoured public key."""
        return self._gpg("--armor", "--export", self.fingerprint)

    def verify(self, data: bytes, signature: bytes) -> None:
        """Check a detached signature of this key.

        Raises:
            SignError: It is another key's, or does not fit the data.
        """
        with work_folder() as folder:
            content = write_private(folder / "data", data)
            box = write_private(folder / "signature", signature)
            self._accept("--verify", str(box), str(content))

    def _signed(self, data: bytes, form: Literal["detached", "armoured", "clear"]) -> bytes:
        how = {
            "detached": ("--detach-sign",),
            "armoured": ("--armor", "--detach-sign"),
            "clear": ("--clear-sign",),
        }
        password = self._key.password
        asked: tuple[str, ...] = ()
        if password is not None:
            asked = ("--pinentry-mode", "loopback", "--passphrase-fd", "0")
        with self._turn, work_folder() as folder:
            content = write_private(folder / "data", data)
            signature = self._gpg(
                *asked,
                *("--local-user", self.fingerprint, "--digest-algo", _DIGEST),
                *self._when(),
                *(*how[form], "--output", "-", str(content)),
                stdin=b"" if password is None else password.reveal() + b"\n",
            )
            box = write_private(folder / "signature", signature)
            self._accept("--verify", str(box), *([] if form == "clear" else [str(content)]))
        return signature

    def _when(self) -> tuple[str, ...]:
        if self._date is None:
            return ()
        # A signature older than its key would be refused everywhere.
        return (f"--faked-system-time={max(self._date, self._created)}!",)

    def _accept(self, *words: str) -> None:
        done = self._ask("--status-fd", "1", *words)
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        valid = [line.split() for line in lines if line.startswith("[GNUPG:] VALIDSIG ")]
        # Of the key itself, or of a subkey whose primary key it is.
        if done.code or not any(self.fingerprint in {words[2], words[-1]} for words in valid):
            raise SignError(
                f"the OpenPGP signature does not verify: {done.said}",
                code="sign.not_valid",
                help="was the file, or its signature, changed?",
            )

    def _look(self) -> tuple[str, int]:
        """Return the key's fingerprint and when the youngest of its parts was made."""
        name = [self._key.name] if self._key.name else []
        listed = self._ask("--with-colons", "--list-secret-keys", "--", *name)
        lines = [line.split(":") for line in listed.stdout.decode("utf-8", "replace").splitlines()]
        found = [after[9] for line, after in pairwise(lines) if line[0] == "sec"]
        if len(found) == 1:
            created = [line[5] for line in lines if line[0] in {"sec", "ssb"}]
            return found[0], max(int(date) for date in created if date.isdigit())
        where = "the keyring" if self._home is None else "the key that is named"
        what = f"{len(found)} secret keys fit" if found else "there is no such secret key"
        message = f"{what} in {where}" + (f": {self._key.name}" if self._key.name else "")
        raise SignError(message, code="sign.no_key", help="name the key by its whole fingerprint")

    def _gpg(self, *words: str, stdin: bytes = b"") -> bytes:
        return run_tool(self._call(words, stdin))

    def _ask(self, *words: str) -> ToolResult:
        return ask_tool(self._call(words, b""))

    def _call(self, words: tuple[str, ...], stdin: bytes) -> ToolCall:
        home: tuple[str, ...] = ()
        if self._home is not None:
            home = ("--homedir", str(self._home))
        secrets = tuple(one for one in (self._key.secret, self._key.password) if one is not None)
        return ToolCall(
            words=("gpg", "--batch", "--no-tty", "--yes", *home, *words),
            stdin=stdin,
            secrets=secrets,
            hidden=self._key.hidden,
            package=_PACKAGE,
        )

    def _end_agent(self) -> None:
        if shutil.which("gpgconf") is not None:
            words = ("gpgconf", "--homedir", str(self._home), "--kill", "all")
            ask_tool(ToolCall(words=words, hidden=self._key.hidden, package=_PACKAGE))
