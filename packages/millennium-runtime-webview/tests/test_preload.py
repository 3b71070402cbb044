"""The webview's library loads beside the rest of the start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from millennium_runtime_webview import preload
from millennium_runtime_webview.runtime import WebviewRuntime

LOADED = (
    "import sys; from pathlib import Path\n"
    "from millennium_runtime_webview.preload import LIBRARIES, preload_library\n"
    "thread = preload_library(sys.platform); thread.join(60)\n"
    "print(LIBRARIES[sys.platform] in Path('/proc/self/maps').read_text())"
)


@pytest.fixture(autouse=True)
def _forget():
    preload.preload_library.cache_clear()
    yield
    preload.preload_library.cache_clear()


def test_the_library_is_loaded_without_its_bindings():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_a_missing_library_is_left_to_the_engine(monkeypatch):
    monkeypatch.setitem(preload.LIBRARIES, "linux", "libmillennium-none.so.0")
    thread = preload.preload_library("linux")
    assert thread is not None
    thread.join(60)
    assert not thread.is_alive()


def test_it_is_loaded_once(monkeypatch):
    monkeypatch.setitem(preload.LIBRARIES, sys.platform, "libmillennium-none.so.0")
    WebviewRuntime.preload()
    assert preload.preload_library(sys.platform) is preload.preload_library(sys.platform)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_system_without_an_engine_loads_nothing(platform):
    assert preload.preload_library(platform) is None
