"""Loads the system webview's library beside the rest of the start.

Linking WebKitGTK takes a good tenth of a start and needs no Python: on a thread of its own it costs
the main one nothing. The bindings find the library loaded when they ask for it.
"""

from __future__ import annotations

import ctypes
from functools import cache
from threading import Thread

LIBRARIES = {"linux": "libwebkit2gtk-4.1.so.0"}
"""What the engine of a `sys.platform` loads; the name is part of the library's interface."""
RTLD_LAZY = 1  # in every dlfcn.h; `os` has it only where there is one


@cache
def preload_library(platform: str) -> Thread | None:
    """Begin to load the library, once; return the thread that does, None without an engine."""
    name = LIBRARIES.get(platform)
    if name is None:
        return None
    # Not `CDLL(name)`, which keeps all Python waiting before 3.14; a call lets it go on. A missing
    # library gives NULL and is no matter: the engine says so, and what to install.
    load = ctypes.CDLL(None).dlopen
    arguments = (name.encode(), RTLD_LAZY)
    thread = Thread(target=load, args=arguments, name="millennium-preload", daemon=True)
    thread.start()
    return thread
