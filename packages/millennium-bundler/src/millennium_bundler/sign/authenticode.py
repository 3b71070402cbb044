"""Authenticode: signatures in Windows programs and installers, made on any system.

1. `OsslSigner` asks osslsigncode, with a key in a file, a variable, a command's output, or a PKCS#11 token.
2. `CommandFileSigner` asks a command of the user's, which signs the file it is given in its place.
3. What came back is verified: its digest is the file's, its certificate's key made the signature, and with `roots`
   the certificate leads to one of them. Programs are read by us, other files by osslsigncode. A time stamp is read
   by us in any case.
4. Without a time stamp the signature carries the release's date, so the same file gives the same bytes; with
   one it carries the service's time.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from millennium_bundler.errors import SignError
from millennium_bundler.sign.code_signature import check_signature
from millennium_bundler.sign.keys import TokenKey
from millennium_bundler.sign.program_digest import read_program
from millennium_bundler.sign.secret import Secret, private_folder, work_folder, write_private
from millennium_bundler.sign.signing import FileSigner
from millennium_bundler.sign.time_stamp import check_time_stamp
from millennium_bundler.sign.tool import ToolCall, ToolResult, ask_tool, run_tool

ENDINGS = frozenset({".exe", ".dll", ".sys", ".msi", ".cab", ".ocx", ".pyd"})
"""Files that carry an Authenticode signature."""

_PACKAGE = "osslsigncode"
_PROGRAM = b"MZ"
_MSI = ".msi"
_PKCS12 = (b"\x30\x82", b"\x30\x80", b"\x30\x83")
# "Calculated message digest" alone is what an .msi has besides: the hash of the whole file, compared with nothing.
_DIGESTS = re.compile(r"^(Current|Calculated) ([A-Za-z ]+?) *: ([0-9A-F]{64,128})\b", re.MULTILINE)
_INSTALLER = "DigitalSignature"
_CABINET = "message digest"
_OFFLINE = "-ignore-cdp"
_PLACES = ("%1", "{file}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a signature says besides who made it.

    Attributes:
        name: Of the program, as Windows shows it when it asks.
        url: Where to read more.
        date: Seconds since 1970; of the signature when there is no time stamp.
        digest: Of the file.
        timestamp_url: RFC 3161 service; empty for none.
        roots: PEM file of the certificates that the signature must lead to; None: any.
    """

    name: str = ""
    url: str = ""
    date: int | None = None
    digest: str = "sha256"
    timestamp_url: str = ""
    roots: Path | None = None


class AuthenticodeSigner(FileSigner):
    """Signs in a private folder and verifies; subclasses say how.

    Args:
        mark: What the signatures say.
        hidden: Variables that no tool must get.
    """

    def __init__(self, mark: Mark, *, hidden: frozenset[str] = frozenset()) -> None:
        self.mark = mark
        self._hidden = hidden

    def sign(self, data: bytes, *, name: str) -> bytes:
        """Return the signed file, which was verified; see `FileSigner.sign`."""
        ending = ending_of(name, data[: len(_PROGRAM)])
        if ending not in ENDINGS:
            message = f"{name} is no file that carries an Authenticode signature"
            raise SignError(message, code="sign.unsupported", help=f"such are {_listed()}")
        with work_folder() as folder:
            source = write_private(folder / f"unsigned{ending}", data)
            signed = self._sign(source)
        if signed == data:
            raise SignError(
                f"{name} came back as it was: it was not signed",
                code="sign.not_valid",
                help="see what the sign command does with the file it is given",
            )
        self.verify(signed, name=name)
        return signed

    def verify(self, data: bytes, *, name: str) -> None:
        """Check the signature in a file.

        Raises:
            SignError: There is none, it does not fit, or does not lead to one of the roots.
        """
        is_program = data.startswith(_PROGRAM)
        if is_program:
            program = read_program(data)
            check_signature(program.signature, program.digest)
            self._check_time_stamp(program.signature)
        if is_program and self.mark.roots is None:
            return
        with work_folder() as folder:
            file = write_private(folder / f"signed{PurePosixPath(name).suffix.lower()}", data)
            digest = self._asked(file, name)
            signature = b"" if is_program else self._extracted(file)
        if not is_program:
            check_signature(signature, lambda _name: digest)
            self._check_time_stamp(signature)

    def _check_time_stamp(self, signature: bytes) -> None:
        """Check a time stamp, which a signer may want to be there."""
        check_time_stamp(signature)

    def _asked(self, file: Path, name: str) -> bytes:
        """Let osslsigncode verify a file; return the digest that is signed."""
        roots = () if self.mark.roots is None else ("-CAfile", str(self.mark.roots))
        done = self._tool(("osslsigncode", "verify", *roots, *self._offline(), "-in", str(file)))
        digest = _same_digest(done.stdout.decode("utf-8", "replace"))
        if digest is None or (self.mark.roots is not None and done.code):
            message = f"the signature in {name} does not verify: {done.said}"
            raise SignError(message, code="sign.not_valid", help="sign the file again")
        return digest

    def _extracted(self, file: Path) -> bytes:
        target = file.with_name("signature")
        words = ("osslsigncode", "extract-signature", "-in", str(file), "-out", str(target))
        self._tool(words)
        return target.read_bytes() if target.exists() else b""

    def _offline(self) -> tuple[str, ...]:
        """Return the option against asking the certificate's issuer, which 2.5 does not know yet."""
        asked = self._tool(("osslsigncode", "verify", "--help"))
        return (_OFFLINE,) if _OFFLINE.encode() in asked.stdout else ()

    def _tool(self, words: tuple[str, ...]) -> ToolResult:
        return ask_tool(ToolCall(words=words, hidden=self._hidden, package=_PACKAGE))

    @abstractmethod
    def _sign(self, source: Path) -> bytes:
        """Return the signed file; its folder may be written to."""


class CommandFileSigner(AuthenticodeSigner):
    """Signs by a command, whose word ``%1`` or ``{file}`` becomes the path of the file.

    Without such a word the path is the last one. The command changes the file in its place and exits with 0.
    """

    def __init__(
        self, words: tuple[str, ...], mark: Mark, *, hidden: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(mark, hidden=hidden)
        self._words = words

    def _sign(self, source: Path) -> bytes:
        words = command_for(self._words, source)
        run_tool(ToolCall(words=words, hidden=self._hidden))
        return source.read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeKey:
    """A key for Authenticode.

    Attributes:
        key: The key itself, or its name in a token.
        certificate: PEM file of the certificate and its chain; None when the key is a PKCS#12 file.
        password: Of the key, or the token's PIN.
        module: Library that speaks to the token.
    """

    key: Secret | TokenKey
    certificate: Path | None = None
    password: Secret | None = None
    module: Path | None = None


class OsslSigner(AuthenticodeSigner):
    """Signs by osslsigncode."""

    def __init__(self, key: CodeKey, mark: Mark, *, hidden: frozenset[str] = frozenset()) -> None:
        super().__init__(mark, hidden=hidden)
        self._key = key

    def _sign(self, source: Path) -> bytes:
        key, target = self._key, source.with_name(f"signed{source.suffix}")
        secrets = tuple(one for one in (key.key, key.password) if isinstance(one, Secret))
        with private_folder() as folder:
            words = (
                *("osslsigncode", "sign", *self._who(folder), *self._what(source)),
                *("-in", str(source), "-out", str(target)),
            )
            run_tool(ToolCall(words=words, secrets=secrets, hidden=self._hidden, package=_PACKAGE))
        return target.read_bytes()

    def _check_time_stamp(self, signature: bytes) -> None:
        if check_time_stamp(signature) is None and self.mark.timestamp_url:
            message = "the signature has no time stamp"
            raise SignError(message, code="sign.not_valid", help="see what `timestamp_url` answers")

    def _who(self, folder: Path) -> tuple[str, ...]:
        key = self._key
        certificate = () if key.certificate is None else ("-certs", str(key.certificate))
        if key.password is not None:
            password = write_private(folder / "password", key.password.reveal())
            certificate = ("-readpass", str(password), *certificate)
        if isinstance(key.key, TokenKey):
            module = () if key.module is None else ("-pkcs11module", str(key.module))
            return (*module, *certificate, "-key", key.key.uri)
        file = write_private(folder / "key", key.key.reveal())
        if key.key.reveal().startswith(_PKCS12) and key.certificate is None:
            return (*certificate, "-pkcs12", str(file))
        return (*certificate, "-key", str(file))

    def _what(self, source: Path) -> tuple[str, ...]:
        mark = self.mark
        words = ["-h", mark.digest]
        for option, value in (("-n", mark.name), ("-i", mark.url), ("-ts", mark.timestamp_url)):
            words += [option, value] if value else []
        if mark.date is not None and not mark.timestamp_url:  # (4)
            words += ["-time", str(mark.date)]
        if source.suffix == _MSI:
            words.append("-add-msi-dse")  # the names and dates inside are signed too
        return tuple(words)


def ending_of(name: str, start: bytes) -> str:
    """Return the ending that says what kind of file it is: a program is one by any name.

    Args:
        name: Of the file.
        start: Its first two bytes.
    """
    ending = PurePosixPath(name).suffix.lower()
    return ".exe" if start == _PROGRAM and ending not in ENDINGS else ending


def command_for(words: tuple[str, ...], file: Path) -> tuple[str, ...]:
    """Return a sign command for a file."""
    if not any(place in word for word in words for place in _PLACES):
        return (*words, str(file))
    filled = list(words)
    for place in _PLACES:
        filled = [word.replace(place, str(file)) for word in filled]
    return tuple(filled)


def _same_digest(said: str) -> bytes | None:
    """Return the digest that osslsigncode found in a file and made of it, when these are the same."""
    found = {(when, what): value for when, what, value in _DIGESTS.findall(said)}
    current = {what: value for (when, what), value in found.items() if when == "Current"}
    if not current or any(found.get(("Calculated", what)) != current[what] for what in current):
        return None
    return bytes.fromhex(current.get(_INSTALLER) or current.get(_CABINET, ""))


def _listed() -> str:
    return ", ".join(sorted(ENDINGS))
