"""Native dialogs as plain data. They are shown without blocking; the result comes by callback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFilter:
    """A named choice of file name extensions, without dots; "*" means any."""

    name: str
    extensions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDialog:
    """Ask for files or folders that exist. Result: tuple of absolute paths, () when cancelled.

    Attributes:
        title: Of the dialog; "" for the system's own.
        default_path: The folder to begin in, or the file to point at; "" for the system's choice.
        filters: What the user may choose between; none shows everything.
        multiple: Whether more than one may be chosen.
        directory: Whether folders are chosen, not files.
    """

    title: str = ""
    default_path: str = ""
    filters: tuple[FileFilter, ...] = ()
    multiple: bool = False
    directory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDialog:
    """Ask for one path to write to. Result: tuple of one absolute path, () when cancelled.

    The system asks before an existing file is chosen.

    Attributes:
        title: Of the dialog; "" for the system's own.
        default_path: The folder to begin in, or a file: its folder, and its name to begin with.
        filters: What the user may choose between; none shows everything.
    """

    title: str = ""
    default_path: str = ""
    filters: tuple[FileFilter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDialog:
    """Tell or ask something. Result: the tuple of the pressed button's text, () when dismissed.

    Attributes:
        title: Its first line.
        message: What it says below.
        kind: Which picture stands beside it.
        buttons: Their texts, in order; the first is what the return key presses.
    """

    title: str
    message: str
    kind: Literal["info", "warning", "error", "question"] = "info"
    buttons: tuple[str, ...] = ("OK",)


Dialog = OpenDialog | SaveDialog | MessageDialog
DialogResult = tuple[str, ...]
DialogHandler = Callable[[DialogResult], None]
"""Receives the result once. Thread: main."""
