"""Which engine an operating system gets."""

from __future__ import annotations

import subprocess
import sys

import pytest

from millennium_runtime.errors import NoEngineError
from millennium_runtime_webview.select import load_diagnostics, load_engine


@pytest.mark.parametrize("platform", ["win32", "darwin", "freebsd14"])
@pytest.mark.parametrize("load", [load_engine, load_diagnostics], ids=["engine", "diagnostics"])
def test_a_system_without_an_engine_says_what_to_do(load, platform):
    with pytest.raises(NoEngineError, match=platform) as raised:
        load(platform)
    assert raised.value.code == "runtime.no_engine"
    assert "Linux" in raised.value.help


def test_the_package_can_be_imported_without_native_libraries():
    code = (
        "import sys; sys.modules.update(gi=None, webview=None);"
        "import millennium_runtime_webview as package; print(package.WebviewRuntime.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "WebviewRuntime\n"


def test_a_missing_display_is_a_coded_error():
    code = (
        "from millennium_runtime import RuntimeAttributes; from millennium_runtime.errors import NoEngineError\n"
        "from millennium_runtime_webview import WebviewRuntime\n"
        "try: WebviewRuntime.new(RuntimeAttributes(identifier='org.example.x', app_name='X'))\n"
        "except NoEngineError as error: print(error.code, '|', error.message, '|', error.help)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": "/tmp"},
    )
    assert done.stdout.startswith("runtime.no_engine | there is no display")
    assert "xvfb-run" in done.stdout
