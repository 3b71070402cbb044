"""A release signed with every key there is, judged by the tools that users have."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/millennium-bundler/tests/programs"))
from mac_programs import thin
from smallest_programs import windows_program

FORMATS = ("deb", "rpm", "arch", "tar", "appimage")
UPDATED = ("deb", "rpm", "tar", "appimage")
# Files of the other systems, and of the one format that other tools make, by their endings.
OTHERS = {
    "flatpak": ("x86_64-linux-gnu", ".flatpak"),
    "msi": ("x86_64-windows-msvc", ".msi"),
    "nsis": ("x86_64-windows-msvc", "-setup.exe"),
    "dmg": ("x86_64-apple-darwin", ".dmg"),
    "app": ("x86_64-apple-darwin", ".app.tar.gz"),
}
TOOLS = {"flatpak": ("flatpak", "ostree"), "nsis": ("makensis",)}
PASSWORD = "sesame-4711-marker"
VERSIONS = ("1.0.0", "1.1.0")
# One for all that is made here, or the manifests of updates, which have a date, would differ, and their sums.
DATE = str(int(time.time()))

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(shutil.which("minisign") is None, reason="needs minisign"),
    pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gpg"),
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: its packages are made"),
]


@dataclass(frozen=True, slots=True)
class Releases:
    """Two releases of an app, and the keys that signed them.

    Attributes:
        folder: One folder a version, and the keys.
    """

    folder: Path

    def package(self, format_: str, version: str = "1.1.0") -> Path:
        endings = {
            "deb": ".deb", "rpm": ".rpm", "arch": ".pkg.tar.zst", "tar": ".tar.gz", "appimage": ".AppImage",
        }  # fmt: skip
        [found] = (self.folder / version).glob(f"*{endings[format_]}")
        return found


def run(*words: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": DATE, **variables}
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, env=environment
    )


def good(*words: str | Path, **variables: str) -> str:
    done = run(*words, **variables)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def bundler(*words: str | Path, **variables: str) -> str:
    return good(sys.executable, "-m", "millennium_bundler", *words, **variables)


PROGRAMS: dict[str, Callable[[], bytes]] = {
    "x86_64-linux-gnu": lambda: Path("/bin/true").read_bytes(),
    "x86_64-windows-msvc": windows_program,
    "x86_64-apple-darwin": thin,
}


def write_manifest(folder: Path, version: str, target: str = "x86_64-linux-gnu") -> Path:
    program = PROGRAMS[target]()
    executable = f"probe-{target}.exe"
    (folder / executable).write_bytes(program)
    Image.new("RGBA", (256, 256), (90, 60, 200, 255)).save(folder / "icon.png")
    manifest = {
        "schema": 1,
        "identifier": "org.example.SignedProbe",
        "product_name": "Signed probe",
        "binary_name": "signed-probe",
        "version": version,
        "description": "Probe for signatures",
        "publisher": "Ada Lovelace",
        "email": "ada@example.org",
        "license": "MIT",
        "target": target,
        "executable": executable,
        "executable_sha256": hashlib.sha256(program).hexdigest(),
        "icons": ["icon.png"],
        "verified": True,
        "linux": {"deb": {"signature": True}},
        "windows": {"webview_install": {"mode": "skip"}},
        "signing": {
            "minisign": {"key": {"file": "mini.key"}, "password": {"variable": "PROBE_PASSWORD"}},
            "gpg": {"key": {"file": "gpg.asc"}, "password": {"variable": "PROBE_PASSWORD"}},
        },
        "updater": {"artifacts": "plain", "base_url": "https://example.org/probe/"},
    }
    path = folder / f"manifest-{target}-{version}.json"
    path.write_text(json.dumps(manifest))
    return path


def make_gpg_key(folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    gpg = (
        "gpg",
        "--homedir",
        home,
        "--batch",
        "--pinentry-mode",
        "loopback",
        "--passphrase",
        PASSWORD,
    )
    good(*gpg, "--quick-generate-key", "Ada Lovelace <ada@example.org>", "rsa3072", "sign", "never")
    (folder / "gpg.asc").write_text(good(*gpg, "--armor", "--export-secret-keys"))
    (folder / "gpg.pub").write_text(good("gpg", "--homedir", home, "--armor", "--export"))
    run("gpgconf", "--homedir", home, "--kill", "all")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Makes the keys and both releases as a developer does."""
    folder = tmp_path_factory.mktemp("releases")
    bundler("signer", "generate", "-w", folder / "mini.key", MILLENNIUM_KEY_PASSWORD=PASSWORD)
    make_gpg_key(folder)
    for version, before in zip(VERSIONS, (None, "1.0.0"), strict=True):
        previous = () if before is None else ("--previous", folder / before)
        options = ("--targets", ",".join(FORMATS), "--no-lint", "--output", folder / version)
        manifest = write_manifest(folder, version)
        bundler("bundle", "--manifest", manifest, *options, *previous, PROBE_PASSWORD=PASSWORD)
    return Releases(folder)


@pytest.fixture
def altered(tmp_path: Path) -> Callable[[Path], Path]:
    """Returns what copies a file with one byte flipped in its middle, under its own name."""

    def alter(path: Path) -> Path:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        copy = tmp_path / path.name
        copy.write_bytes(data)
        return copy

    return alter


def line_of(releases: Releases) -> str:
    text = bundler("signer", "public", "--plain", releases.folder / "mini.key.pub")
    return text.splitlines()[1]


@pytest.mark.parametrize("format_", FORMATS)
def test_minisign_accepts_each_package_and_no_altered_one(
    releases: Releases, altered, format_: str
):
    package = releases.package(format_)
    box, key = f"{package}.minisig", line_of(releases)
    assert "verified" in good("minisign", "-V", "-P", key, "-x", box, "-m", package)
    assert run("minisign", "-V", "-P", key, "-x", box, "-m", altered(package)).returncode != 0


@pytest.mark.parametrize("format_", OTHERS)
def test_minisign_accepts_what_is_for_other_systems_and_no_altered_one(
    releases: Releases, altered, format_: str, tmp_path: Path
):
    missing = [tool for tool in TOOLS.get(format_, ()) if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}")
    target, ending = OTHERS[format_]
    manifest, out = write_manifest(releases.folder, "1.1.0", target), tmp_path / "out"
    options = ("--targets", format_, "--no-lint", "--output", out)
    bundler("bundle", "--manifest", manifest, *options, PROBE_PASSWORD=PASSWORD)
    [package] = out.glob(f"*{ending}")
    box, key = f"{package}.minisig", line_of(releases)
    said = good("minisign", "-V", "-P", key, "-x", box, "-m", package)
    assert f"file:{package.name}\tversion:1.1.0" in said
    assert run("minisign", "-V", "-P", key, "-x", box, "-m", altered(package)).returncode != 0
    words = ("bundle", "verify", out, "--public-key", key)
    assert "of org.example.SignedProbe 1.1.0, as signed" in bundler(*words)


@pytest.mark.parametrize("format_", UPDATED)
def test_our_own_command_accepts_the_updaters_signature(releases: Releases, altered, format_: str):
    package = releases.package(format_)
    words = ("-p", releases.folder / "mini.key.pub", "-x", f"{package}.sig")
    assert f"file:{package.name}\tversion:1.1.0" in bundler("signer", "verify", package, *words)
    other = (
        sys.executable,
        "-m",
        "millennium_bundler",
        "signer",
        "verify",
        altered(package),
        *words,
    )
    assert run(*other).returncode == 4


def test_the_signature_of_the_release_before_does_not_fit(releases: Releases):
    new, old = releases.package("deb"), releases.package("deb", "1.0.0")
    box = f"{old}.minisig"
    assert run("minisign", "-V", "-P", line_of(releases), "-x", box, "-m", new).returncode != 0


@pytest.mark.skipif(shutil.which("rpmkeys") is None, reason="needs rpm")
def test_rpm_accepts_its_package_and_no_altered_one(releases: Releases, altered, tmp_path: Path):
    words = ("rpmkeys", "--define", f"_dbpath {tmp_path / 'db'}")
    good(*words, "--import", releases.folder / "gpg.pub")
    package = releases.package("rpm")
    assert "digests signatures OK" in good(*words, "--checksig", package)
    assert run(*words, "--checksig", altered(package)).returncode != 0


POLICY = """<?xml version="1.0"?>
<!DOCTYPE Policy SYSTEM "https://www.debian.org/debsig/1.0/policy.dtd">
<Policy xmlns="https://www.debian.org/debsig/1.0/">
  <Origin Name="Ada" id="ID" Description="Ada"/>
  <Selection><Required Type="origin" File="debsig.gpg" id="ID"/></Selection>
  <Verification MinOptional="0"><Required Type="origin" File="debsig.gpg" id="ID"/></Verification>
</Policy>
"""


@pytest.mark.skipif(shutil.which("debsig-verify") is None, reason="needs debsig-verify")
def test_debsig_accepts_its_package_and_no_altered_one(releases: Releases, altered, tmp_path: Path):
    listed = good("gpg", "--with-colons", "--show-keys", releases.folder / "gpg.pub")
    name = next(line.split(":")[4] for line in listed.splitlines() if line.startswith("pub:"))
    (tmp_path / "policies" / name).mkdir(parents=True)
    (tmp_path / "policies" / name / "ada.pol").write_text(POLICY.replace("ID", name))
    (tmp_path / "keyrings" / name).mkdir(parents=True)
    keyring = tmp_path / "keyrings" / name / "debsig.gpg"
    good("gpg", "--batch", "--dearmor", "--output", keyring, releases.folder / "gpg.pub")
    places = ("--policies-dir", tmp_path / "policies", "--keyrings-dir", tmp_path / "keyrings")
    package = releases.package("deb")
    assert "Verified" in good("debsig-verify", *places, package)
    assert run("debsig-verify", *places, altered(package)).returncode != 0


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
def test_zstd_makes_the_new_release_out_of_the_old_one(releases: Releases, tmp_path: Path):
    old, new = releases.package("tar", "1.0.0"), releases.package("tar")
    delta = new.with_name(f"{new.name}.from-1.0.0.zst")
    (tmp_path / "old").write_bytes(
        subprocess.run(["gzip", "-dc", old], capture_output=True, check=True).stdout
    )
    good("zstd", "-q", "-d", "--patch-from", tmp_path / "old", delta, "-o", tmp_path / "new")
    wanted = subprocess.run(["gzip", "-dc", new], capture_output=True, check=True).stdout
    assert (tmp_path / "new").read_bytes() == wanted
    assert delta.stat().st_size * 10 < new.stat().st_size


def test_a_second_release_is_the_same_bytes(releases: Releases, tmp_path: Path):
    manifest = releases.folder / "manifest-x86_64-linux-gnu-1.0.0.json"
    options = ("--targets", ",".join(FORMATS), "--no-lint", "--output", tmp_path / "again")
    bundler("bundle", "--manifest", manifest, *options, PROBE_PASSWORD=PASSWORD)
    first = {path.name: path.read_bytes() for path in (releases.folder / "1.0.0").iterdir()}
    second = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} == set()
