"""Read the isolation folder: the scripts of its ``index.html``, in order.

The frame is never seen and may load nothing, so only scripts count: inline ones, and files of the
folder named by ``src``. They become part of the frame's own document.
"""

from __future__ import annotations

from pathlib import Path

from millennium.assets.html import BrowserParser
from millennium.assets.key import AssetKey
from millennium.errors import MissingAssetsError, OutsideAssetsError

INDEX = "index.html"
MAX_SCRIPT_BYTES = 1024 * 1024  # of one script of the isolation folder


def read_hooks(folder: Path) -> tuple[str, ...]:
    """Return the scripts of an isolation folder.

    Raises:
        MissingAssetsError: No folder, no ``index.html``, no script in it, or a script that is not
            a file of the folder.
    """
    index = folder / INDEX
    reader = _ScriptReader()
    reader.feed(_read(index, f"{folder.name}/{INDEX} is missing"))
    reader.close()
    if not reader.scripts:
        raise MissingAssetsError(
            f"{folder.name}/{INDEX} has no script",
            help="it defines window.__MILLENNIUM_ISOLATION_HOOK__ = (call) => call",
        )
    return tuple(_script(folder, kind, text) for kind, text in reader.scripts)


def _script(folder: Path, kind: str, text: str) -> str:
    if kind == "inline":
        return text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        key = AssetKey.parse(f"/{text.removeprefix('./')}")
    except OutsideAssetsError:
        key = None
    path = (folder / key.path) if key is not None else folder
    if key is None or not path.resolve().is_relative_to(folder.resolve()):
        raise MissingAssetsError(
            f"the script {text[:80]!r} is no file of the isolation folder",
            help="the frame may load nothing: copy the script into the folder",
        )
    return _read(path, f"the script {text[:80]!r} is missing in the isolation folder")


def _read(path: Path, missing: str) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SCRIPT_BYTES + 1)
    except OSError as error:
        raise MissingAssetsError(
            missing, help="make it, or leave security.pattern at 'brownfield'"
        ) from error
    if len(data) > MAX_SCRIPT_BYTES:
        raise MissingAssetsError(f"{path.name} is over {MAX_SCRIPT_BYTES} bytes")
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


class _ScriptReader(BrowserParser):
    """Notes each script: its text, or the file it names."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[tuple[str, str]] = []
        self._is_inline = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script."""
        if tag != "script":
            return
        source = dict(attrs).get("src")
        self._is_inline = source is None
        self.scripts.append(("inline", "") if source is None else ("file", source))

    def handle_data(self, data: str) -> None:
        """Keep the text of an inline script."""
        if self._is_inline:
            self.scripts[-1] = ("inline", self.scripts[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        """Note that a script ends."""
        if tag == "script":
            self._is_inline = False
