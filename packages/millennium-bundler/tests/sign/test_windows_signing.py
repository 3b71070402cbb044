"""Both Windows formats signed for real: every program inside, the uninstaller, the package."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from millennium_bundler.archive.compound_file import is_as_written, read_compound_file
from millennium_bundler.bundle_signing import signing_for
from millennium_bundler.errors import BundleError, SignError
from millennium_bundler.formats.msi import MsiFormat
from millennium_bundler.formats.nsis import NsisFormat
from millennium_bundler.nsis.reader import read_setup
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.authenticode import CodeKey, Mark, OsslSigner
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import Signing
from millennium_bundler.windows_layout import signed_windows_tree

DATE = 1_735_689_600
TOOLS = {"msi": ("msiextract",), "nsis": ("makensis", "7z")}

pytestmark = pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="needs osslsigncode")


@pytest.fixture(params=["msi", "nsis"])
def kind(request: pytest.FixtureRequest) -> str:
    """A format whose tools are there."""
    name = str(request.param)
    missing = [tool for tool in TOOLS[name] if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {missing[0]}")
    return name


@pytest.fixture
def make_signed(
    kind: str,
    make_windows_manifest: Callable[..., Manifest],
    authority,
    program: bytes,
    tmp_path: Path,
) -> Callable[[], bytes]:
    """Makes the package of a manifest that names a key."""

    def make() -> bytes:
        manifest = make_windows_manifest(
            signing={
                "authenticode": {
                    "certificate": str(authority.chain),
                    "key": {"file": str(authority.key)},
                    "roots": str(authority.roots),
                }
            }
        )
        (tmp_path / "hello.exe").write_bytes(program)
        with signing_for(manifest) as ready:
            [package] = (MsiFormat() if kind == "msi" else NsisFormat()).make(ready)
        assert package.is_signed
        return package.file

    return make


@pytest.fixture
def signed(make_signed: Callable[[], bytes]) -> bytes:
    """A package whose manifest names a key."""
    return make_signed()


def is_verified(file: Path, roots: Path) -> bool:
    words = ["osslsigncode", "verify", "-CAfile", str(roots), "-in", str(file)]
    return subprocess.run(words, capture_output=True, check=False, timeout=60).returncode == 0


def unpack(kind: str, file: Path, folder: Path) -> None:
    words = {
        "msi": ["msiextract", "-C", str(folder), str(file)],
        "nsis": ["7z", "x", "-y", f"-o{folder}", str(file)],
    }
    subprocess.run(words[kind], check=True, capture_output=True, timeout=60)


def test_the_package_and_each_program_in_it_verify(
    kind: str, signed: bytes, authority, program: bytes, tmp_path: Path
):
    package = tmp_path / f"package.{'msi' if kind == 'msi' else 'exe'}"
    package.write_bytes(signed)
    assert is_verified(package, authority.roots)
    unpack(kind, package, tmp_path / "out")
    programs = sorted(
        path for path in (tmp_path / "out").rglob("*.exe") if "$PLUGINSDIR" not in path.parts
    )
    names = {"msi": ["hello.exe"], "nsis": ["hello.exe", "uninstall.exe"]}
    assert [path.name for path in programs] == names[kind]
    assert [is_verified(path, authority.roots) for path in programs] == [True] * len(programs)
    (tmp_path / "unsigned.exe").write_bytes(program)
    assert not is_verified(tmp_path / "unsigned.exe", authority.roots)  # the control


def test_the_same_app_is_packed_and_signed_the_same(make_signed: Callable[[], bytes]):
    first, second = make_signed(), make_signed()
    assert first == second


@pytest.mark.parametrize("kind", ["msi"], indirect=True)
def test_no_byte_of_an_msi_is_without_a_witness(signed: bytes):
    places = [
        *range(0, 512, 8),
        *range(512, len(signed), 401),
        *range(len(signed) - 200, len(signed)),
    ]
    assert is_as_written(signed)
    file = read_compound_file(signed)
    altered = [_flipped(signed, at) for at in places]
    assert [one for one in altered if is_as_written(one) and read_compound_file(one) == file] == []


@pytest.mark.parametrize("kind", ["msi"], indirect=True)
def test_a_byte_anywhere_in_an_msi_is_caught(signed: bytes, authority, tmp_path: Path):
    signer = OsslSigner(
        CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain),
        Mark(date=DATE, roots=authority.roots),
    )
    altered = [_flipped(signed, at) for at in range(0, len(signed), len(signed) // 62)]
    assert _is_good(signer, signed)
    assert [one for one in altered if _is_good(signer, one)] == []


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _is_good(signer: OsslSigner, data: bytes) -> bool:
    """Tell what both witnesses say: the signature about the streams, our reader about the rest."""
    try:
        signer.verify(data, name="a.msi")
    except SignError:
        return False
    return is_as_written(data)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9], ids=["early", "middle", "late"])
def test_a_flipped_byte_is_caught(kind: str, signed: bytes, authority, tmp_path: Path, part: float):
    at = int(len(signed) * part)
    name = f"package.{'msi' if kind == 'msi' else 'exe'}"
    (tmp_path / name).write_bytes(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    assert not is_verified(tmp_path / name, authority.roots)
    signer = OsslSigner(
        CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain),
        Mark(date=DATE, roots=authority.roots),
    )
    signer.verify(signed, name=name)
    with pytest.raises(SignError):
        signer.verify((tmp_path / name).read_bytes(), name=name)


@pytest.mark.parametrize("kind", ["nsis"], indirect=True)
def test_our_reader_takes_a_signed_setup_and_no_changed_one(signed: bytes):
    assert read_setup(signed, name="a.exe").is_signed
    at = len(signed) // 2
    with pytest.raises(BundleError):
        read_setup(signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], name="a.exe")


@pytest.mark.parametrize("kind", ["nsis"], indirect=True)
def test_no_key_no_signature(kind: str, make_windows_manifest: Callable[..., Manifest]):
    manifest = make_windows_manifest()
    [package] = NsisFormat().make(replace(manifest))
    assert not package.is_signed
    assert not read_setup(package.file, name=kind).is_signed


def test_what_others_have_signed_keeps_their_signature(
    make_windows_manifest: Callable[..., Manifest],
    authority,
    program: bytes,
    tmp_path: Path,
):
    key = CodeKey(key=Secret(authority.key.read_bytes()), certificate=authority.chain)
    theirs = OsslSigner(key, Mark(name="Theirs", date=DATE)).sign(program, name="a.dll")
    (tmp_path / "theirs.dll").write_bytes(theirs)
    (tmp_path / "broken.dll").write_bytes(theirs.replace(b"\x33\xc0\xc3", b"\x33\xc1\xc3"))
    names = ("theirs.dll", "broken.dll")
    files = [{"source": name, "destination": f"/{name}"} for name in names]
    manifest = make_windows_manifest(files=files)
    (tmp_path / "hello.exe").write_bytes(theirs)
    ours = Signing(authenticode=OsslSigner(key, Mark(name="Ours", date=DATE)))
    tree = signed_windows_tree(replace(manifest, signing=ours))
    found = {file.path: file.data for file in tree.files()}
    assert found["theirs.dll"] == theirs
    assert b"Ours" in found["hello.exe"].replace(b"\0", b"")
    assert b"Ours" in found["broken.dll"].replace(b"\0", b"")
