"""A display that is named may be gone; then none is there."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from millennium_build.display import find_display, open_displays

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's sockets")


@pytest.fixture
def wayland(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A compositor's socket, open until the test ends."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-9"))
        server.listen()
        yield "wayland-9"


@pytest.fixture
def abstract() -> Iterator[str]:
    """An X server that has no file, only an abstract socket."""
    number = 60_000 + os.getpid() % 5_000
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        yield f":{number}.0"


def test_a_compositor_that_answers_is_there(wayland: str, tmp_path: Path):
    assert open_displays({"WAYLAND_DISPLAY": wayland, "XDG_RUNTIME_DIR": str(tmp_path)}) == {
        "WAYLAND_DISPLAY": wayland
    }
    whole = str(tmp_path / wayland)
    assert open_displays({"WAYLAND_DISPLAY": whole}) == {"WAYLAND_DISPLAY": whole}


def test_a_server_that_answers_is_there(abstract: str):
    assert open_displays({"DISPLAY": abstract}) == {"DISPLAY": abstract}
    assert open_displays({"DISPLAY": f"unix{abstract}"}) == {"DISPLAY": f"unix{abstract}"}


@pytest.mark.parametrize("name", ["far.example:10.0", "/tmp/launch-x/org.xquartz:0"], ids=str)
def test_what_is_not_on_this_machine_is_believed(name: str):
    assert open_displays({"DISPLAY": name}) == {"DISPLAY": name}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ""},
        {"DISPLAY": ":65000"},
        {"DISPLAY": "nonsense"},
        {"WAYLAND_DISPLAY": "wayland-9"},
        {"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nowhere"},
        {"WAYLAND_DISPLAY": "x" * 200, "XDG_RUNTIME_DIR": "/tmp"},
        {"WAYLAND_DISPLAY": "a\0b", "XDG_RUNTIME_DIR": "/tmp"},
    ],
    ids=["nothing", "empty", "gone", "nonsense", "no folder", "no socket", "long", "nul"],
)
def test_what_does_not_answer_is_not_there(environment: dict[str, str]):
    assert open_displays(environment) == {}


def test_a_display_that_is_gone_makes_room_for_a_virtual_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))  # without Xvfb
    monkeypatch.setenv("DISPLAY", ":65000")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with find_display() as found:
        assert found is None


def test_one_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch, abstract: str):
    monkeypatch.setenv("DISPLAY", abstract)
    monkeypatch.setenv("WAYLAND_DISPLAY", "gone")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with find_display() as found:
        assert found == {"DISPLAY": abstract}
