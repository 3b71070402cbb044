"""Who makes minisign boxes: a key that we hold, or a command that holds it."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from millennium_bundler.errors import SignError
from millennium_bundler.sign.keys import KeySource, read_password, read_secret
from millennium_bundler.sign.minisign import (
    MAX_TRUSTED_COMMENT_BYTES,
    PREHASHED,
    Box,
    PublicKey,
    checked_comment,
    prehash,
    verify,
)
from millennium_bundler.sign.minisign_key import SecretKey, is_locked, open_key
from millennium_bundler.sign.signing import BoxSigner
from millennium_bundler.sign.tool import ToolCall, run_tool

_SIGNATURE_BYTES = 64
_HASH_BYTES = 64


class MinisignSigner(BoxSigner):
    """Signs with a key; subclasses say how Ed25519 is done."""

    def __init__(self, public: PublicKey) -> None:
        self.public = public

    @property
    def key_id(self) -> str:
        """The key's id, sixteen hexadecimal digits."""
        return self.public.name

    @property
    def public_key(self) -> str:
        """The text of the .pub file."""
        return self.public.text

    def sign_bare(self, data: bytes) -> bytes:
        """Return the bare Ed25519 signature of data; see `BoxSigner.sign_bare`."""
        if len(data) == _HASH_BYTES:
            message = "64 bytes could be the hash of a file, whose signature would be forged so"
            raise SignError(message, code="sign.unsupported", help="sign something longer")
        return self._sign(data)

    def sign_box(self, data: bytes | Path, *, trusted_comment: str) -> bytes:
        """Return the text of a ``.minisig`` file, which was verified."""
        comment = checked_comment(trusted_comment, MAX_TRUSTED_COMMENT_BYTES)
        digest = prehash(data)
        signature = self._sign(digest)
        box = Box(
            algorithm=PREHASHED,
            key_id=self.public.key_id,
            signature=signature,
            trusted_comment=comment,
            global_signature=self._sign(signature + comment.encode()),
        )
        verify(box, [self.public], data)
        return box.text.encode()

    @abstractmethod
    def _sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message, 64 bytes."""


class KeySigner(MinisignSigner):
    """Signs with a key that was opened."""

    def __init__(self, key: SecretKey) -> None:
        super().__init__(key.public)
        self._key = key

    def _sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class CommandSigner(MinisignSigner):
    """Signs by a command that holds the key: a token, a service.

    The command is run twice for each file, without a shell. It reads at most 8 256 bytes and writes their
    Ed25519 signature, 64 bytes, to stdout. Exit code 0, or it failed.
    """

    def __init__(
        self, words: tuple[str, ...], public: PublicKey, *, hidden: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(public)
        self._words = words
        self._hidden = hidden

    def _sign(self, message: bytes) -> bytes:
        signature = run_tool(ToolCall(words=self._words, stdin=message, hidden=self._hidden))
        if len(signature) != _SIGNATURE_BYTES:
            raise SignError(
                f"{self._words[0]} wrote {len(signature)} bytes, not a signature of 64",
                code="sign.tool_failed",
                help="it must write the bare Ed25519 signature of what it reads",
            )
        return signature


def open_signer(key: KeySource, password: KeySource | None) -> KeySigner:
    """Fetch a key, and the password when it needs one.

    Raises:
        SignError: The key or the password is not there, or they do not fit.
    """
    text = read_secret(key, what="minisign key")
    secret = None
    if password is not None and is_locked(text):
        secret = read_password(password, what="password of the minisign key")
    return KeySigner(open_key(text, secret))


def trusted_comment(name: str, *, date: int, version: str = "") -> str:
    """Return the trusted comment that `tauri signer` writes, with the version where there is one.

    Raises:
        SignError: The name has a tab, behind which it could say another name or version.
    """
    if "\t" in name:
        message = f"the file {name!r} cannot be signed: its name has a tab"
        raise SignError(message, code="minisign.malformed", help="rename it")
    parts = [f"timestamp:{date}", f"file:{name}", *([f"version:{version}"] if version else [])]
    return "\t".join(parts)


def signed_values(comment: str, key: str) -> list[str]:
    """Return what a trusted comment says under a key: `timestamp`, `file` or `version`."""
    parts = (part.partition(":") for part in comment.split("\t"))
    return [value for name, colon, value in parts if colon and name == key]


def check_name(comment: str, name: str, *, is_demanded: bool = False) -> None:
    """Refuse a signature that was made for a file of another name.

    An older version, renamed to the newer one's name with its signature, is what was signed, and is not what
    its name says. minisign, `tauri signer` and we write the name into the trusted comment; who signs with a
    comment of their own may leave it out.

    Args:
        comment: That was verified.
        name: Of the file at hand.
        is_demanded: Whether a comment without a name is refused, too.

    Raises:
        SignError: It names another file.
    """
    signed = signed_values(comment, "file")
    if signed == [name] or not (signed or is_demanded):
        return
    said = f"for {' and '.join(map(repr, signed))}" if signed else "without a name"
    raise SignError(
        f"the signature of {name!r} was made {said}",
        code="minisign.other_name",
        help="if it was you who renamed the file, say what it was called; else do not trust it",
    )
