"""The compiled runtimes: the same bytes each time, and nothing else is ever used."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest

from millennium_bundler import native
from millennium_bundler.elf import read_elf
from millennium_bundler.errors import FormatError
from millennium_bundler.native import (
    MACHINES,
    RUNTIME,
    SOURCES,
    Toolchain,
    compile_runtime,
    find_runtime,
    find_toolchains,
)

OWN = platform.machine()

needs_compiler = pytest.mark.skipif(
    not Toolchain(machine=OWN, compiler="gcc").is_usable(),
    reason="needs gcc, musl-tools and libzstd-dev",
)


def own() -> Toolchain:
    return Toolchain(machine=OWN, compiler="gcc")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that looks as if it had musl and libzstd for all machines."""
    for machine in MACHINES:
        musl = tmp_path / "usr" / "lib" / f"{machine}-linux-musl"
        zstd = tmp_path / "usr" / "lib" / f"{machine}-linux-gnu"
        musl.mkdir(parents=True)
        zstd.mkdir()
        (musl / "rcrt1.o").touch()
        (zstd / "libzstd.a").touch()
    return tmp_path


@needs_compiler
def test_the_same_sources_give_the_same_bytes_wherever_they_lie(tmp_path: Path):
    shutil.copytree(SOURCES, tmp_path / "elsewhere")
    one = compile_runtime(own(), store=tmp_path / "one")
    two = compile_runtime(own(), sources=tmp_path / "elsewhere", store=tmp_path / "two")
    assert one.read_bytes() == two.read_bytes()


@needs_compiler
def test_the_runtime_needs_no_library_and_is_marked_as_type_2(tmp_path: Path):
    compile_runtime(own(), store=tmp_path)
    runtime = find_runtime(OWN, store=tmp_path)
    assert read_elf(runtime, place="runtime").needed == ()
    assert runtime[8:11] == b"AI\x02"
    assert len(runtime) < 500_000


@needs_compiler
def test_a_runtime_that_was_altered_is_refused(tmp_path: Path):
    path = compile_runtime(own(), store=tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(FormatError) as caught:
        find_runtime(OWN, store=tmp_path)
    assert caught.value.code == "appimage.runtime_changed"


def test_a_runtime_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(FormatError) as caught:
        find_runtime("x86_64", store=tmp_path)
    assert caught.value.code == "appimage.no_runtime"
    assert "millennium_bundler.native" in caught.value.help


@needs_compiler
def test_a_compiler_that_refuses_is_quoted(tmp_path: Path):
    sources = tmp_path / "sources"
    shutil.copytree(SOURCES, sources)
    (sources / "sha256.c").write_text("nonsense\n")
    with pytest.raises(FormatError) as caught:
        compile_runtime(own(), sources=sources, store=tmp_path)
    assert caught.value.code == "appimage.compiler"
    assert "nonsense" in caught.value.message
    assert not (tmp_path / OWN / RUNTIME).exists()


@pytest.mark.parametrize(
    ("chain", "helps"),
    [
        (Toolchain(machine=OWN, compiler="no-such-compiler"), "musl-tools"),
        (Toolchain(machine="other", compiler="gcc"), "gcc-other-linux-gnu"),
    ],
    ids=["compiler", "machine"],
)
def test_a_toolchain_that_is_not_there_is_refused(tmp_path: Path, chain: Toolchain, helps: str):
    with pytest.raises(FormatError) as caught:
        compile_runtime(chain, store=tmp_path)
    assert caught.value.code == "appimage.compiler"
    assert helps in caught.value.help


def test_a_folder_may_bring_what_other_machines_need(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda command: f"/usr/bin/{command}")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert [chain.machine for chain in find_toolchains(roots=(root,))] == ["x86_64", "aarch64"]
    assert find_toolchains(roots=(root,))[1].root == root


def test_a_machine_without_a_cross_compiler_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert [chain.machine for chain in find_toolchains(roots=(root,))] == ["x86_64"]


def test_a_machine_that_has_no_runtime_compiles_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert find_toolchains() == []


def test_the_command_says_what_was_written_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    written = tmp_path / "x86_64" / RUNTIME
    written.parent.mkdir()
    written.write_bytes(b"12345")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(native, "compile_runtime", lambda _chain: written)
    monkeypatch.setattr(native, "STORE", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    assert native.main([]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "x86_64/appimage-runtime 5"
    assert second.startswith("aarch64: left out; install gcc-aarch64-linux-gnu")


@pytest.mark.parametrize(
    ("is_old", "said"), [(False, "aarch64: kept"), (True, "aarch64: left out")], ids=["same", "old"]
)
@needs_compiler
def test_what_was_compiled_from_other_sources_goes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_old: bool,
    said: str,
):
    folder = compile_runtime(own(), store=tmp_path).parent.rename(tmp_path / "aarch64")
    note = folder / f"{RUNTIME}.sha256"
    note.write_text(note.read_text().replace(" ", " 0") if is_old else note.read_text())
    monkeypatch.setattr(native, "STORE", tmp_path)
    monkeypatch.setattr(native, "find_toolchains", lambda **_roots: [])
    assert native.main([]) == 0
    assert said in capsys.readouterr().out
    assert folder.exists() is not is_old


def test_a_root_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    libraries = tmp_path / "root" / "usr" / "lib"
    for name in ("aarch64-linux-musl/rcrt1.o", "aarch64-linux-gnu/libzstd.a"):
        (libraries / name).parent.mkdir(parents=True)
        (libraries / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(shutil, "which", lambda command: command)
    _own, cross = native.find_toolchains(roots=(Path("root"),))
    assert cross.root == tmp_path / "root"


def test_a_root_that_is_no_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert native.main([str(tmp_path / "gone")]) == 1
    assert "gone" in capsys.readouterr().err


def test_the_command_fails_with_what_helps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(shutil, "which", lambda _command: None)
    assert native.main([]) == 1
    assert "error[M0471]" in capsys.readouterr().err
