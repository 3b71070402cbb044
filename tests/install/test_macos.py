"""A macOS application and its disk image, read by tools that are not ours, down to a kernel that mounts it.

No Mac is here: what only one can show is in docs/how-to/package-for-macos.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/millennium-bundler/tests/programs"))
from mac_identities import PASSWORD, certificate, old_p12, rsa_key
from mac_programs import thin, universal
from millennium_bundler.archive.hfs_plus.names import decompose, encode_name, name_order
from millennium_bundler.archive.hfs_plus.volume import Volume
from millennium_bundler.archive.hfs_plus.writer import write_volume
from millennium_bundler.archive.udif import read_udif
from millennium_bundler.tree import Tree

PROGRAM = universal(thin("x86_64", content=b"x" * 300_000), thin("aarch64", content=b"y" * 300_000))
LINUX = shutil.which("linux.uml")
BUSYBOX = shutil.which("busybox")
MODULES = Path("/usr/lib/uml/modules")
INIT = """#!/busybox sh
/busybox mount -t proc proc /proc
for name in cdrom nls_utf8 hfsplus; do /busybox insmod /$name.ko; done
/busybox mount -t hfsplus -o ro,nodecompose /dev/ubda /mnt && echo mounted
cd /mnt
/busybox find . -type f -exec /busybox sha256sum {} +
/busybox find . -type f -perm -100 -exec echo runs {} ';'
/busybox find . -type l -exec echo link {} ';' -exec /busybox readlink {} ';'
/busybox poweroff -f
"""

pytestmark = pytest.mark.timeout(300)
needs_7z = pytest.mark.skipif(not shutil.which("7z"), reason="needs 7z")
needs_dmg2img = pytest.mark.skipif(not shutil.which("dmg2img"), reason="needs dmg2img")
needs_kernel = pytest.mark.skipif(
    not (LINUX and BUSYBOX and MODULES.exists()), reason="needs user-mode-linux and busybox-static"
)


def bundle(folder: Path, name: str) -> Path:
    """Make application and image as a user does; return their folder."""
    out = folder / name
    secret = base64.b64encode(old_p12(rsa_key(), certificate(rsa_key()))).decode()
    command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", "app,dmg"]
    places = ["--manifest", str(folder / "bundle-manifest.json"), "--output", str(out), "--json"]
    variables = {"APPLE_CERTIFICATE": secret, "APPLE_CERTIFICATE_PASSWORD": PASSWORD.decode()}
    subprocess.run(
        [*command, *places], check=True, capture_output=True, env={**os.environ, **variables}
    )
    return out


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A universal program, with everything that an image may have."""
    folder = tmp_path_factory.mktemp("mac")
    (folder / "program").write_bytes(PROGRAM)
    (folder / "libown.dylib").write_bytes(universal(thin(kind=6), thin("aarch64", kind=6)))
    (folder / "LICENSE").write_text("Do as you like.\n")
    Image.new("RGBA", (512, 512), (90, 60, 200, 255)).save(folder / "icon.png")
    Image.new("RGBA", (660, 400), (230, 230, 250, 255)).save(folder / "bg.png")
    manifest = {
        "schema": 1,
        "identifier": "org.example.MacProbe",
        "product_name": "Mac Pröbe",
        "binary_name": "probe",
        "version": "1.2.3",
        "publisher": "Ada Lovelace",
        "target": "universal-apple-darwin",
        "executable": "program",
        "executable_sha256": hashlib.sha256(PROGRAM).hexdigest(),
        "icons": ["icon.png"],
        "verified": True,
        "file_associations": [{"ext": ["mprobe"]}],
        "deep_link_schemes": ["mprobe"],
        "macos": {
            "frameworks": ["libown.dylib"],
            "license": "LICENSE",
            "dmg": {"background": "bg.png"},
        },
    }
    (folder / "bundle-manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="module")
def made(project: Path) -> Path:
    return bundle(project, "made")


@pytest.fixture(scope="module")
def app(made: Path) -> Path:
    return next(made.glob("*.app"))


@pytest.fixture(scope="module")
def image(made: Path) -> Path:
    return next(made.glob("*.dmg"))


@pytest.fixture(scope="module")
def volume(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file system of the image, unpacked by dmg2img."""
    path = tmp_path_factory.mktemp("volume") / "volume"
    subprocess.run(["dmg2img", image, path], check=True, capture_output=True)
    return path


def sums(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_the_same_project_gives_the_same_bytes(project: Path, made: Path):
    assert sums(bundle(project, "again")) == sums(made)


def test_rcodesign_accepts_every_piece_of_code(app: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    code = [app / "Contents/MacOS/probe", app / "Contents/Frameworks/libown.dylib"]
    assert [other.verify_macho(str(path)) for path in code] == [[], []]


def test_rcodesign_catches_a_flipped_byte(app: Path, tmp_path: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    data = bytearray((app / "Contents/MacOS/probe").read_bytes())
    data[0x9000] ^= 1
    (tmp_path / "probe").write_bytes(bytes(data))
    assert other.verify_macho(str(tmp_path / "probe")) != []


def test_rcodesign_verifies_the_signature_of_the_image(image: Path):
    other = pytest.importorskip("apple_platform", reason="needs apple-platform-py")
    [found] = other.read_signature(str(image))
    [signer] = found["entity"]["dmg"]["signature"]["cms"]["signers"]
    assert signer["signature_verifies"] is True


def test_icnsutil_finds_nothing_wrong_with_the_icon(app: Path):
    other = pytest.importorskip("icnsutil", reason="needs icnsutil")
    assert list(other.IcnsFile.verify(str(app / "Contents/Resources/icon.icns"))) == []


def test_pydmg_finds_the_checksums_right(image: Path, tmp_path: Path):
    other = pytest.importorskip("pydmg", reason="needs pydmg")
    touched = tmp_path / "touched.dmg"
    touched.write_bytes(b"?" + image.read_bytes()[1:])
    assert other.verify_data_checksum(str(image)) is True
    assert other.verify_data_checksum(str(touched)) is False


def test_pydmg_sees_a_volume_of_hfs_plus(image: Path):
    other = pytest.importorskip("pydmg", reason="needs pydmg")
    found = other.inspect_filesystems(str(image))
    assert found["apple_filesystem"]["fs_type"] == "hfsplus"
    assert found["errors"] == []


@needs_7z
def test_7z_unpacks_the_same_application(image: Path, app: Path, tmp_path: Path):
    done = subprocess.run(
        ["7z", "x", f"-o{tmp_path}", image], capture_output=True, check=False, text=True
    )
    assert "Everything is Ok" in done.stdout
    [found] = tmp_path.glob("*/*.app")
    assert sums(found) == sums(app)


@needs_7z
def test_7z_refuses_a_damaged_image(image: Path, tmp_path: Path):
    data = image.read_bytes()
    touched = tmp_path / "touched.dmg"
    touched.write_bytes(data[:4000] + bytes(200) + data[4200:])
    assert subprocess.run(["7z", "t", touched], capture_output=True, check=False).returncode != 0


@needs_dmg2img
def test_dmg2img_unpacks_the_volume_that_was_written(volume: Path, image: Path):
    assert volume.read_bytes() == read_udif(image.read_bytes()).volume


def mount(volume: Path, folder: Path) -> list[str]:
    """Start a Linux kernel that mounts the volume; return what it printed."""
    (folder / "proc").mkdir()
    (folder / "mnt").mkdir()
    (folder / "dev").mkdir()
    shutil.copy(str(BUSYBOX), folder / "busybox")
    for name in ("cdrom", "nls_utf8", "hfsplus"):
        shutil.copy(next(MODULES.rglob(f"{name}.ko")), folder)
    (folder / "init").write_text(INIT)
    (folder / "init").chmod(0o755)
    root = ["rootfstype=hostfs", f"rootflags={folder}", "rw", "init=/init", "quiet", "panic=-1"]
    words = [str(LINUX), "mem=128M", f"ubd0r={volume}", "con=null", "con0=null,fd:1", *root]
    done = subprocess.run(
        words, capture_output=True, timeout=120, check=False, stdin=subprocess.DEVNULL
    )
    return done.stdout.decode("utf-8", "replace").replace("\r", "").splitlines()


@pytest.fixture(scope="module")
def seen(volume: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a kernel of Linux sees in the volume."""
    return mount(volume, tmp_path_factory.mktemp("kernel"))


@needs_dmg2img
@needs_kernel
def test_a_kernel_mounts_the_volume_and_reads_every_file(seen: list[str], app: Path):
    assert "mounted" in seen
    found = {line[66:]: line[:64] for line in seen if line[66:68] == "./"}
    inside = {name.partition(".app/")[2]: digest for name, digest in found.items()}
    assert inside.pop("")
    assert inside == sums(app)
    outside = sorted(name for name in found if ".app/" not in name)
    assert outside == ["./.DS_Store", "./.VolumeIcon.icns", "./.background/background.png"]


@needs_dmg2img
@needs_kernel
def test_the_kernel_sees_what_runs_and_where_links_lead(seen: list[str]):
    running = [line.partition(".app/")[2] for line in seen if line.startswith("runs ")]
    assert running == ["Contents/MacOS/probe"]
    assert seen[seen.index("link ./Applications") + 1] == "/Applications"


@needs_dmg2img
@needs_kernel
def test_the_kernel_does_not_mount_a_damaged_volume(volume: Path, tmp_path: Path):
    data = bytearray(volume.read_bytes())
    data[1024:1026] = b"??"
    data[-1024:-1022] = b"??"
    touched = tmp_path / "touched"
    touched.write_bytes(bytes(data))
    folder = tmp_path / "kernel"
    folder.mkdir()
    assert "mounted" not in mount(touched, folder)


def large_volume() -> tuple[bytes, dict[str, str]]:
    """A volume of many folders and names in many scripts, and what lies in it."""
    pool = [*range(0x21, 0x2F), *range(0x30, 0x7F), *range(0xA1, 0x250), *range(0x370, 0x530)]
    letters = [chr(unit) for unit in [*pool, *range(0x10A0, 0x10F6), *range(0xAC00, 0xAD00)]]
    files: dict[tuple[int, ...], tuple[str, bytes]] = {}
    for number in range(6000):
        seed = hashlib.sha256(b"%d" % number).digest()
        picked = (seed[at] << 8 | seed[at + 1] for at in range(0, 2 + seed[31] % 24, 2))
        name = decompose("".join(letters[unit % len(letters)] for unit in picked).strip("."))
        if name:
            files[name_order(encode_name(name))] = (name, seed)
    tree = Tree(date=1_735_689_600)
    for name, seed in files.values():
        tree.file(f"folder {seed[30] % 7}/{name}", seed)
    data = write_volume(Volume(name="Large", tree=tree, identity=bytes(8)))
    return data, {f"./{file.path}": hashlib.sha256(file.data).hexdigest() for file in tree.files()}


@needs_kernel
def test_the_kernel_finds_every_name_of_a_large_volume(tmp_path: Path):
    data, wanted = large_volume()
    (tmp_path / "volume").write_bytes(data)
    folder = tmp_path / "kernel"
    folder.mkdir()
    seen = mount(tmp_path / "volume", folder)
    assert {line[66:]: line[:64] for line in seen if line[66:68] == "./"} == wanted
