"""Downloads: cancelled, unless the window allows them; then the user chooses where to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from millennium_runtime.dialog import DialogResult, SaveDialog
from millennium_runtime.window import PendingWindow
from millennium_runtime_webview.webkitgtk.bindings import GLib, Native
from millennium_runtime_webview.webkitgtk.dialogs import show_dialog

FindWindow = Callable[[Native], PendingWindow | None]
"""Returns the window of a native view, None when it is not one of ours."""

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


def _on_decide(download: Native, suggested: str, view: Native) -> bool:
    folder = GLib.get_user_special_dir(GLib.UserDirectory.DIRECTORY_DOWNLOAD) or str(Path.home())
    # The page chose this name: only its last part may count.
    name = Path(suggested).name or "download"

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
