"""What a page may know of the app, and showing, hiding and ending it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from millennium.api.table import Endpoint
from millennium.handle import AppHandle
from millennium.version import __version__

ExitCode = Annotated[int, Meta(ge=0, le=255)]


def name(handle: AppHandle) -> str:
    """Return what the user calls the app."""
    return handle.config.product_name


def version(handle: AppHandle) -> str:
    """Return the version of the app."""
    return handle.config.version


def identifier(handle: AppHandle) -> str:
    """Return the reverse domain name of the app."""
    return handle.config.identifier


def millennium_version() -> str:
    """Return the version of the framework."""
    return __version__


def show(handle: AppHandle) -> None:
    """Show all windows."""
    for window in handle.windows().values():
        window.show()


def hide(handle: AppHandle) -> None:
    """Hide all windows; the app lives on."""
    for window in handle.windows().values():
        window.hide()


def exit_app(handle: AppHandle, code: ExitCode = 0) -> None:
    """Ask the app to end; a listener in Python may prevent it."""
    handle.exit(code)


COMMANDS = (
    Endpoint(name="app.name", function=name, inline=True),
    Endpoint(name="app.version", function=version, inline=True),
    Endpoint(name="app.identifier", function=identifier, inline=True),
    Endpoint(name="app.millennium_version", function=millennium_version, inline=True),
    Endpoint(name="app.show", function=show, inline=True),
    Endpoint(name="app.hide", function=hide, inline=True),
    Endpoint(name="app.exit", function=exit_app, inline=True),
)
