"""The app that the other modules add to."""

from __future__ import annotations

from millennium import App

app = App()
