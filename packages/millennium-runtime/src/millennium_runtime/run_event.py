"""What happens to windows and to the loop, as two closed unions."""

from __future__ import annotations

from dataclasses import dataclass, field

from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
from millennium_runtime.theme import Theme


class Veto:
    """Lets a listener refuse what is about to happen; read by the runtime after all were asked."""

    __slots__ = ("_prevented",)

    def __init__(self) -> None:
        self._prevented = False

    def prevent(self) -> None:
        """Refuse. Cannot be taken back."""
        self._prevented = True

    @property
    def is_prevented(self) -> bool:
        """Whether anyone refused."""
        return self._prevented


@dataclass(frozen=True, slots=True)
class Resized:
    """The content area has a new size."""

    size: PhysicalSize


@dataclass(frozen=True, slots=True)
class Moved:
    """The window has a new outer position."""

    position: PhysicalPosition


@dataclass(frozen=True, slots=True)
class Focused:
    """The window gained (True) or lost (False) the keyboard."""

    is_focused: bool


@dataclass(frozen=True, slots=True)
class CloseRequested:
    """Somebody wants the window closed; `veto.prevent()` keeps it open."""

    veto: Veto = field(default_factory=Veto, compare=False)


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The window is gone; nothing follows for its label."""


@dataclass(frozen=True, slots=True)
class ScaleFactorChanged:
    """Device pixels per CSS pixel changed."""

    scale_factor: float


@dataclass(frozen=True, slots=True)
class ThemeChanged:
    """The system's theme became "light" or "dark"."""

    theme: Theme


@dataclass(frozen=True, slots=True)
class FilesDropped:
    """Files of another app were dropped on the window; absolute paths.

    Never what a page of this app started to drag: it could name any file.
    """

    paths: tuple[str, ...]


WindowEventKind = (
    Resized
    | Moved
    | Focused
    | CloseRequested
    | Destroyed
    | ScaleFactorChanged
    | ThemeChanged
    | FilesDropped
)


@dataclass(frozen=True, slots=True)
class Ready:
    """The loop runs; the first event of all."""


@dataclass(frozen=True, slots=True)
class WindowEvent:
    """Something happened to the window `label`."""

    label: str
    event: WindowEventKind


@dataclass(frozen=True, slots=True)
class ExitRequested:
    """The last window closed or an exit was asked for; `veto.prevent()` keeps the loop alive.

    Attributes:
        code: What `run` will return; None when the last window closed.
    """

    code: int | None = None
    veto: Veto = field(default_factory=Veto, compare=False)


@dataclass(frozen=True, slots=True)
class UserEvent:
    """A value sent through an `EventLoopProxy`."""

    value: object


@dataclass(frozen=True, slots=True)
class Exit:
    """The loop ends now; the last event of all."""


RunEvent = Ready | WindowEvent | ExitRequested | UserEvent | Exit
