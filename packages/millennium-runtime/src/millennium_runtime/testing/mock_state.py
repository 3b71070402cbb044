"""How a mock window looks: what setters set and getters return."""

from __future__ import annotations

from dataclasses import dataclass, field

from millennium_runtime.dpi import PhysicalPosition, PhysicalSize
from millennium_runtime.monitor import Monitor
from millennium_runtime.theme import Theme
from millennium_runtime.window import WindowAttributes

__all__ = ["MONITOR", "MockState", "initial_state"]

MONITOR = Monitor(
    name="mock",
    position=PhysicalPosition(0, 0),
    size=PhysicalSize(1920, 1080),
    scale_factor=1.0,
    is_primary=True,
)
TITLE_BAR_HEIGHT = 32


@dataclass(slots=True, kw_only=True)
class MockState:
    """Everything a `Dispatcher` can set or read, as plain fields."""

    title: str
    size: PhysicalSize
    position: PhysicalPosition
    monitor: Monitor
    min_size: PhysicalSize | None = None
    max_size: PhysicalSize | None = None
    theme: Theme = "light"
    is_visible: bool = True
    is_focused: bool = False
    is_minimized: bool = False
    is_maximized: bool = False
    is_fullscreen: bool = False
    is_resizable: bool = True
    is_decorated: bool = True
    is_always_on_top: bool = False
    is_skipping_taskbar: bool = False
    is_dragged: bool = False
    is_devtools_open: bool = False
    attention: list[bool] = field(default_factory=list)
    """Each request for attention: whether it was critical."""

    @property
    def bar_height(self) -> int:
        """Height of the title bar in device pixels."""
        is_bare = self.is_fullscreen or not self.is_decorated
        return 0 if is_bare else round(TITLE_BAR_HEIGHT * self.monitor.scale_factor)

    @property
    def inner_size(self) -> PhysicalSize:
        """Size of the content area: the monitor's while maximised or in full screen."""
        if self.is_fullscreen or self.is_maximized:
            screen = self.monitor.size
            return PhysicalSize(screen.width, screen.height - self.bar_height)
        return self.size

    @property
    def outer_size(self) -> PhysicalSize:
        """Size with the title bar; there are no borders."""
        inner = self.inner_size
        return PhysicalSize(inner.width, inner.height + self.bar_height)

    @property
    def outer_position(self) -> PhysicalPosition:
        """Top left with the title bar."""
        is_covering = self.is_fullscreen or self.is_maximized
        return self.monitor.position if is_covering else self.position

    @property
    def inner_position(self) -> PhysicalPosition:
        """Top left of the content area."""
        outer = self.outer_position
        return PhysicalPosition(outer.x, outer.y + self.bar_height)

    def centered(self) -> PhysicalPosition:
        """Where the window is in the middle of its monitor."""
        screen, outer = self.monitor, self.outer_size
        return PhysicalPosition(
            screen.position.x + (screen.size.width - outer.width) // 2,
            screen.position.y + (screen.size.height - outer.height) // 2,
        )

    def limited(self, size: PhysicalSize) -> PhysicalSize:
        """Bring a size the user drags within the limits."""
        low = self.min_size or PhysicalSize(1, 1)
        high = self.max_size or self.monitor.size
        return PhysicalSize(
            max(low.width, min(size.width, high.width)),
            max(low.height, min(size.height, high.height)),
        )


def initial_state(wanted: WindowAttributes, monitor: Monitor) -> MockState:
    """Turn what was asked for into the first look."""
    scale = monitor.scale_factor
    state = MockState(
        title=wanted.title,
        size=wanted.size.to_physical(scale),
        position=PhysicalPosition(0, 0),
        monitor=monitor,
        min_size=wanted.min_size.to_physical(scale) if wanted.min_size else None,
        max_size=wanted.max_size.to_physical(scale) if wanted.max_size else None,
        theme=wanted.theme or "light",
        is_visible=wanted.visible,
        is_maximized=wanted.maximized,
        is_fullscreen=wanted.fullscreen,
        is_resizable=wanted.resizable,
        is_decorated=wanted.decorations,
        is_always_on_top=wanted.always_on_top,
        is_skipping_taskbar=wanted.skip_taskbar,
    )
    if wanted.position is not None:
        state.position = wanted.position.to_physical(scale)
    elif wanted.center:
        state.position = state.centered()
    return state
