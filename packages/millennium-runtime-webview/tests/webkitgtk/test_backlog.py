"""Scripts for a page that does not run them are kept up to a limit."""

from __future__ import annotations

import time

import pytest

from millennium_runtime.errors import PageBusyError
from millennium_runtime_webview.webkitgtk.webview import MAX_SCRIPT_CHARS, MAX_SCRIPTS, Backlog


def test_a_backlog_has_a_number():
    backlog = Backlog()
    done = [backlog.take(1) for _ in range(MAX_SCRIPTS)]
    with pytest.raises(PageBusyError, match="4096 scripts"):
        backlog.take(1)
    done[0]()
    backlog.take(1)


def test_a_backlog_has_a_size():
    backlog = Backlog()
    done = backlog.take(MAX_SCRIPT_CHARS)
    with pytest.raises(PageBusyError, match="1 scripts"):
        backlog.take(1)
    done()
    backlog.take(1)


@pytest.mark.gui
def test_a_page_that_hangs_is_given_so_many_scripts_and_runs_them_when_it_goes_on(app, stop_page):
    window = app.open()

    def flood() -> int:
        count = 0
        try:
            while count < 2 * MAX_SCRIPTS:
                window.dispatcher.evaluate("globalThis.ran = (globalThis.ran ?? 0) + 1")
                count += 1
        except PageBusyError:
            return count
        return count

    stop_page()
    given = app.on_main(flood)
    assert given == MAX_SCRIPTS
    stop_page()
    end = time.monotonic() + 15
    while window.native(lambda w: w.webview._scripts._count) and time.monotonic() < end:
        time.sleep(0.02)
    assert window.js("globalThis.ran") == given
    assert app.on_main(lambda: window.dispatcher.evaluate("1")) is None
