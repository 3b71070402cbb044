"""Where the top frame of a window may go.

1. To our own origin, or that of the window where it has one of its own.
2. In development, to the dev server.
3. To origins that a capability names for this window, or ``security.navigation`` for all.
4. Anything else is refused. Of a link the user clicked the runtime tells, and of a new window:
   web and mail addresses go to the system's browser, others nowhere. What a script or a frame
   wanted goes nowhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from millennium.security.origin import Origin
from millennium_runtime.errors import MillenniumRuntimeError

OUTSIDE_SCHEMES = ("http:", "https:", "mailto:")

_log = logging.getLogger("millennium.navigation")


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationGuard:
    """Decides for one window. Thread: main.

    Attributes:
        origins: Where the top frame may go.
        open_url: Hands an address to the system.
    """

    origins: frozenset[Origin]
    open_url: Callable[[str], None]

    def allows(self, url: str) -> bool:
        """Whether the top frame may go to `url`. Decides only; nothing is opened."""
        origin = Origin.parse(url)
        return origin is not None and origin in self.origins  # (1)-(3)

    def leave(self, url: str) -> None:
        """Open `url` outside of the app, if it is a web or mail address."""  # (4)
        if not url.lower().startswith(OUTSIDE_SCHEMES):
            _log.warning("navigation refused: %s", url.partition(":")[0][:32])
            return
        try:
            self.open_url(url)
        except MillenniumRuntimeError as error:
            _log.warning("link not opened: %s", error.message)


def parse_origins(urls: Iterable[str]) -> frozenset[Origin]:
    """Return the origins of `urls`, without those that are nobody's."""
    return frozenset(origin for url in urls if (origin := Origin.parse(url)) is not None)
