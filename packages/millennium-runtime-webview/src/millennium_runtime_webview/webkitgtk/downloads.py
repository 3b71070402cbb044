"""Downloads: cancelled, unless the window allows them; then the user chooses where to."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

from millennium_runtime.dialog import DialogResult, SaveDialog
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.webkitgtk.bindings import GLib, Native
from millennium_runtime_webview.webkitgtk.dialogs import show_dialog

FindWindow = Callable[[Native], PendingWindow | None]
"""Returns the window of a native view, None when it is not one of ours."""

MAX_NAME_CHARS = 120  # of any letters, in what the system takes for one name
_UNSEEN = re.compile("[\x00-\x1f\x7f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

log = logging.getLogger(__name__)


def watch_downloads(context: Native, find: FindWindow) -> None:
    """Answer every download that a webview of `context` starts."""

    def on_started(_: object, download: Native) -> None:
        view = download.get_web_view()
        pending = find(view)
        if pending is None or not pending.webview.downloads:
            log.info("a download was refused: downloads are off")
            download.cancel()
            return
        download.connect("decide-destination", _on_decide, view)
        download.connect("failed", _on_failed)

    context.connect("download-started", on_started)


def plain_name(suggested: str) -> str:
    """Return the name of a file that a page's words suggest: no folder, nothing hidden.

    Left out are control characters and letters that turn the direction of writing, which make one
    ending look like another.
    """
    name = _UNSEEN.sub("", re.split(r"[/\\]", suggested)[-1])
    return name.strip(". ")[:MAX_NAME_CHARS] or "download"


def _on_decide(download: Native, suggested: str, view: Native) -> bool:
    folder = GLib.get_user_special_dir(GLib.UserDirectory.DIRECTORY_DOWNLOAD) or str(Path.home())
    name = plain_name(suggested)

    def save(result: DialogResult) -> None:
        if not result:
            download.cancel()
            return
        download.set_allow_overwrite(True)  # the dialog has asked
        download.set_destination(GLib.filename_to_uri(result[0], None))

    dialog = SaveDialog(title="Save", default_path=str(Path(folder) / name))
    show_dialog(dialog, view.get_toplevel(), save)
    return True


def _on_failed(_: object, error: Native) -> None:
    log.warning("a download failed: %s", error.message)
