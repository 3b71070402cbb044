"""Of what PyInstaller finds, Python's own parts come along and the system's libraries do not."""

from __future__ import annotations

from types import SimpleNamespace

from millennium_build.freeze.pyinstaller import SPEC

FOUND = [
    ("libpython3.11.so.1.0", "/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "BINARY"),
    ("lib-dynload/_decimal.so", "/usr/lib/python3.11/lib-dynload/_decimal.so", "EXTENSION"),
    ("numpy/_core.so", "/home/ada/.venv/numpy/_core.so", "EXTENSION"),
    ("libgtk-3.so.0", "/usr/lib/x86_64-linux-gnu/libgtk-3.so.0", "BINARY"),
]
GIVEN = {
    **{key: [] for key in ("search", "modules", "excludes", "hooks", "binaries", "data")},
    "script": "main.py",
    "trimmed": {},
}


def _execute(found: list[tuple[str, str, str]]) -> list[list[tuple[str, str | None, str]]]:
    """Execute the spec as PyInstaller would; return the lists of what is in the executable."""
    taken: list[list[tuple[str, str | None, str]]] = []
    analysis = SimpleNamespace(scripts=[], binaries=found, datas=[], pure=[])
    names = {
        "Analysis": lambda *_, **__: analysis,
        "PYZ": lambda _: None,
        "EXE": lambda _pyz, *lists, **__: taken.extend(lists),
    }
    exec(SPEC.format(given=GIVEN), names)
    return taken


def test_a_python_of_the_system_brings_its_extension_modules() -> None:
    _, binaries, _, _ = _execute(FOUND)
    assert binaries == FOUND[:3]


def test_the_launcher_is_told_to_look_who_started_it() -> None:
    *_, options = _execute(FOUND)
    assert options == [("pyi-enable-onefile-parent-verification", None, "OPTION")]
