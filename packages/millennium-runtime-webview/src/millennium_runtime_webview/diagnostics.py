"""What is known to go wrong with system webviews on this machine, as data for `doctor`.

Rules are pure: `read_facts` looks, `find_problems` concludes, `apply_workarounds` acts on what
matched and on nothing else. Each workaround is an environment variable for WebKit's processes;
one that the user has set already is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

DMABUF = "WEBKIT_DISABLE_DMABUF_RENDERER"
COMPOSITING = "WEBKIT_DISABLE_COMPOSITING_MODE"
FIRST_DMABUF_WEBKIT = (2, 42, 0)
_SNAP_VARIABLES = ("GTK_PATH", "GTK_EXE_PREFIX", "GIO_MODULE_DIR", "GTK_IM_MODULE_FILE")
_READ_VARIABLES = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_SESSION_TYPE",
    COMPOSITING,
    "LIBGL_ALWAYS_SOFTWARE",
    DMABUF,
    *_SNAP_VARIABLES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was seen.

    Attributes:
        webkit: Version of WebKitGTK, (0, 0, 0) when it is not loaded.
        gi: Where PyGObject comes from: "environment", a folder, or "" when there is none.
        nvidia: Version line of NVIDIA's own kernel module, "" without it.
        render_nodes: Names of the graphics devices that can render.
        environment: The variables that matter, those that are set.
    """

    webkit: tuple[int, int, int] = (0, 0, 0)
    gi: str = ""
    nvidia: str = ""
    render_nodes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One known trouble that matches here.

    Attributes:
        code: Stable name.
        cause: What happens, and why.
        fix: What to do.
        set_variables: What the runtime sets for WebKit's processes before the first window.
        unset_variables: What it takes out of their environment.
    """

    code: str
    cause: str
    fix: str
    set_variables: Mapping[str, str] = field(default_factory=dict)
    unset_variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """All of it, for a report.

    Attributes:
        facts: What was seen.
        problems: What goes wrong.
        unsandboxed: Why pages are in no sandbox; "" when they are.
    """

    facts: Facts
    problems: tuple[Problem, ...]
    unsandboxed: str = ""


def read_facts(
    *,
    webkit: tuple[int, int, int] = (0, 0, 0),
    gi: str = "",
    root: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
) -> Facts:
    """Look at the machine; reads two places under `root` and never fails."""
    seen = os.environ if environment is None else environment
    return Facts(
        webkit=webkit,
        gi=gi,
        nvidia=_first_line(root / "proc/driver/nvidia/version"),
        render_nodes=tuple(sorted(path.name for path in root.glob("dev/dri/renderD*"))),
        environment={name: seen[name] for name in _READ_VARIABLES if name in seen},
    )


def find_problems(facts: Facts) -> tuple[Problem, ...]:
    """Conclude from facts; the order is the order of the report."""
    rules = (_no_display, _nvidia_dmabuf, _snap_libraries)
    return tuple(problem for rule in rules if (problem := rule(facts)) is not None)


def apply_workarounds(
    problems: tuple[Problem, ...], environment: MutableMapping[str, str] | None = None
) -> None:
    """Change the environment that WebKit's processes will inherit."""
    target = os.environ if environment is None else environment
    for problem in problems:
        for name, value in problem.set_variables.items():
            target.setdefault(name, value)
        for name in problem.unset_variables:
            target.pop(name, None)


def _no_display(facts: Facts) -> Problem | None:
    if "DISPLAY" in facts.environment or "WAYLAND_DISPLAY" in facts.environment:
        return None
    return Problem(
        code="display.none",
        cause="neither DISPLAY nor WAYLAND_DISPLAY is set: no window can be shown",
        fix="run it in a desktop session, or with: xvfb-run -a …",
    )


def _nvidia_dmabuf(facts: Facts) -> Problem | None:
    # https://bugs.webkit.org/show_bug.cgi?id=262607
    is_hit = bool(facts.nvidia) and facts.webkit >= FIRST_DMABUF_WEBKIT
    if not is_hit or DMABUF in facts.environment:
        return None
    return Problem(
        code="blank.nvidia_dmabuf",
        cause="with NVIDIA's own driver WebKitGTK's DMABUF renderer may leave windows blank",
        fix=f"nothing: {DMABUF}=1 is set for this app; set it to 0 yourself to try without",
        set_variables={DMABUF: "1"},
    )


def _snap_libraries(facts: Facts) -> Problem | None:
    names = tuple(n for n in _SNAP_VARIABLES if "/snap/" in facts.environment.get(n, ""))
    if not names:
        return None
    return Problem(
        code="blank.snap_libraries",
        cause=f"{', '.join(names)} lead into a snap (a terminal inside an editor does that): "
        "WebKit's processes would load libraries that do not fit and end at once",
        fix="nothing: they are taken out of the environment of this app",
        unset_variables=names,
    )


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""
