"""What a running command may learn about its call, and where injected arguments come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the façade has `Request`, and `import millennium` has no time for a runtime
    from millennium_runtime.webview import MessageSource  # noqa: TC004


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """One call of a command, as the host knows it.

    Attributes:
        command: Name of the command.
        label: Window that asked.
        source: The runtime's own knowledge of who asked.
        document: Serial number of the document in its window.
        bridge: The window's bridge; opaque here, its owner knows what it is.
    """

    command: str
    label: str
    source: MessageSource
    document: int
    bridge: object = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The raw call, for a command that takes a parameter of this type.

    Attributes:
        body: The page's bytes, or the JSON text of its arguments.
        headers: What the page gave as ``invoke(name, args, {headers})``; names in lower case.
        is_bytes: Whether the page sent bytes rather than JSON.
        source: Who asked.
    """

    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    is_bytes: bool
    source: MessageSource


# Whatever the app's code defines: its parameters are read at registration, no checker knows them.
Function = Callable[..., object]  # type: ignore[explicit-any]

Injector = Callable[[Invoke], object]
"""Makes one injected argument. Thread: main. Must be instant."""

Injectors = Mapping[type, Injector]
"""Parameter type (`AppHandle`, `Window`) → injector."""

GenericInjectors = Mapping[type, Callable[[object], Injector]]
"""Origin of a generic parameter type (`State`) → given its argument (`T`), the injector."""
