"""The window of an executable shows the icon that was built into it, as the X server tells."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from desk import eventually, private_display  # noqa: E402 - after the path is set
from display import wait_for_window  # noqa: E402
from millennium_build.build import BuildRequest, build  # noqa: E402

PROJECT = Path(__file__).parent / "programs" / "hello"
WITH_ICON = '\n[tool.millennium.bundle]\nicon = ["icon.png"]\n'
SETTLE_SECONDS = 1.0

COLOUR = "0xff010203"
IconOf = Callable[..., str]

pytestmark = pytest.mark.gui


def png(size: int) -> bytes:
    """Return a picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    rows = (b"\0" + bytes((1, 2, 3, 255)) * size) * size
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return shutil.copytree(PROJECT, tmp_path / "hello")


@pytest.fixture
def icon_of(tmp_path: Path) -> Iterator[IconOf]:
    """Builds a project, starts the executable, and returns the icon of its window, as text."""
    if shutil.which("xprop") is None or shutil.which("xdotool") is None:
        pytest.skip("needs xprop and xdotool")

    with private_display() as screen:
        environment = {key: value for key, value in screen.items() if not key.startswith("XDG_")}
        environment |= {"HOME": str(tmp_path), "NO_AT_BRIDGE": "1"}

        def ask(project: Path, until: str = "") -> str:
            process = subprocess.Popen(
                [build(BuildRequest(root=project, verify=False)).path], env=environment
            )
            try:
                window = wait_for_window(environment, "Hello")
                if until:
                    eventually(lambda: until in _icon(environment, window))
                else:
                    time.sleep(SETTLE_SECONDS)  # as long as it took the other to be there
                return _icon(environment, window)
            finally:
                process.kill()
                process.wait()

        yield ask


def _icon(environment: dict[str, str], window: str) -> str:
    argv = ["xprop", "-id", window, "-f", "_NET_WM_ICON", "32x", "_NET_WM_ICON"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("size", "shown"), [(32, "0x20, 0x20"), (512, "0x100, 0x100")], ids=["small", "usual"]
)
def test_window_of_an_executable_has_the_apps_icon(
    icon_of: IconOf, project: Path, size: int, shown: str
) -> None:
    (project / "icon.png").write_bytes(png(size))
    with (project / "pyproject.toml").open("a") as file:
        file.write(WITH_ICON)
    found = icon_of(project, f"{shown}, {COLOUR}")
    assert found.startswith(f"_NET_WM_ICON(CARDINAL) = {shown}, {COLOUR}, {COLOUR}")


def test_control_an_app_without_an_icon_has_another_or_none(icon_of: IconOf, project: Path) -> None:
    """A window manager may give it its own."""
    assert COLOUR not in icon_of(project)
