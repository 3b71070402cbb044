"""What is fuzzed of the bundler: every reader of packages, programs, signatures and lists.

The first byte chooses the reader of a target, the rest is what it reads. Readers of whole blocks get their file
from its pieces (`unfolded`): nearly all of it is zeros. A reader may refuse with the errors it names and no
others, within some seconds of work and some memory.
"""

from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from fuzz_bundler_parts import FUZZ_KEY, sealed, unfolded
from fuzz_bundler_seeds import SEEDS
from millennium_bundler.archive.cabinet import read_cabinet
from millennium_bundler.archive.compound_file import is_as_written, read_compound_file
from millennium_bundler.archive.cpio import read_cpio
from millennium_bundler.archive.ds_store import read_ds_store
from millennium_bundler.archive.hfs_plus.reader import read_volume
from millennium_bundler.archive.openpgp import signature_algorithm
from millennium_bundler.archive.rpm_header import MAIN_REGION, read_header
from millennium_bundler.archive.squashfs.read import read_squashfs
from millennium_bundler.archive.udif import Trailer, read_udif
from millennium_bundler.archive.unpack import unpack
from millennium_bundler.checksums import parse_sums
from millennium_bundler.codesign.blobs import CodeDirectory, read_super
from millennium_bundler.codesign.cms import Cms
from millennium_bundler.codesign.image import verify_image
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.codesign.timestamp import timestamper
from millennium_bundler.codesign.verify import verify_app, verify_macho
from millennium_bundler.elf import read_elf
from millennium_bundler.errors import (
    ElfError,
    ExecutableError,
    FormatError,
    IconError,
    LedgerError,
    PackageError,
    SignError,
    TreeError,
    UpdaterError,
)
from millennium_bundler.formats.appimage_file import read_appimage
from millennium_bundler.formats.ar import read_ar
from millennium_bundler.formats.arch import read_arch
from millennium_bundler.formats.deb import read_deb
from millennium_bundler.formats.deb_control import parse_control
from millennium_bundler.formats.rpm import read_rpm
from millennium_bundler.formats.rpm_files import check_files
from millennium_bundler.formats.tarball import read_tar
from millennium_bundler.icns import read_icns
from millennium_bundler.info_plist import read_plist
from millennium_bundler.ledger.head import parse_signed_head
from millennium_bundler.ledger.proof import parse_growth, parse_proof, verify_growth
from millennium_bundler.macho import read_macho
from millennium_bundler.msi.database import read_database
from millennium_bundler.nsis.bzip2 import unpack_bzip2
from millennium_bundler.nsis.contents import carried_digests, is_deflated
from millennium_bundler.nsis.reader import read_setup
from millennium_bundler.pe import is_pe, read_pe
from millennium_bundler.provenance import envelopes, open_statement, read_statement
from millennium_bundler.sign.code_signature import check_signature
from millennium_bundler.sign.minisign import parse_box, parse_public_key, verify
from millennium_bundler.sign.minisign_key import is_locked, open_key
from millennium_bundler.sign.program_digest import read_program
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.time_stamp import check_time_stamp
from millennium_bundler.tree import Tree
from millennium_bundler.updater.manifest import check_download, open_manifest, trust_after, unseal
from millennium_bundler.updater.trust import Trust
from millennium_bundler.webview_runtime import unpack_runtime

MOST_SECONDS = 2.0
"""Of a processor, for one input; an input has at most 4096 bytes."""
MOST_BYTES = 512 * 1024 * 1024
"""Of memory, above what there was before the first input."""

_LIMIT = 1024 * 1024
_SMALL = 64 * 1024  # of what is unpacked in Python
_TRUST = Trust(keys=(FUZZ_KEY,), identifier="a.b", channel="stable", version="1.0.0", now=9)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, and the errors that it promises."""

    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...]


def archives(data: bytes) -> None:
    """Read archives, and packages of Linux."""
    _one_of(_ARCHIVES, data)


def images(data: bytes) -> None:
    """Read file systems, disk images and installers."""
    _one_of(_IMAGES, data)


def programs(data: bytes) -> None:
    """Read programs, their signatures, and what lies beside them."""
    _one_of(_PROGRAMS, data)


def signed(data: bytes) -> None:
    """Read keys, signatures, and what is signed with them."""
    _one_of(_SIGNED, data)


def _one_of(readers: MappingProxyType[str, Reader], data: bytes) -> None:
    _limit_memory()
    names = list(readers)
    name = names[data[0] % len(names)] if data else names[0]
    started = time.process_time()
    try:
        readers[name].read(data[1:])
    except readers[name].refuses:
        pass
    took = time.process_time() - started
    assert took < MOST_SECONDS, f"{name} took {took:.1f} s"


@cache
def _limit_memory() -> None:
    """Let whatever asks for far more memory than there was fail."""
    import resource  # noqa: PLC0415 - not on Windows, where nothing is fuzzed

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _parted(data: bytes) -> tuple[bytes, bytes]:
    at = int.from_bytes(data[:2], "big")
    return data[2 : 2 + at], data[2 + at :]


def _rpm_files(data: bytes) -> None:
    header, archive = _parted(data)
    check_files(read_header(header, 0, region=MAIN_REGION)[0], read_cpio(archive))


def _zip(data: bytes) -> None:
    if data[:4] != b"MSCF":  # other programs read these
        unpack_runtime(data, "runtime")


def _compound(data: bytes) -> None:
    file = unfolded(data)
    found = read_compound_file(file)
    assert is_as_written(file) in {True, False}
    assert all(isinstance(content, bytes) for content in found.streams.values())


def _image_parts(data: bytes) -> None:
    """Read chunks and a property list as a disk image whose trailer is right."""
    body, listed = _parted(data[2:])
    trailer = Trailer(
        data_bytes=len(body),
        list_bytes=len(listed),
        data_crc=zlib.crc32(body),
        master_crc=0,
        segment=bytes(16),
        sectors=int.from_bytes(data[:2], "big"),
    )
    read_udif(body + listed + trailer.to_bytes(), max_bytes=32 * _LIMIT)


def _macho(data: bytes) -> None:
    for part in read_macho(unfolded(data), place="a"):
        assert isinstance((part.oldest_system, part.sdk, part.libraries, part.segments), tuple)


def _sign(data: bytes) -> None:
    found = sign_macho(unfolded(data), CodeOptions(identifier="a"), place="a")
    verify_macho(found.data, place="a")


def _app(data: bytes) -> None:
    info, rest = _parted(data)
    seal, rest = _parted(rest)
    tree = Tree(date=1)
    tree.file("Contents/Info.plist", info)
    tree.file("Contents/_CodeSignature/CodeResources", seal)
    tree.file("Contents/MacOS/a", unfolded(rest), mode=0o755)
    verify_app(tree)


def _pe(data: bytes) -> None:
    is_pe(data)
    read_pe(data, place="a")


def _setup_stream(data: bytes) -> None:
    stream = data[1:]
    head = struct.pack("<I16sII", 0, b"\xef\xbe\xad\xdeNullsoftInst", 0, 32 + len(stream))
    form = ("none", "lzma", "zlib", "bzip2")[data[0] % 4] if data else "none"
    whole = bytes(512) + head + stream + bytes(4)
    carried_digests(whole, compression=form, max_bytes=_SMALL)  # type: ignore[arg-type]


def _program(data: bytes) -> None:
    found = read_program(data)
    check_signature(found.signature, found.digest)
    check_time_stamp(found.signature)


def _signature(data: bytes) -> None:
    check_signature(data, lambda _name: bytes(32))


def _cms(data: bytes) -> None:
    found = Cms.from_bytes(data)
    assert isinstance(found.digest, bytes)
    found.chain()


def _directory(data: bytes) -> None:
    assert CodeDirectory.from_bytes(data).to_bytes() == data


def _stamp(data: bytes) -> None:
    timestamper("http://a", post=lambda _url, _body: data)(b"signature")


def _key(data: bytes) -> None:
    key = parse_public_key(_text(data))
    assert parse_public_key(key.line) == parse_public_key(key.text) == key


def _box(data: bytes) -> None:
    box = parse_box(_text(data))
    assert parse_box(box.text) == box
    verify(box, [FUZZ_KEY], b"content")


def _secret(data: bytes) -> None:
    is_locked(Secret(data))
    open_key(Secret(data), None)


def _statement(data: bytes) -> None:
    for envelope in envelopes(data):
        found = open_statement(envelope, None)
        assert all(len(bytes.fromhex(one.sha256)) == 32 for one in found.subjects)  # noqa: PLR2004


def _head(data: bytes) -> None:
    parse_signed_head(data).verified(FUZZ_KEY)


def _update(data: bytes) -> None:
    """Read a manifest that is signed, whatever it says."""
    manifest = open_manifest(sealed(data), _TRUST)
    trust_after(manifest, _TRUST)
    for artifact in manifest.artifacts:
        check_download(manifest, artifact, b"", (FUZZ_KEY,))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


_PACKAGE = (PackageError,)
_PACKAGE_OF_FILES = (PackageError, TreeError)
_ARCHIVES = MappingProxyType(
    {
        "gzip": Reader(lambda data: unpack(data, "gzip", max_bytes=_LIMIT), _PACKAGE),
        "xz": Reader(lambda data: unpack(data, "xz", max_bytes=_LIMIT), _PACKAGE),
        "zstd": Reader(lambda data: unpack(data, "zstd", max_bytes=_LIMIT), _PACKAGE),
        "ar": Reader(read_ar, _PACKAGE),
        "tar": Reader(lambda data: read_tar(unfolded(data)), _PACKAGE_OF_FILES),
        "cpio": Reader(read_cpio, _PACKAGE),
        "rpm files": Reader(_rpm_files, _PACKAGE_OF_FILES),
        "control": Reader(parse_control, ()),
        "deb": Reader(lambda data: read_deb(data, max_bytes=_LIMIT), _PACKAGE_OF_FILES),
        "rpm": Reader(lambda data: read_rpm(data, max_bytes=_LIMIT), _PACKAGE_OF_FILES),
        "arch": Reader(lambda data: read_arch(data, max_bytes=_LIMIT), _PACKAGE_OF_FILES),
        "cabinet": Reader(lambda data: read_cabinet(data, max_bytes=_LIMIT), _PACKAGE),
        "zip": Reader(_zip, (FormatError,)),
    }
)
_IMAGES = MappingProxyType(
    {
        "squashfs": Reader(lambda d: read_squashfs(unfolded(d), max_bytes=_LIMIT), _PACKAGE),
        "appimage": Reader(lambda data: read_appimage(unfolded(data)), _PACKAGE),
        "volume": Reader(lambda data: read_volume(unfolded(data)), _PACKAGE),
        "disk image": Reader(lambda d: read_udif(unfolded(d), max_bytes=_LIMIT), _PACKAGE),
        "its parts": Reader(_image_parts, _PACKAGE),
        "its signature": Reader(lambda d: verify_image(unfolded(d)), (PackageError, SignError)),
        "ds_store": Reader(lambda data: read_ds_store(unfolded(data)), _PACKAGE),
        "compound file": Reader(_compound, _PACKAGE),
        "msi": Reader(lambda data: read_database(unfolded(data)), _PACKAGE),
    }
)
_CODE = (ExecutableError, SignError)
_PROGRAMS = MappingProxyType(
    {
        "elf": Reader(lambda data: read_elf(data, place="a"), (ElfError,)),
        "pe": Reader(_pe, (ExecutableError,)),
        "macho": Reader(_macho, (ExecutableError,)),
        "signed macho": Reader(lambda d: verify_macho(unfolded(d), place="a"), _CODE),
        "macho to sign": Reader(_sign, _CODE),
        "app": Reader(_app, (*_CODE, FormatError)),
        "program": Reader(_program, (SignError,)),
        "setup": Reader(lambda data: read_setup(unfolded(data), name="a"), _PACKAGE),
        "setup's stream": Reader(_setup_stream, _PACKAGE),
        "setup's form": Reader(is_deflated, (ValueError,)),
        "bzip2": Reader(lambda data: unpack_bzip2(data, _SMALL), (ValueError,)),
        "icns": Reader(read_icns, (IconError,)),
        "plist": Reader(lambda data: read_plist(data, place="a"), (FormatError,)),
    }
)
_SIGN = (SignError,)
_LEDGER = (LedgerError, SignError)
_SIGNED = MappingProxyType(
    {
        "key": Reader(_key, _SIGN),
        "box": Reader(_box, _SIGN),
        "secret key": Reader(_secret, _SIGN),
        "openpgp": Reader(signature_algorithm, _SIGN),
        "sums": Reader(parse_sums, _PACKAGE),
        "envelopes": Reader(_statement, _SIGN),
        "statement": Reader(read_statement, _SIGN),
        "head": Reader(_head, _LEDGER),
        "proof": Reader(parse_proof, (LedgerError,)),
        "growth": Reader(lambda data: verify_growth(parse_growth(data), FUZZ_KEY), _LEDGER),
        "envelope": Reader(lambda data: unseal(data, (FUZZ_KEY,)), (UpdaterError,)),
        "update": Reader(_update, (UpdaterError, SignError)),
        "super blob": Reader(read_super, _SIGN),
        "code directory": Reader(_directory, (ValueError, struct.error, IndexError)),
        "cms": Reader(_cms, (ValueError, IndexError, StopIteration)),
        "authenticode": Reader(_signature, _SIGN),
        "time stamp": Reader(check_time_stamp, _SIGN),
        "answer": Reader(_stamp, _SIGN),
    }
)


def _seeds(readers: MappingProxyType[str, Reader]) -> tuple[bytes, ...]:
    return tuple(
        bytes([number]) + seed for number, name in enumerate(readers) for seed in SEEDS[name]
    )


BUNDLER = MappingProxyType(
    {
        "archives": (archives, 450_000, _seeds(_ARCHIVES)),
        "images": (images, 300_000, _seeds(_IMAGES)),
        "programs": (programs, 60_000, _seeds(_PROGRAMS)),
        "signed": (signed, 70_000, _seeds(_SIGNED)),
    }
)
"""Name → what is run, how many inputs are a minute's worth, and what it begins with."""
