"""Tests for apps, without a display: everything is real except the window and its JavaScript.

Example:
    ::

        from millennium.testing import assert_refused, invoke, mock_app
        from hello.__main__ import app


        def test_greets_by_name():
            with mock_app(app) as running:
                assert invoke(running, "greet", name="Ada") == "Hello, Ada!"


        def test_may_not_end_the_app():
            with mock_app(app) as running, assert_refused("ipc.not_allowed"):
                invoke(running, "app.exit")
"""

from __future__ import annotations

from millennium.testing.app import MockApp, invoke, mock_app
from millennium.testing.context import MemoryAssets, mock_context
from millennium.testing.errors import InvokeError, assert_refused
from millennium.testing.page import Page, PageChannel, PageEvent

__all__ = [
    "InvokeError",
    "MemoryAssets",
    "MockApp",
    "Page",
    "PageChannel",
    "PageEvent",
    "assert_refused",
    "invoke",
    "mock_app",
    "mock_context",
]
