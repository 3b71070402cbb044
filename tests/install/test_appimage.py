"""A real AppImage, run each way it can be: mounted or copied, by root and by an ordinary user."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from millennium_bundler.archive.squashfs.read import unpadded
from millennium_bundler.errors import PackageError
from millennium_bundler.formats.appimage_file import read_appimage
from millennium_bundler.native import STORE

NOBODY = 65534
TEXT = "text of the app " * 20_000
NOISE = hashlib.shake_128(b"").digest(500_000)  # stored as it is, without zstd's own checksum
UPDATE = "zsync|https://example.org/probe.AppImage.zsync"
PROBE = """#!/bin/sh
text="$APPDIR/usr/share/appimage-probe/text"
case "$1" in
  --version) echo "probe VERSION" ;;
  variables) env | grep -E '^(APPDIR|APPIMAGE|ARGV0|OWD|HOME|XDG_CONFIG_HOME)=' ;;
  text) cat "$text" ;;
  noise) od -An -v -tx1 "$APPDIR/usr/share/appimage-probe/noise" | tr -d ' \\n' ;;
  wait) echo "$APPDIR"; read -r _line; cat "$text" | wc -c ;;
  child) (sleep 1; cat "$text" > "$2") < /dev/null > /dev/null 2>&1 & ;;
  fail) exit 7 ;;
  words) shift; for word; do echo "<$word>"; done ;;
esac
"""
# A kernel that lets everybody mount by fusermount3, as desktops are, or nobody.
WITH_FUSE = 'mknod -m 666 "$0/fuse" c 10 229 && mount --bind "$0/fuse" /dev/fuse && exec "$@"'
WITHOUT_FUSE = 'mount --bind /dev/null /dev/fuse && exec "$@"'

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to be somebody else"
    ),
    pytest.mark.skipif(not STORE.is_dir(), reason="needs the AppImage runtime, compiled"),
]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How an AppImage is started: who, and whether anything can be mounted."""

    folder: Path
    is_mounted: bool
    uid: int
    variables: dict[str, str] = field(default_factory=dict)

    def command(self, *words: str | Path) -> list[str]:
        device = self.folder / "device"
        device.mkdir(exist_ok=True)
        (device / "fuse").unlink(missing_ok=True)
        script = WITH_FUSE if self.is_mounted else WITHOUT_FUSE
        identity = [f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        space = ["unshare", "--mount", "sh", "-c", script, str(device)]
        return [*space, "setpriv", *identity, *map(str, words)]

    @property
    def environment(self) -> dict[str, str]:
        own = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": str(self.temporary)}
        return {**own, "LC_ALL": "C.UTF-8", **self.variables}

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    def run(self, *words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            check=check,
            timeout=60,
        )

    @contextmanager
    def waiting(self, app: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
        """Start the app so that it waits; give the process and the folder it runs from."""
        process = subprocess.Popen(
            self.command(app, "wait"),
            env=self.environment,
            cwd=self.home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()

    def mounts(self) -> list[Path]:
        return list(self.temporary.glob(".mount_*"))

    def copies(self) -> list[Path]:
        return list((self.home / ".cache" / "appimage-run").glob("*"))


WAYS = {
    "mounted-root": (True, 0),
    "mounted-nobody": (True, NOBODY),
    "copied-root": (False, 0),
    "copied-nobody": (False, NOBODY),
}


def make_way(folder: Path, name: str) -> Way:
    is_mounted, uid = WAYS[name]
    if is_mounted and not Path("/dev/fuse").exists():
        pytest.skip("needs /dev/fuse")
    if is_mounted and uid and shutil.which("fusermount3") is None:
        pytest.skip("needs fuse3")
    way = Way(folder=folder, is_mounted=is_mounted, uid=uid)
    for path in (way.home, way.temporary):
        path.mkdir()
        os.chown(path, uid, uid)
    return way


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Callable[[], Path]]:
    """Returns what makes a folder that everybody reaches: pytest's own are shut."""
    with tempfile.TemporaryDirectory(prefix="millennium-install-") as name:
        Path(name).chmod(0o755)

        def new() -> Path:
            folder = Path(tempfile.mkdtemp(dir=name))
            folder.chmod(0o755)
            return folder

        yield new


@pytest.fixture(params=WAYS)
def way(open_folder: Callable[[], Path], request: pytest.FixtureRequest) -> Way:
    return make_way(open_folder(), request.param)


@pytest.fixture(params=["mounted-root", "mounted-nobody"])
def mounted(open_folder: Callable[[], Path], request: pytest.FixtureRequest) -> Way:
    return make_way(open_folder(), request.param)


@pytest.fixture
def copied(open_folder: Callable[[], Path]) -> Way:
    return make_way(open_folder(), "copied-nobody")


@pytest.fixture(scope="module")
def make(open_folder: Callable[[], Path]) -> Callable[[str], Path]:
    """Makes the AppImage of one version as a user would."""

    def bundle(version: str) -> Path:
        folder = open_folder()
        (folder / "probe").write_text(PROBE.replace("VERSION", version))
        (folder / "text").write_text(TEXT)
        (folder / "noise").write_bytes(NOISE)
        Image.new("RGBA", (128, 128), (90, 60, 200, 255)).save(folder / "icon.png")
        manifest = {
            "schema": 1,
            "identifier": "org.example.AppImageProbe",
            "product_name": "AppImage probe",
            "binary_name": "appimage-probe",
            "version": version,
            "target": f"{os.uname().machine}-linux-gnu",
            "executable": "probe",
            "icons": ["icon.png"],
            "files": [
                {"source": name, "destination": f"/usr/share/appimage-probe/{name}"}
                for name in ("text", "noise")
            ],
            "verified": True,
            "linux": {"appimage": {"update_information": UPDATE}},
        }
        path = folder / "bundle-manifest.json"
        path.write_text(json.dumps(manifest))
        command = [sys.executable, "-m", "millennium_bundler", "bundle", "--targets", "appimage"]
        subprocess.run([*command, "--manifest", path], check=True, capture_output=True)
        [made] = (folder / "bundle").glob("*.AppImage")
        return made

    return bundle


@pytest.fixture(scope="module")
def app(make: Callable[[str], Path]) -> Path:
    return make("1.2.3")


def wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()


def servers(app: Path) -> list[str]:
    """Processes that still run the runtime, such as one that serves a mount."""
    links = (path / "exe" for path in Path("/proc").glob("[0-9]*"))
    return [str(link) for link in links if _target(link).startswith(str(app))]


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def test_it_runs(way: Way, app: Path):
    assert way.run(app, "--version").stdout == "probe 1.2.3\n"
    assert way.run(app, "text").stdout == TEXT
    assert bool(way.copies()) != way.is_mounted


def test_its_exit_code_and_words_are_the_app_s(way: Way, app: Path):
    assert way.run(app, "fail", check=False).returncode == 7
    assert way.run(app, "words", "a b", "", "*").stdout == "<a b>\n<>\n<*>\n"


def test_it_is_told_where_it_is(way: Way, app: Path):
    lines = way.run(app, "variables").stdout.splitlines()
    found = dict(line.split("=", 1) for line in lines)
    place = way.temporary if way.is_mounted else way.home / ".cache" / "appimage-run"
    assert Path(found.pop("APPDIR")).parent == place
    assert found == {
        "APPIMAGE": str(app),
        "ARGV0": str(app),
        "OWD": str(way.home),
        "HOME": str(way.home),
    }


def test_nothing_is_left_mounted_or_running(mounted: Way, app: Path):
    with mounted.waiting(app) as (process, folder):
        seen = Path(f"/proc/{process.pid}/mounts").read_text()
        assert (str(folder) in seen, mounted.mounts()) == (True, [folder])
        assert servers(app)
    assert wait_until(lambda: mounted.mounts() == [] and servers(app) == [])


def test_it_stays_mounted_until_its_last_child_has_ended(mounted: Way, app: Path):
    out = mounted.home / "out"
    mounted.run(app, "child", out)
    assert mounted.mounts()
    assert wait_until(lambda: mounted.mounts() == [])
    assert out.read_text() == TEXT


def test_it_stays_mounted_while_a_file_of_it_is_open(open_folder: Callable[[], Path], app: Path):
    mounted = make_way(open_folder(), "mounted-root")
    with mounted.waiting(app) as (process, folder):
        inside = Path(f"/proc/{process.pid}/root{folder}/usr/share/appimage-probe/text")
        opened = inside.open()
    time.sleep(0.6)
    assert mounted.mounts() == [folder]
    with opened:
        assert opened.read() == TEXT
    assert wait_until(lambda: mounted.mounts() == [])


def test_the_copy_is_made_once_and_is_the_user_s_alone(copied: Way, app: Path):
    copied.run(app, "--version")
    [copy] = copied.copies()
    before = (copy / "AppRun").lstat()
    copied.run(app, "--version")
    assert ([copy], (copy / "AppRun").lstat()) == (copied.copies(), before)
    owners = [(found.st_uid, stat.S_IMODE(found.st_mode)) for found in _stats(copy, copy.parent)]
    assert owners == [(NOBODY, 0o700), (NOBODY, 0o700)]


def _stats(*paths: Path) -> list[os.stat_result]:
    return [path.stat() for path in paths]


def _everybodys(cache: Path) -> None:
    cache.mkdir(parents=True)
    os.chown(cache, NOBODY, NOBODY)
    cache.chmod(0o777)


def _roots(cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    cache.chmod(0o700)


def _link(cache: Path) -> None:
    target = cache.parent.parent / "elsewhere"
    target.mkdir(mode=0o700)
    os.chown(target, NOBODY, NOBODY)
    cache.parent.mkdir()
    cache.symlink_to(target)


@pytest.mark.parametrize("spoil", [_everybodys, _roots, _link], ids=["open", "other's", "link"])
def test_a_cache_that_others_could_change_is_not_used(
    copied: Way, app: Path, spoil: Callable[[Path], None]
):
    spoil(copied.home / ".cache" / "appimage-run")
    assert copied.run(app, "--version").stdout == "probe 1.2.3\n"
    assert copied.copies() == []
    assert list(copied.temporary.glob(f"appimage-run-{NOBODY}/*"))


def test_without_any_such_folder_it_says_what_to_do(copied: Way, app: Path):
    _roots(copied.home / ".cache" / "appimage-run")
    _roots(copied.temporary / f"appimage-run-{NOBODY}")
    done = copied.run(app, "--version", check=False)
    assert done.returncode == 127
    assert "XDG_CACHE_HOME" in done.stderr


def flipped(app: Path, target: Path, place: int) -> Path:
    data = bytearray(app.read_bytes())
    data[place] ^= 0x04
    target.write_bytes(data)
    target.chmod(0o755)
    return target


def image_place(app: Path, part: int) -> int:
    """A place in the image: in the noise, but not in the first chunk, or near its end, with names."""
    found = read_appimage(app.read_bytes())
    return len(found.runtime) + (200_000 if part == 0 else len(unpadded(found.image)) - 60)


@pytest.mark.parametrize("part", [0, 1], ids=["content", "names"])
def test_a_flipped_byte_is_caught_before_anything_runs(copied: Way, app: Path, part: int):
    broken = flipped(app, copied.folder / "broken", image_place(app, part))
    assert copied.run(app, "--appimage-verify").returncode == 0
    assert "it is damaged" in copied.run(broken, "--appimage-verify", check=False).stderr
    assert "it is damaged" in copied.run(broken, "--version", check=False).stderr
    assert copied.copies() == []
    with pytest.raises(PackageError):
        read_appimage(broken.read_bytes())


def test_a_flipped_byte_is_an_input_error_in_a_mount(mounted: Way, app: Path):
    broken = flipped(app, mounted.folder / "broken", image_place(app, 0))
    assert mounted.run(app, "noise").stdout == NOISE.hex()
    done = mounted.run(broken, "noise")
    assert len(done.stdout) < 2 * len(NOISE)
    assert "Input/output error" in done.stderr or "read error" in done.stderr


def test_a_new_version_takes_the_place_of_one_that_runs(
    way: Way, make: Callable[[str], Path], app: Path
):
    place = way.folder / "probe.AppImage"
    shutil.copy(app, place)
    with way.waiting(place) as (process, _folder):
        newer = shutil.copy(make("1.3.0"), way.folder / "newer")
        Path(newer).replace(place)
        assert way.run(place, "--version").stdout == "probe 1.3.0\n"
        assert process.stdin is not None
        process.stdin.write("go on\n")
        process.stdin.flush()
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(len(TEXT))
    assert wait_until(lambda: way.mounts() == [])
