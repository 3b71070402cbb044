"""Desktop apps in Python with the system's own webview. Start at `App`."""

from __future__ import annotations

from millennium.app import App
from millennium.errors import CommandError, MillenniumError
from millennium.event import Event
from millennium.handle import AppHandle
from millennium.ipc.channel import Channel
from millennium.ipc.invoke import Request
from millennium.plugin import Plugin
from millennium.state import State
from millennium.version import __version__
from millennium.window import Window

__all__ = [
    "App",
    "AppHandle",
    "Channel",
    "CommandError",
    "Event",
    "MillenniumError",
    "Plugin",
    "Request",
    "State",
    "Window",
    "__version__",
]
