"""Errors of the running app: its state, its events, its windows."""

from __future__ import annotations

from millennium.errors.root import MillenniumError


class StateError(MillenniumError):
    """No value, or two values, of one type are managed."""

    code = "state.failed"


class EventNameError(MillenniumError):
    """A topic breaks the grammar, or is the framework's own."""

    code = "event.bad_name"


class UnknownWindowError(MillenniumError):
    """No window has this label."""

    code = "window.unknown"


class TooManyListenersError(MillenniumError):
    """As many listeners as may be are there already; mostly some that were never stopped."""

    code = "event.too_many"


class AppStateError(MillenniumError):
    """The app was asked for something it can do only before, or while, it runs."""

    code = "app.state"
