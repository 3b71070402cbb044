"""What a signer promises, one interface per kind of signature.

A signer takes bytes and gives bytes; where its key comes from is its own matter, and no key appears in
a command line, a log or an error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.tree import Tree


class FileSigner(ABC):
    """Puts a signature into a file: Authenticode for .exe, .dll and .msi."""

    @abstractmethod
    def sign(self, data: bytes, *, name: str) -> bytes:
        """Return the signed file.

        Args:
            data: The file.
            name: Its name, whose ending says what kind of file it is.

        Raises:
            SignError: The tool is missing or refuses, or the signature does not verify.
        """

    @abstractmethod
    def verify(self, data: bytes, *, name: str) -> None:
        """Check the signature in a file.

        Raises:
            SignError: There is none, it does not fit, or does not lead to one of the wanted roots.
        """


class AppSigner(ABC):
    """Signs a macOS application from the inside out, and disk images."""

    @abstractmethod
    def sign_app(self, app: Tree) -> Tree:
        """Return the application with signed code and its sealed resources.

        Args:
            app: A tree whose one folder is the ``.app``.

        Raises:
            SignError: The tool is missing or refuses, or the signature does not verify.
        """

    @abstractmethod
    def sign_image(self, data: bytes, *, identifier: str) -> bytes:
        """Return the signed disk image; see `sign_app` for errors."""


class DetachedSigner(ABC):
    """Makes signatures that stand beside what they sign: OpenPGP."""

    @abstractmethod
    def sign_detached(self, data: bytes) -> bytes:
        """Return a binary OpenPGP signature of the data.

        Raises:
            SignError: The tool is missing or refuses.
        """

    @abstractmethod
    def public_key(self) -> bytes:
        """Return the ASCII-armoured public key.

        Raises:
            SignError: The tool is missing or refuses.
        """


class BoxSigner(ABC):
    """Makes minisign signature boxes, which say what was signed."""

    @abstractmethod
    def sign_box(self, data: bytes | Path, *, trusted_comment: str) -> bytes:
        """Return the text of a ``.minisig`` file.

        Args:
            data: What is signed; a file is read in parts.
            trusted_comment: One line that is signed, too.

        Raises:
            SignError: The key cannot be read or opened.
        """

    @abstractmethod
    def sign_bare(self, data: bytes) -> bytes:
        """Return the bare Ed25519 signature of data, for envelopes of other kinds.

        Args:
            data: Never 64 bytes, which a box's hash has.

        Raises:
            SignError: The key cannot be read or opened.
        """

    @property
    @abstractmethod
    def key_id(self) -> str:
        """The key's id, sixteen hexadecimal digits."""

    @property
    @abstractmethod
    def public_key(self) -> str:
        """The text of the ``.pub`` file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who signs what; None where nothing is configured.

    Attributes:
        authenticode: Windows programs and installers.
        codesign: macOS applications and disk images.
        gpg: Debian, RPM and AppImage packages.
        minisign: Every package, in a file beside it.
        former: Keys that minisign used before: installed apps that know no other learn the new one by them.
    """

    authenticode: FileSigner | None = None
    codesign: AppSigner | None = None
    gpg: DetachedSigner | None = None
    minisign: BoxSigner | None = None
    former: tuple[BoxSigner, ...] = ()
