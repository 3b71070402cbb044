"""A page reads the clipboard where that is configured, after the user's own click."""

from __future__ import annotations

import pytest

from millennium_runtime.request import Response
from millennium_runtime_webview.webkitgtk.bindings import Gdk, Gtk

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("window_manager")]
HTML = (("content-type", "text/html; charset=utf-8"),)
PAGE = b"""<!doctype html><button style="position:fixed;inset:0;width:100%">paste</button><script>
window.pasted = new Promise(done => document.querySelector("button").onclick = () =>
  navigator.clipboard.readText().then(done, error => done(`failed ${error.name}`)));
window.entered = new Promise(done => addEventListener("mousemove", () => done("entered")));
</script>"""
UNDER_TEST = ("search", "--onlyvisible", "--name", "under test")


@pytest.mark.parametrize(
    ("permissions", "wanted"),
    [({"clipboard-read"}, "from outside"), (set(), "failed NotAllowedError")],
    ids=["granted", "denied"],
)
def test_a_click_reads_the_clipboard_only_where_configured(app, press, permissions, wanted):
    app.on_main(lambda: Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD).set_text("from outside", -1))
    page = Response(headers=HTML, body=PAGE)
    shown = app.open(pages={"/": page}, permissions=frozenset(permissions))
    shown.dispatcher.set_focus()
    press(*UNDER_TEST, "windowfocus", "--sync")
    press(*UNDER_TEST, "mousemove", "--window", "%1", "90", "90")
    assert shown.js("window.entered") == "entered"
    press("click", "1")
    assert shown.js("window.pasted") == wanted
