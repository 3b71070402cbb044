"""The compiled parts are found, made, and named when they are missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from millennium_build import native
from millennium_build.errors import CompilerError, NativeMissingError

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="needs Linux: the native freezer is for it"
)


def test_missing_core_names_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(NativeMissingError) as caught:
        native.native_artifacts(11, store=tmp_path)
    assert caught.value.number == "M0302"
    assert "python -m millennium_build.native" in caught.value.help


@linux
def test_compiling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    headers = native.find_headers((Path(sys.executable),))
    native.compile_native(headers, store=tmp_path / "one")
    native.compile_native(headers, store=tmp_path / "two")
    one = native.native_artifacts(sys.version_info[1], store=tmp_path / "one")
    two = native.native_artifacts(sys.version_info[1], store=tmp_path / "two")
    assert one.stub.read_bytes() == two.stub.read_bytes()
    assert one.core.read_bytes() == two.core.read_bytes()
    assert str(tmp_path).encode() not in one.core.read_bytes()


@linux
def test_nothing_is_left_beside_what_was_compiled(tmp_path: Path) -> None:
    native.compile_native({}, store=tmp_path)
    assert [path.name for path in (tmp_path / native.triplet()).iterdir()] == ["stub"]


def test_missing_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(CompilerError, match="no-such-compiler"):
        native.compile_native({}, store=tmp_path, compiler="no-such-compiler")


@linux
def test_refusal_of_the_compiler_is_told(tmp_path: Path) -> None:
    (tmp_path / "stub.c").write_text("#error told\n")
    (tmp_path / "payload.c").write_text("")
    with pytest.raises(CompilerError, match="told"):
        native.compile_native({}, store=tmp_path, sources=tmp_path)


def test_file_that_is_no_interpreter_has_no_headers() -> None:
    assert native.find_headers((Path("/bin/true"),)) == {}


def test_command_says_what_it_wrote(monkeypatch, capsys, tmp_path: Path) -> None:
    monkeypatch.setattr(native, "compile_native", lambda _: [_write(tmp_path / "stub")])
    assert native.main() == 0
    assert capsys.readouterr().out == f"{tmp_path.name}/stub 3\n"


def test_command_fails_with_a_number(monkeypatch, capsys) -> None:
    def refuse(_: object) -> list[Path]:
        raise CompilerError("no", help="this way")

    monkeypatch.setattr(native, "compile_native", refuse)
    assert native.main() == 1
    assert capsys.readouterr().err == "error[M0304]: no\n  help: this way\n"


def _write(path: Path) -> Path:
    path.write_bytes(b"abc")
    return path
