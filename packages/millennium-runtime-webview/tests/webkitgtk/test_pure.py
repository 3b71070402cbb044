"""Parts of the engine that decide without a window."""

from __future__ import annotations

import pytest

from millennium_runtime.errors import NoEngineError
from millennium_runtime.webview import InitScript
from millennium_runtime_webview.webkitgtk.bindings import GLib, check_library, check_version
from millennium_runtime_webview.webkitgtk.policies import ask, origin_of
from millennium_runtime_webview.webkitgtk.user_scripts import guarded_sources
from millennium_runtime_webview.webkitgtk.webview import Crashes
from millennium_runtime_webview.webkitgtk.window_events import MAX_DROPPED_FILES, file_paths

pytestmark = pytest.mark.gui


def test_an_old_webkit_is_a_coded_error():
    with pytest.raises(NoEngineError, match=r"WebKitGTK 2\.38\.5 is too old") as raised:
        check_version((2, 38, 5))
    assert raised.value.help


def test_the_least_webkit_will_do():
    check_version((2, 40, 0))


def test_a_typelib_without_its_library_is_a_coded_error():
    def ask():
        raise GLib.Error("Could not locate webkit_get_major_version")

    with pytest.raises(NoEngineError, match="libwebkit2gtk") as raised:
        check_library(ask)
    assert raised.value.help == "sudo apt install libwebkit2gtk-4.1-0"


def test_a_library_that_answers_will_do():
    check_library(lambda: 2)


def test_our_own_origin_needs_no_guard():
    script = InitScript(source="1", origins=("millennium://localhost",))
    assert guarded_sources(script) == (("millennium://localhost/*", "1"),)


def test_a_web_origin_is_compared_with_its_port():
    script = InitScript(source="1", origins=("http://localhost:5173",))
    ((pattern, source),) = guarded_sources(script)
    assert pattern == "http://localhost/*"
    assert source.startswith('if (location.origin === "http://localhost:5173") {')


def test_an_ipv6_origin_keeps_its_brackets():
    ((pattern, _),) = guarded_sources(InitScript(source="1", origins=("http://[::1]:80",)))
    assert pattern == "http://[::1]/*"


def test_a_script_without_origins_is_injected_nowhere():
    assert guarded_sources(InitScript(source="1")) == ()


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        ((0, 1, 2), [False, False, False]),
        ((0, 1, 2, 3), [False, False, False, True]),
        ((0, 1, 2, 31), [False, False, False, False]),
    ],
    ids=["three", "four-at-once", "four-over-time"],
)
def test_more_than_three_crashes_in_thirty_seconds_are_a_loop(times, wanted):
    crashes = Crashes()
    assert [crashes.is_loop(time) for time in times] == wanted


def test_a_failing_handler_has_refused():
    assert ask(lambda: True) is True
    assert ask(lambda: bool(1 / 0)) is False


def test_only_local_files_are_dropped():
    uris = [
        "file:///a%20b.txt",
        "https://example.com/x",
        "file://elsewhere/y",
        "file://localhost/z",
    ]
    assert file_paths(uris) == ("/a b.txt", "/z")


def test_so_many_files_are_dropped_at_once_and_no_more():
    uris = ["file:///a"] * MAX_DROPPED_FILES
    assert len(file_paths(uris)) == MAX_DROPPED_FILES
    assert file_paths([*uris, "file:///b"]) == ()


def test_logs_never_hold_paths_or_queries():
    assert origin_of("https://example.com:1/a?token=1") == "https://example.com"
