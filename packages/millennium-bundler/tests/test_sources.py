"""Files that a manifest names are looked for before any work."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from mac_programs import thin
from millennium_bundler.errors import BundleError
from millennium_bundler.settings import Manifest
from millennium_bundler.sources import check_sources

MakeManifest = Callable[..., Manifest]

CODES = {"executable.wrong_target", "elf.malformed", "macho.malformed"}


def test_a_manifest_whose_files_are_there_passes(make_manifest: MakeManifest):
    manifest = make_manifest(
        license_files=["icon.png"],
        sbom="icon.png",
        files=[{"source": "icon.png", "destination": "/usr/lib/hello/a"}],
    )
    check_sources(manifest)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"executable": "gone"}, "executable.missing"),
        ({"icons": ["gone.png"]}, "icon.missing"),
        ({"license_files": ["gone"]}, "tree.missing"),
        ({"sbom": "gone"}, "tree.missing"),
        ({"files": [{"source": "gone", "destination": "/usr/lib/hello/a"}]}, "tree.missing"),
        ({"sbom": "gone" * 200}, "tree.missing"),
    ],
    ids=["executable", "icon", "licence", "list of parts", "file", "a name too long"],
)
def test_a_file_that_is_not_there_is_named(
    make_manifest: MakeManifest, changes: dict[str, object], code: str
):
    with pytest.raises(BundleError, match="gone") as caught:
        check_sources(make_manifest(**changes))
    assert caught.value.code == code


def elf(machine: int = 62) -> bytes:
    """The head of a program for Linux, which needs nothing."""
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, 0, 0, 0, 0)


PROGRAMS: dict[str, bytes] = {
    "elf": elf(),
    "elf of another machine": elf(183),
    "torn elf": b"\x7fELF",
    "macho": thin(),
    "macho of another machine": thin("aarch64"),
    "library of macOS": thin(kind=6),
    "script": b"#!/bin/sh\n",
    "text": b"print('hello')\n",
    "empty": b"",
}


@pytest.mark.parametrize(
    ("target", "program"),
    [
        ("x86_64-linux-gnu", elf()),
        ("aarch64-linux-gnu", elf(183)),
        ("x86_64-linux-gnu", b"#!/bin/sh\n"),
        ("x86_64-apple-darwin", thin()),
    ],
    ids=["elf", "elf for ARM", "script", "macho"],
)
def test_a_program_for_the_target_is_taken(
    make_manifest: MakeManifest, target: str, program: bytes
):
    manifest = make_manifest(target=target, executable="program", executable_sha256="")
    manifest.resolve("program").write_bytes(program)
    check_sources(manifest)


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("x86_64-linux-gnu", PROGRAMS.keys() - {"elf", "script"}),
        ("x86_64-windows-msvc", PROGRAMS.keys()),
        ("x86_64-apple-darwin", PROGRAMS.keys() - {"macho"}),
    ],
    ids=["linux", "windows", "macos"],
)
def test_an_executable_that_is_none_for_the_target_is_refused(
    make_manifest: MakeManifest, target: str, names: set[str]
):
    manifest = make_manifest(target=target, executable="program", executable_sha256="")
    for name in sorted(names):
        manifest.resolve("program").write_bytes(PROGRAMS[name])
        with pytest.raises(BundleError, match="program") as caught:
            check_sources(manifest)
        assert caught.value.code in CODES, name


def test_an_executable_of_windows_is_for_its_machine(
    make_manifest: MakeManifest, pe: Callable[..., bytes]
):
    manifest = make_manifest(
        target="aarch64-windows-msvc", executable="program", executable_sha256=""
    )
    manifest.resolve("program").write_bytes(pe(0xAA64))
    check_sources(manifest)
    manifest.resolve("program").write_bytes(pe())
    with pytest.raises(BundleError, match="x86_64, the manifest says aarch64"):
        check_sources(manifest)


@pytest.mark.parametrize(
    ("program", "words"),
    [("empty", "it is empty"), ("macho", "it is one for macOS"), ("text", "neither ELF nor")],
)
def test_it_is_told_what_the_executable_is(make_manifest: MakeManifest, program: str, words: str):
    manifest = make_manifest(executable="program", executable_sha256="")
    manifest.resolve("program").write_bytes(PROGRAMS[program])
    with pytest.raises(BundleError, match=words):
        check_sources(manifest)


def test_an_executable_of_windows_is_named_as_such(
    make_manifest: MakeManifest, pe: Callable[..., bytes]
):
    manifest = make_manifest(executable="program", executable_sha256="")
    manifest.resolve("program").write_bytes(pe())
    with pytest.raises(BundleError, match="it is one for Windows"):
        check_sources(manifest)
