"""A real executable, a picture and a manifest for every test that asks."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from PIL import Image

from millennium_bundler.settings import Manifest, load_manifest

sys.path.insert(0, str(Path(__file__).parent / "programs"))
from complete_manifests import USUAL
from mac_programs import thin

MakeManifest = Callable[..., Manifest]

settings.register_profile("long", max_examples=3000)


@pytest.fixture
def values() -> dict[str, object]:
    """The manifest of a complete app."""
    return {**USUAL, "target": "x86_64-linux-gnu", "executable": "hello"}


@pytest.fixture
def png() -> Callable[[int], bytes]:
    """Draws a square picture of a side length."""

    def draw(side: int) -> bytes:
        out = io.BytesIO()
        Image.new("RGBA", (side, side), (40, 90, 200, 255)).save(out, "PNG")
        return out.getvalue()

    return draw


@pytest.fixture
def write_manifest(
    tmp_path: Path, values: dict[str, object], png: Callable[[int], bytes]
) -> Callable[..., Path]:
    """Writes the manifest, with changes, beside a real executable and a picture."""

    def write(**changes: object) -> Path:
        executable = Path("/bin/true").read_bytes() if sys.platform == "linux" else b"#!/bin/sh\n"
        (tmp_path / "hello").write_bytes(executable)
        (tmp_path / "icon.png").write_bytes(png(64))
        path = tmp_path / "bundle-manifest.json"
        digest = hashlib.sha256(executable).hexdigest()
        path.write_text(json.dumps({**values, "executable_sha256": digest, **changes}))
        return path

    return write


@pytest.fixture
def make_manifest(write_manifest: Callable[..., Path]) -> MakeManifest:
    """Writes and reads a manifest with changes."""

    def make(**changes: object) -> Manifest:
        return load_manifest(write_manifest(**changes))

    return make


@pytest.fixture
def pe() -> Callable[..., bytes]:
    """Makes a Windows executable of one section, which holds its version resource."""

    def make(machine: int = 0x8664, version: tuple[int, ...] = (), *, flags: int = 0x22) -> bytes:
        wide = machine != 0x14C
        optional = (
            struct.pack("<H66xH42x", 0x20B, 2) if wide else struct.pack("<H66xH26x", 0x10B, 3)
        )
        optional = optional[: 108 if wide else 92]
        folders = struct.pack("<I16xII", 16, 0x1000 if version else 0, 0) + bytes(104)
        head = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
        coff = struct.pack("<4sHH12xHH", b"PE\0\0", machine, 1, len(optional + folders), flags)
        at = len(head + coff + optional + folders) + 40
        section = _version_section(version) if version else b""
        table = b".rsrc\0\0\0" + struct.pack("<4I16x", 0x200, 0x1000, 0x200, at)
        return head + coff + optional + folders + table + section.ljust(0x200, b"\0")

    return make


def _version_section(version: tuple[int, ...]) -> bytes:
    def folder(number: int, place: int) -> bytes:
        return struct.pack("<12xHHII", 0, 1, number, place)

    a, b, c, d = version
    floors = folder(16, 24 | 1 << 31) + folder(1, 48 | 1 << 31) + folder(1033, 72)
    leaf = struct.pack("<II8x", 0x1000 + 88, 52)
    return (
        floors
        + leaf
        + struct.pack("<III", 0xFEEF04BD, 0x10000, a << 16 | b)
        + struct.pack("<I36x", c << 16 | d)
    )


@pytest.fixture
def make_windows_manifest(
    write_manifest: Callable[..., Path], pe: Callable[..., bytes], tmp_path: Path
) -> MakeManifest:
    """Writes and reads a manifest of a Windows app with changes; `msi` and `nsis` are keys of `windows`."""

    def make(**changes: object) -> Manifest:
        (tmp_path / "hello.exe").write_bytes(pe(version=(1, 2, 3, 0)))
        (tmp_path / "words.json").write_text('{"hello": "world"}')
        windows: dict[str, object] = {"webview_install": {"mode": "skip"}}
        windows |= {
            key: changes.pop(key)
            for key in ("allow_downgrades", "webview_install", "msi", "nsis")
            if key in changes
        }
        files = [{"source": "words.json", "destination": "/resources/deep folder/words.json"}]
        standard = {
            "target": "x86_64-windows-msvc",
            "executable": "hello.exe",
            "executable_sha256": "",
            "files": files,
            "windows": windows,
        }
        return load_manifest(write_manifest(**{**standard, **changes}))

    return make


@pytest.fixture
def dpkg_info(tmp_path: Path) -> Path:
    """A dpkg database of two libraries, so that no test depends on the machine."""
    folder = tmp_path / "dpkg"
    folder.mkdir()
    (folder / "libc6:amd64.shlibs").write_text(
        "# a comment\nlibc 6 libc6 (>= 2.36)\nlibm 6 libc6 (>= 2.36)\nudeb: libc 6 libc6-udeb\n"
    )
    (folder / "libc6:i386.shlibs").write_text("libc 6 libc6-wrong (>= 9)\n")
    (folder / "libc6:amd64.symbols").write_text(
        "libc.so.6 libc6 #MINVER#\n"
        "| libc6 (>> 2.36), libc6 (<< 2.37)\n"
        "* Build-Depends-Package: libc6-dev\n"
        " GLIBC_2.2.5@GLIBC_2.2.5 2.2.5\n"
        " GLIBC_2.34@GLIBC_2.34 2.34\n"
        " memcpy@GLIBC_2.14 2.14\n"
        "libm.so.6 libc6 #MINVER#\n"
        " GLIBC_2.35@GLIBC_2.35 2.35\n"
    )
    (folder / "libffi8.shlibs").write_text("libffi 8 libffi8 (>= 3.4)\n")
    (folder / "libffi8.symbols").write_text(
        "libffi.so.8 libffi8 #MINVER#\n"
        " LIBFFI_BASE_7.0@LIBFFI_BASE_7.0 3.3\n"
        " LIBFFI_BASE_8.0@LIBFFI_BASE_8.0 3.4\n"
        " ffi_call@LIBFFI_BASE_8.0 3.4.2\n"
        " ffi_old@Base 3.0\n"
    )
    (folder / "libssl3.shlibs").write_text("libssl 3 libssl3 (>= 3.0.19)\n")
    (folder / "libssl3.symbols").write_text(
        "libssl.so.3 libssl3 #MINVER#\n SSL_a@OPENSSL_3.0.0 3.0.0\n SSL_b@OPENSSL_3.0.9 3.0.9\n"
    )
    (folder / "zlib1g.shlibs").write_text("libz 1 zlib1g (>= 1:1.2.13)\n")
    (folder / "libplain.shlibs").write_text("libplain 1 libplain1\nlibodd 2.0 libodd2 (>= 3)\n")
    return folder


@pytest.fixture
def make_mac_manifest(make_manifest: MakeManifest) -> MakeManifest:
    """Writes and reads a manifest with changes, and beside it a program for a Mac."""

    def make(program: bytes = b"", **changes: object) -> Manifest:
        values = {"target": "x86_64-apple-darwin", "executable_sha256": "", **changes}
        manifest = make_manifest(**values, executable="program")
        manifest.resolve("program").write_bytes(program or thin())
        return manifest

    return make
