"""Where webviews keep what pages save: one shared context, and apart ones where asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

from millennium_runtime_webview.webkitgtk.bindings import Native, WebKit2

PRIVATE_MODE = 0o700


def profile_folder(data_directory: Path, label: str = "") -> Path:
    """Return the profile of the app, or of one isolated window; labels may hold "/" and ":"."""
    if not label:
        return data_directory / "webview"
    return data_directory / "isolated" / hashlib.sha256(label.encode()).hexdigest()[:32]


def open_context(folder: Path | None, *, sandboxed: bool = False) -> Native:
    """Make a context that saves into `folder` (made 0700), or saves nothing.

    Args:
        folder: For what pages save.
        sandboxed: Whether its page processes are in WebKit's sandbox.
    """
    if folder is None:
        return _configure(WebKit2.WebContext.new_ephemeral(), sandboxed=sandboxed)
    for path in (folder.parent, folder):
        path.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
        path.chmod(PRIVATE_MODE)
    manager = WebKit2.WebsiteDataManager(
        base_data_directory=str(folder / "data"), base_cache_directory=str(folder / "cache")
    )
    context = WebKit2.WebContext.new_with_website_data_manager(manager)
    context.get_cookie_manager().set_persistent_storage(
        str(folder / "cookies.sqlite"), WebKit2.CookiePersistentStorage.SQLITE
    )
    return _configure(context, sandboxed=sandboxed)


def _configure(context: Native, *, sandboxed: bool) -> Native:
    context.set_sandbox_enabled(sandboxed)  # counts for processes that start later: for all
    # Pages come from memory: a disk cache would only copy them, and hold them after the exit.
    context.set_cache_model(WebKit2.CacheModel.DOCUMENT_VIEWER)
    manager = context.get_website_data_manager()
    manager.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.FAIL)
    manager.set_persistent_credential_storage_enabled(False)  # the keyring is not a page's matter
    return context
