"""Signing what was made: which signatures a file gets, in which order, and where they go.

1. A signature inside a file comes first, for it changes the file: Authenticode in Windows programs and
   installers, codesign in disk images.
2. Then those beside it: ``FILE.minisig``, and ``FILE.asc`` by OpenPGP; a repository's ``Release`` gets
   ``Release.gpg`` and ``InRelease``, as apt reads them.
3. Signatures inside .deb, .rpm and AppImage files are made when these are bundled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from millennium_bundler.errors import SignError
from millennium_bundler.output import replace_file
from millennium_bundler.sign.authenticode import ENDINGS, ending_of
from millennium_bundler.sign.gpg import GpgSigner
from millennium_bundler.sign.minisign_signer import trusted_comment
from millennium_bundler.sign.signing import AppSigner, BoxSigner, FileSigner, Signing

_IMAGE = ".dmg"
_RELEASE = "Release"
# What signatures are called; they are not signed themselves.
_SIGNATURES = frozenset({".sig", ".minisig", ".asc", ".gpg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One signature to make.

    Attributes:
        how: authenticode, codesign, minisign or gpg.
        file: What is signed.
        target: What is written; the file itself for a signature inside.
        make: Turns the file's bytes into those of the target.
    """

    how: str
    file: Path
    target: Path
    make: Callable[[bytes], bytes]


def plan_signatures(
    files: tuple[Path, ...], signing: Signing, *, identifier: str, date: int
) -> tuple[Step, ...]:
    """Return the signatures that files get, in the order in which they are made.

    Args:
        files: What was made.
        signing: Who signs.
        identifier: Of the app, for disk images.
        date: Seconds since 1970, for minisign's trusted comments.

    Raises:
        SignError: Nobody is configured who could sign one of them.
    """
    steps: list[Step] = []
    for file in files:
        found = [
            *_inside(file, signing, identifier),
            *_box(file, signing.minisign, date),
            *_openpgp(file, signing.gpg),
        ]
        if not found:
            raise SignError(
                f"nobody is configured who could sign {file}",
                code="sign.settings",
                help="set MILLENNIUM_PRIVATE_KEY, or name signers in the configuration",
            )
        steps += found
    return tuple(steps)


def take_step(step: Step) -> None:
    """Make one signature and write it, whole or not at all.

    Raises:
        SignError: It cannot be made, or a file cannot be read or written.
    """
    try:
        data = step.file.read_bytes()
        replace_file(step.target, step.make(data))
    except OSError as exc:
        message = f"{exc.filename or step.file} cannot be read or written: {exc.strerror}"
        raise SignError(message, code="sign.no_file", help="name files that are there") from exc


def _inside(file: Path, signing: Signing, identifier: str) -> list[Step]:
    ending = ending_of(file.name, _start(file))
    if ending in ENDINGS and signing.authenticode is not None:
        return [_authenticode(file, signing.authenticode)]
    if ending == _IMAGE and signing.codesign is not None:
        return [_image(file, signing.codesign, identifier)]
    return []


def _start(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(2)
    except OSError:  # said when it is signed
        return b""


def _authenticode(file: Path, signer: FileSigner) -> Step:
    def make(data: bytes) -> bytes:
        return signer.sign(data, name=file.name)

    return Step(how="authenticode", file=file, target=file, make=make)


def _image(file: Path, signer: AppSigner, identifier: str) -> Step:
    def make(data: bytes) -> bytes:
        return signer.sign_image(data, identifier=identifier)

    return Step(how="codesign", file=file, target=file, make=make)


def _box(file: Path, signer: BoxSigner | None, date: int) -> list[Step]:
    if signer is None or file.suffix in _SIGNATURES:
        return []

    def make(data: bytes) -> bytes:
        return signer.sign_box(data, trusted_comment=trusted_comment(file.name, date=date))

    target = file.with_name(f"{file.name}.minisig")
    return [Step(how="minisign", file=file, target=target, make=make)]


def _openpgp(file: Path, signer: object) -> list[Step]:
    if not isinstance(signer, GpgSigner) or file.suffix in _SIGNATURES:
        return []
    if file.name == _RELEASE:
        target = file.with_name("Release.gpg")
        clear = file.with_name("InRelease")
        return [
            Step(how="gpg", file=file, target=target, make=signer.sign_armoured),
            Step(how="gpg", file=file, target=clear, make=signer.sign_clear),
        ]
    target = file.with_name(f"{file.name}.asc")
    return [Step(how="gpg", file=file, target=target, make=signer.sign_armoured)]
