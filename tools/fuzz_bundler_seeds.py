"""What fuzzing of the bundler begins with: small real files, made by its own writers, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import plistlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from types import MappingProxyType

from fuzz_bundler_parts import (
    BZIP2,
    FUZZ_KEY,
    SECRET,
    SIGNER,
    appimage_runtime,
    authenticode,
    elf,
    folded,
    mac_signer,
    sealed,
    stamp,
    stored_squashfs,
    thin,
    universal,
    windows_program,
    with_signature,
)
from millennium_bundler.archive.cabinet import CabinetFile, write_cabinet
from millennium_bundler.archive.compound_file import CompoundFile, write_compound_file
from millennium_bundler.archive.cpio import CpioMember, write_cpio
from millennium_bundler.archive.ds_store import icon_place, write_ds_store
from millennium_bundler.archive.hfs_plus.volume import Volume
from millennium_bundler.archive.hfs_plus.writer import write_volume
from millennium_bundler.archive.rpm_header import MAIN_REGION, write_header
from millennium_bundler.archive.squashfs.write import SquashfsOptions, write_squashfs
from millennium_bundler.archive.udif import DiskImage, write_udif
from millennium_bundler.codesign.app import AppOptions, sign_contents
from millennium_bundler.codesign.blobs import CODE_DIRECTORY, SIGNATURE, read_super
from millennium_bundler.codesign.der import SEQUENCE, integer, tlv
from millennium_bundler.codesign.image import sign_image
from millennium_bundler.codesign.macho_code import CodeOptions, sign_macho
from millennium_bundler.formats.appimage_file import write_appimage
from millennium_bundler.formats.ar import Member, write_ar
from millennium_bundler.formats.arch import ArchContents, write_arch
from millennium_bundler.formats.deb import DebContents, write_deb
from millennium_bundler.formats.deb_control import Control
from millennium_bundler.formats.rpm import write_rpm
from millennium_bundler.formats.rpm_files import file_values, to_members
from millennium_bundler.formats.tarball import write_tar, xz
from millennium_bundler.icns import write_icns
from millennium_bundler.ledger.entry import LedgerEntry
from millennium_bundler.ledger.head import LedgerHead, sign_head
from millennium_bundler.ledger.log import Ledger
from millennium_bundler.ledger.merkle import root_hash
from millennium_bundler.ledger.proof import prove, prove_growth
from millennium_bundler.msi.database import Database, write_database
from millennium_bundler.msi.summary import Summary
from millennium_bundler.nsis.reader import seal
from millennium_bundler.sign.minisign import wrapped
from millennium_bundler.sign.program_digest import read_program
from millennium_bundler.tree import File, Link, Tree

_DATE = 1_735_689_600
_PEM = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
-----END PUBLIC KEY-----
"""


def _tree(*, link: bool = True) -> Tree:
    tree = Tree(date=_DATE)
    tree.file("a/b", b"content", mode=0o755)
    tree.file("a/c", b"")
    if link:
        tree.add(Link(path="d", target="a/b"))
    return tree


def _packages() -> Iterator[tuple[str, bytes]]:
    tree = _tree()
    control = Control(fields={"Package": "a", "Version": "1", "Description": "a\n b"})
    entries = list(tree)
    values = file_values(entries, _DATE)
    archive = write_cpio(to_members(entries), date=_DATE)
    header = write_header(values, region=MAIN_REGION)
    yield "gzip", zlib.compress(b"a" * 99, wbits=31)
    yield "xz", xz(b"a" * 99)
    yield "zstd", bytes.fromhex("28b52ffd2003190000616263")
    yield "ar", write_ar([Member(name="a", data=b"b"), Member(name="c", data=b"")], date=_DATE)
    yield "tar", folded(write_tar(tree))
    long = Tree(date=_DATE)
    long.add(Link(path="a" * 120, target="b" * 120))
    yield "tar", folded(write_tar(long, prefix=""))
    yield "cpio", write_cpio([CpioMember(name="a", mode=0o100644, data=b"b")], date=_DATE)
    yield "rpm files", len(header).to_bytes(2, "big") + header + archive
    yield "control", control.to_bytes()
    yield "deb", write_deb(DebContents(control=control, tree=tree))
    yield "rpm", write_rpm(dict(values), archive, name="a-1-1")
    meta = (File(path=".PKGINFO", data=b"pkgname = a\n"),)
    yield "arch", write_arch(ArchContents(meta=meta, tree=_tree(link=False)))
    yield "cabinet", write_cabinet([CabinetFile(name="a", data=b"b" * 99)], date=_DATE)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("a/msedgewebview2.exe"), b"MZ")
    yield "zip", out.getvalue()


def _images() -> Iterator[tuple[str, bytes]]:
    for kind in ("gzip", "xz", "zstd"):
        options = SquashfsOptions(compression=kind, block_bytes=4096)
        yield "squashfs", folded(write_squashfs(_tree(), options))
    yield "squashfs", folded(stored_squashfs(_tree()))
    yield "appimage", folded(write_appimage(appimage_runtime(), write_squashfs(_tree())))
    volume = write_volume(Volume(name="V", tree=_tree(), identity=b"12345678"))
    yield "volume", folded(volume)
    image = write_udif(DiskImage(volume=volume))
    yield "disk image", folded(image)
    small = write_udif(DiskImage(volume=b"a" * 512))
    body = small.index(b"<?xml")
    listed = small[body:-512]
    yield "its parts", b"\0\1" + body.to_bytes(2, "big") + small[:body] + listed
    yield "its signature", folded(sign_image(small, identifier="a", signer=None))
    yield "ds_store", folded(write_ds_store([icon_place("a.app", 9, 9)]))
    streams = {"a": b"b" * 70, "b": b"", "c": bytes(5000), "e": b"f" * 99}
    yield "compound file", folded(write_compound_file(CompoundFile(streams=streams)))
    summary = Summary(
        subject="a",
        author="b",
        comments="",
        template="x64;1033",
        package_code="{A32891DD-4065-5A06-A7C8-841FCB4784CD}",
        schema=450,
        flags=2,
        date=_DATE,
        code_page=1252,
    )
    tables = {
        "Property": (("Manufacturer", "Ada"), ("ProductName", "A")),
        "Media": ((1, 3, None, "#app.cab", None, None),),
        "Binary": (("Picture", b"BM"),),
    }
    yield "msi", folded(write_database(Database(tables=tables, summary=summary)))


def _programs() -> Iterator[tuple[str, bytes]]:
    yield "elf", elf()
    program = windows_program()
    yield "pe", program
    code = CodeOptions(identifier="a", signer=mac_signer(), hardened=True)
    both = universal(thin(), thin("aarch64"))
    yield "macho", folded(thin())
    yield "macho", folded(both)
    plain = sign_macho(thin(), CodeOptions(identifier="a"), place="a").data
    yield "signed macho", folded(plain)
    yield "signed macho", folded(sign_macho(thin(), code, place="a").data)
    yield "macho to sign", folded(thin(kind=6))
    yield "macho to sign", folded(plain)
    digest = read_program(with_signature(program, b"x")).digest("sha256")
    yield "program", with_signature(program, authenticode(digest))
    yield "icns", write_icns({32: b"\x89PNG\r\n\x1a\n", 128: b"\x89PNG\r\n\x1a\n"})
    yield "plist", plistlib.dumps({"a": [1, 2.5, b"c", True]}, fmt=plistlib.FMT_BINARY)


def _app() -> Iterator[tuple[str, bytes]]:
    app = Tree(date=_DATE)
    info = plistlib.dumps({"CFBundleExecutable": "a", "CFBundleIdentifier": "b"})
    app.file("Contents/Info.plist", info)
    app.file("Contents/MacOS/a", thin(), mode=0o755)
    files = {file.path: file.data for file in sign_contents(app, AppOptions()).files()}
    sealed_list = files["Contents/_CodeSignature/CodeResources"]
    small = plistlib.dumps({"files": {}, "files2": {}, "rules": {}, "rules2": {}})
    for one in (sealed_list, small):
        parts = (info, one)
        head = b"".join(len(part).to_bytes(2, "big") + part for part in parts)
        yield "app", head + folded(files["Contents/MacOS/a"])
    yield "plist", info


def _setup() -> Iterator[tuple[str, bytes]]:
    head = struct.pack("<I16sII", 0, b"\xef\xbe\xad\xdeNullsoftInst", 9, 28 + 9 + 4)
    body = windows_program() + head + b"123456789"
    yield "setup", folded(seal(body + struct.pack("<I", zlib.crc32(body[512:]))))
    plain_stream = struct.pack("<I", 3) + b"one"
    packer = zlib.compressobj(wbits=-15)
    deflated = packer.compress(plain_stream) + packer.flush()
    yield "setup's stream", b"\0" + plain_stream
    yield "setup's stream", b"\1" + bytes.fromhex("5d00008000") + b"\0" * 12
    yield "setup's stream", b"\2" + deflated
    yield "setup's stream", b"\3" + BZIP2
    yield "setup's form", bytes(512) + head + deflated
    yield "bzip2", BZIP2


def _signed() -> Iterator[tuple[str, bytes]]:
    box = SIGNER.sign_box(b"content", trusted_comment="file:a")
    yield "key", FUZZ_KEY.text.encode()
    yield "key", FUZZ_KEY.line.encode()
    yield "key", wrapped(FUZZ_KEY.text).encode()
    yield "key", _PEM
    yield "box", box
    yield "box", wrapped(box.decode()).encode()
    yield "secret key", SECRET.locked(None).reveal()
    yield "openpgp", bytes.fromhex("880404000100")
    yield "sums", hashlib.sha256().hexdigest().encode() + b"  a\n"
    manifest = {
        "schema": 1,
        "identifier": "a.b",
        "channel": "stable",
        "version": "1.2.3",
        "published": 1,
        "expires": 99,
        "minimum_version": "1.0.0",
        "notes": "",
        "keys": [FUZZ_KEY.line],
        "retired_keys": [],
        "artifacts": [
            {
                "platform": "linux-x86_64",
                "kind": "appimage",
                "url": "https://a.b/c%20d",
                "length": 0,
                "sha256": hashlib.sha256().hexdigest(),
                "deltas": [],
                "signature": wrapped(
                    SIGNER.sign_box(b"", trusted_comment="file:c d\tversion:1.2.3").decode()
                ),
            }
        ],
    }
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    yield "envelope", sealed(text)
    yield "update", text
    blobs = sign_macho(thin(), CodeOptions(identifier="a", signer=mac_signer()), place="a").data
    signature = blobs[blobs.index(b"\xfa\xde\x0c\xc0") :]
    parts = read_super(signature)
    yield "super blob", signature
    yield "code directory", parts[CODE_DIRECTORY]
    yield "cms", parts[SIGNATURE][8:]
    yield "authenticode", authenticode(bytes(32))
    yield "time stamp", authenticode(bytes(32))
    status = tlv(SEQUENCE, integer(0))
    yield "answer", tlv(SEQUENCE, status, stamp(b"signature"))


def _provenance() -> Iterator[tuple[str, bytes]]:
    digest = {"sha256": hashlib.sha256().hexdigest()}
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{"name": "a", "digest": digest}],
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:x-millennium:bundle:v1",
                "externalParameters": {"identifier": "a", "version": "1", "target": "b"},
            },
            "runDetails": {"byproducts": [{"name": "b", "digest": digest}]},
        },
    }
    payload = json.dumps(statement).encode()
    envelope = {
        "payloadType": "application/vnd.in-toto+json",
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"sig": ""}],
    }
    yield "envelopes", json.dumps(envelope).encode()
    yield "statement", payload


def _ledger() -> Iterator[tuple[str, bytes]]:
    entries = tuple(
        LedgerEntry(
            identifier="a",
            version=str(number),
            name="b",
            sha256=hashlib.sha256(bytes(number)).hexdigest(),
            length=number,
            date=number,
        )
        for number in range(3)
    )
    heads = []
    for size in (2, 3):
        root = root_hash(Ledger(entries=entries[:size]).leaves)
        head = LedgerHead(origin="a", size=size, root=root, date=size)
        heads.append(
            sign_head(head, lambda data: SIGNER.sign_box(data, trusted_comment="file:head.json"))
        )
    ledger = Ledger(entries=entries, head=heads[1])
    yield "head", heads[1].to_bytes()
    yield "proof", prove(ledger, entries[0].sha256).to_bytes()
    yield "growth", prove_growth(ledger, heads[0]).to_bytes()


def _by_reader(*made: tuple[str, bytes]) -> MappingProxyType[str, tuple[bytes, ...]]:
    found: dict[str, tuple[bytes, ...]] = {}
    for name, seed in made:
        found[name] = (*found.get(name, ()), seed)
    return MappingProxyType(found)


SEEDS = _by_reader(
    *(*_packages(), *_images(), *_programs(), *_app(), *_setup()),
    *(*_signed(), *_provenance(), *_ledger()),
)
"""Reader → what it begins with."""
