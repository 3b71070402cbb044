"""The development door: `millennium dev` and `millennium run` speak to an app started from source.

``--millennium-source=release`` runs from source as a release would. ``--millennium-source=R,W``
names two inherited pipes, on which one JSON object a line comes in and goes out:

* in, first: ``{"do": "start", "windows": [...]}``: where the windows of the run before were
* in: ``{"do": "reload"}``, ``{"do": "state"}``, ``{"do": "exit"}``
* out: ``{"say": "shown", "modules": [...]}`` once the first page is there, ``{"say": "state",
  "windows": [...]}``

Rules:

1. Only an app that runs from source has this door: this module is never in an executable.
2. What comes in moves, reloads and ends windows of this app; it names no code and no file.
3. A window is put back only on our own origin or the development server's.
4. When the other side is gone, the app ends.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import msgspec

from millennium.assets.directory import DirectoryAssets
from millennium.config.window import WindowConfig
from millennium.context import Context
from millennium.handle import AppHandle
from millennium.security.origin import APP_ORIGIN, Origin
from millennium.window import Window
from millennium_runtime.errors import MillenniumRuntimeError
from millennium_runtime.registry import find_runtimes

OPTION = "--millennium-source"
RELEASE = "release"
USAGE_EXIT_CODE = 2
MAX_LINE_BYTES = 256 * 1024
_NUMBERS = re.compile(r"([0-9]{1,7}),([0-9]{1,7})")
_POLL_SECONDS = 0.01
_SHOWN_SECONDS = 30.0


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a window is and what it shows; sizes and positions in CSS pixels."""

    label: str
    url: str
    x: float
    y: float
    width: float
    height: float
    maximized: bool = False
    fullscreen: bool = False


class _Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    do: str
    windows: tuple[Place, ...] = ()


class ReleaseRun:
    """Nobody is there: the app runs as its release would."""

    def prepare(self, context: Context) -> Context:
        """Return a release's context with the files of the project."""
        runtimes = list(find_runtimes().values())
        only = runtimes[0] if len(runtimes) == 1 else ""
        assets = context.assets
        if context.root is not None:
            folder = context.root / context.config.build.dist_dir
            assets = DirectoryAssets(folder, in_global=context.config.modules_in_global)
        return replace(
            context, mode="release", dev_url="", runtime=context.runtime or only, assets=assets
        )

    def follow(self, handle: AppHandle) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevDoor:
    """`millennium dev` is there.

    Attributes:
        reader: Gives orders.
        writer: Takes answers.
    """

    reader: BinaryIO
    writer: BinaryIO

    def prepare(self, context: Context) -> Context:
        """Return the context with the windows at their old places.

        Raises:
            SystemExit: With code 2; what came in is no start.
        """
        order = _read(self.reader)
        if order is None or order.do != "start":
            raise SystemExit(USAGE_EXIT_CODE)
        places = {place.label: place for place in order.windows}
        windows = tuple(_put(window, places, context) for window in context.config.windows)
        return replace(context, config=msgspec.structs.replace(context.config, windows=windows))

    def follow(self, handle: AppHandle) -> None:
        """Do as told until the app ends; returns at once."""
        for work in (self._obey, self._report):
            threading.Thread(target=work, args=(handle,), name="development", daemon=True).start()

    def _obey(self, handle: AppHandle) -> None:
        while (order := _read(self.reader)) is not None:
            if order.do == "reload":
                _each(handle, Window.reload)
            elif order.do == "state":
                self._say({"say": "state", "windows": _places(handle)})
            elif order.do == "exit":
                break
        _each(handle, Window.destroy)  # (4)
        with suppress(MillenniumRuntimeError):  # ended already
            handle.exit(0)

    def _report(self, handle: AppHandle) -> None:
        end = time.monotonic() + _SHOWN_SECONDS
        while time.monotonic() < end and not _is_shown(handle):
            time.sleep(_POLL_SECONDS)
        self._say({"say": "shown", "modules": _foreign_modules()})

    def _say(self, message: Mapping[str, object]) -> None:
        with suppress(OSError):  # (4): the reader notices as well
            self.writer.write(json.dumps(message).encode() + b"\n")
            self.writer.flush()


Companion = ReleaseRun | DevDoor


def take_companion(arguments: list[str]) -> Companion | None:
    """Remove the option from `arguments`; return who is there, None without the option.

    Raises:
        SystemExit: With code 2; the option names no two open pipes, or stands there twice.
    """
    found = [text for text in arguments if text.startswith(f"{OPTION}=")]
    if not found:
        return None
    arguments[:] = [text for text in arguments if text not in found]
    value = found[0].partition("=")[2]
    if len(found) == 1 and value == RELEASE:
        return ReleaseRun()
    numbers = _NUMBERS.fullmatch(value)
    if len(found) != 1 or numbers is None:
        raise SystemExit(USAGE_EXIT_CODE)
    try:
        reader, writer = os.fdopen(int(numbers[1]), "rb"), os.fdopen(int(numbers[2]), "wb")
    except OSError:
        raise SystemExit(USAGE_EXIT_CODE) from None
    for stream in (reader, writer):
        os.set_inheritable(stream.fileno(), False)
    return DevDoor(reader=reader, writer=writer)


def _read(reader: BinaryIO) -> _Order | None:
    line = reader.readline(MAX_LINE_BYTES)
    try:
        return msgspec.json.decode(line, type=_Order) if line else None
    except msgspec.DecodeError:
        return None


def _put(window: WindowConfig, places: Mapping[str, Place], context: Context) -> WindowConfig:
    place = places.get(window.label)
    if place is None:
        return window
    origin = Origin.parse(place.url)
    is_ours = origin is not None and origin in {APP_ORIGIN, context.dev_origin}  # (3)
    return msgspec.structs.replace(
        window,
        url=place.url if is_ours else window.url,
        x=place.x,
        y=place.y,
        width=place.width,
        height=place.height,
        maximized=place.maximized,
        fullscreen=place.fullscreen,
        center=False,
    )


def _places(handle: AppHandle) -> list[object]:
    places: list[object] = []
    for label, window in handle.windows().items():
        with suppress(MillenniumRuntimeError):  # closed in between
            place = window.run_on_main(partial(_place, label, window))
            places.append(msgspec.to_builtins(place))
    return places


def _place(label: str, window: Window) -> Place:
    scale = window.scale_factor()
    position, size = window.outer_position(), window.inner_size()
    return Place(
        label=label,
        url=window.url(),
        x=position.x / scale,
        y=position.y / scale,
        width=size.width / scale,
        height=size.height / scale,
        maximized=window.is_maximized(),
        fullscreen=window.is_fullscreen(),
    )


def _each(handle: AppHandle, act: Callable[[Window], None]) -> None:
    for window in handle.windows().values():
        with suppress(MillenniumRuntimeError):  # closed in between
            act(window)


def _is_shown(handle: AppHandle) -> bool:
    try:
        return any(window.url() for window in handle.windows().values())
    except MillenniumRuntimeError:
        return False


def _foreign_modules() -> list[str]:
    """Return what another start would import too: all that is installed, in order."""
    installed = tuple(str(Path(entry)) for entry in sys.path if "-packages" in entry)
    stdlib = str(Path(os.__file__).parent)
    names: list[str] = []
    for name, module in list(sys.modules.items()):
        origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
        if name == "__main__":
            continue
        if origin.startswith((*installed, stdlib)) or name.startswith("millennium"):
            names.append(name)
    return names
