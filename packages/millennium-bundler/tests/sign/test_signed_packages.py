"""Packages signed as they are bundled, judged by the tools of their systems."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from millennium_bundler.bundle import BundleOptions, bundle
from millennium_bundler.formats.deb import DebFormat
from millennium_bundler.formats.interface import Format
from millennium_bundler.formats.rpm import RpmFormat
from millennium_bundler.settings import Manifest
from millennium_bundler.sign.gpg import GpgKey, GpgSigner
from millennium_bundler.sign.secret import Secret
from millennium_bundler.sign.signing import Signing

PASSWORD = Secret(b"sesame-4711-marker")
DATE = 1_735_689_600
POLICY = """<?xml version="1.0"?>
<!DOCTYPE Policy SYSTEM "https://www.debian.org/debsig/1.0/policy.dtd">
<Policy xmlns="https://www.debian.org/debsig/1.0/">
  <Origin Name="Ada" id="ID" Description="Ada"/>
  <Selection><Required Type="origin" File="debsig.gpg" id="ID"/></Selection>
  <Verification MinOptional="0"><Required Type="origin" File="debsig.gpg" id="ID"/></Verification>
</Policy>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A system that trusts one key.

    Attributes:
        words: Of its command, but for the package.
        accepted: What it prints of a package that is right.
    """

    words: tuple[str, ...]
    accepted: str

    def accepts(self, package: Path) -> bool:
        done = subprocess.run(
            [*self.words, str(package)], capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode == 0 and self.accepted in done.stdout


@pytest.fixture(scope="module")
def signer(openpgp_key: Path) -> Iterator[GpgSigner]:
    key = GpgKey(secret=Secret(openpgp_key.read_bytes()), password=PASSWORD)
    with GpgSigner(key, date=DATE) as made:
        yield made


@pytest.fixture
def debsig(signer: GpgSigner, tmp_path: Path) -> Judge:
    if shutil.which("debsig-verify") is None:
        pytest.skip("needs debsig-verify: packaging/apt-slow.txt")
    name = signer.fingerprint[-16:]
    policies, keyrings = tmp_path / "policies", tmp_path / "keyrings"
    (policies / name).mkdir(parents=True)
    (keyrings / name).mkdir(parents=True)
    (policies / name / "ada.pol").write_text(POLICY.replace("ID", name))
    dearmour = ["gpg", "--batch", "--dearmor"]
    done = subprocess.run(dearmour, input=signer.public_key(), capture_output=True, check=True)
    (keyrings / name / "debsig.gpg").write_bytes(done.stdout)
    places = ("--policies-dir", str(policies), "--keyrings-dir", str(keyrings))
    return Judge(words=("debsig-verify", *places), accepted="Verified")


@pytest.fixture
def rpmkeys(signer: GpgSigner, tmp_path: Path) -> Judge:
    if shutil.which("rpmkeys") is None:
        pytest.skip("needs rpm: packaging/apt-slow.txt")
    words = ("rpmkeys", "--define", f"_dbpath {tmp_path / 'db'}")
    (tmp_path / "key.asc").write_bytes(signer.public_key())
    subprocess.run([*words, "--import", str(tmp_path / "key.asc")], check=True, timeout=60)
    return Judge(words=(*words, "--checksig"), accepted="digests signatures OK")


@pytest.fixture
def signed(
    make_manifest: Callable[..., Manifest], signer: GpgSigner, tmp_path: Path
) -> Callable[..., Path]:
    """Makes a signed package of a format."""

    def make(format_: DebFormat | RpmFormat) -> Path:
        manifest = make_manifest(linux={"deb": {"signature": True}})
        [package] = format_.make(replace(manifest, signing=Signing(gpg=signer)))
        assert package.is_signed
        path = tmp_path / package.file_name
        path.write_bytes(package.file)
        return path

    return make


@pytest.fixture(params=["deb", "rpm"])
def package_and_judge(
    request: pytest.FixtureRequest, signed: Callable[..., Path], dpkg_info: Path
) -> tuple[Path, Judge]:
    if request.param == "deb":
        judge = request.getfixturevalue("debsig")
        return signed(DebFormat(dpkg_info=dpkg_info)), judge
    judge = request.getfixturevalue("rpmkeys")
    return signed(RpmFormat()), judge


def test_its_system_accepts_a_signed_package(package_and_judge: tuple[Path, Judge]):
    package, judge = package_and_judge
    assert judge.accepts(package)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_its_system_refuses_a_flipped_byte(package_and_judge: tuple[Path, Judge], part: float):
    package, judge = package_and_judge
    data = bytearray(package.read_bytes())
    data[int(len(data) * part)] ^= 1
    package.write_bytes(data)
    assert not judge.accepts(package)


def test_its_system_refuses_it_without_a_signature(
    package_and_judge: tuple[Path, Judge], make_manifest: Callable[..., Manifest], dpkg_info: Path
):
    package, judge = package_and_judge
    formats: dict[str, Format[Any]] = {".deb": DebFormat(dpkg_info=dpkg_info), ".rpm": RpmFormat()}
    [unsigned] = formats[package.suffix].make(make_manifest())
    package.write_bytes(unsigned.file)
    assert not judge.accepts(package)


def test_the_same_package_is_signed_the_same(signed: Callable[..., Path], dpkg_info: Path):
    first = hashlib.sha256(signed(DebFormat(dpkg_info=dpkg_info)).read_bytes()).digest()
    second = hashlib.sha256(signed(DebFormat(dpkg_info=dpkg_info)).read_bytes()).digest()
    assert first == second


@pytest.mark.skipif(shutil.which("lintian") is None, reason="needs lintian")
@pytest.mark.timeout(180)
def test_lintian_sees_no_signature_in_a_deb(
    make_manifest: Callable[..., Manifest], signer: GpgSigner, tmp_path: Path
):
    manifest = make_manifest(linux={"deb": {"signature": True}})
    signed = replace(manifest, signing=Signing(gpg=signer))
    [made] = bundle(signed, [DebFormat()], BundleOptions(output=tmp_path)).made
    assert made.is_signed
    assert "signature" not in str(made.findings)
    told = DebFormat().lint(made.path) or ()
    assert set(made.findings or ()) < set(told)


@pytest.mark.skipif(shutil.which("rpm") is None, reason="needs rpm")
def test_rpm_checks_the_digests_of_a_signed_package_too(
    make_manifest: Callable[..., Manifest], signer: GpgSigner, tmp_path: Path
):
    steps: list[str] = []
    options = BundleOptions(output=tmp_path, on_step=lambda _format, step: steps.append(step))
    signed = replace(make_manifest(), signing=Signing(gpg=signer))
    [made] = bundle(signed, [RpmFormat()], options).made
    assert (made.is_signed, made.findings) == (True, ())
    assert "lint as signed" in steps
