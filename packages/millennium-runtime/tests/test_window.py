"""Labels, and windows as data."""

from __future__ import annotations

import pytest

from millennium_runtime.errors import InvalidLabelError
from millennium_runtime.testing import MockRuntime
from millennium_runtime.webview import WebviewAttributes
from millennium_runtime.window import DetachedWindow, PendingWindow, require_label

PAGE = WebviewAttributes(url="millennium://localhost/")
PENDING = PendingWindow(label="main", webview=PAGE)


@pytest.mark.parametrize("label", ["main", "a", "A-b_c/d:e9", "x" * 64])
def test_a_good_label_is_returned(label):
    assert require_label(label) == label


@pytest.mark.parametrize("label", ["", "a b", "a.b", "é", "main\n", "x" * 65])
def test_a_bad_label_is_refused(label):
    with pytest.raises(InvalidLabelError) as caught:
        require_label(label)
    assert caught.value.code == "runtime.invalid_label"
    assert caught.value.help


def test_a_pending_window_has_a_good_label():
    assert PendingWindow(label="main", webview=PAGE).label == "main"


def test_a_pending_window_with_a_bad_label_is_refused():
    with pytest.raises(InvalidLabelError):
        PendingWindow(label="no spaces", webview=PAGE)


def test_detached_windows_are_equal_by_label():
    one, two = (MockRuntime.new().handle().create_window(PENDING).dispatcher for _ in range(2))
    assert DetachedWindow(label="a", dispatcher=one) == DetachedWindow(label="a", dispatcher=two)
