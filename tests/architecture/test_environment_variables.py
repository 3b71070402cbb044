"""A released app reads no variable that could change what it loads or trusts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("millennium", "millennium-runtime", "millennium-runtime-webview")
MODULES = [path for name in SHIPPED for path in (ROOT / "packages" / name).glob("src/**/*.py")]
HARMLESS = {
    # where the user's own folders are
    "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
    "XDG_DATA_HOME", "XDG_DOCUMENTS_DIR", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
    # which display and language there is
    "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "LANG", "LANGUAGE",
    "LC_ALL", "LC_MESSAGES",
    # how WebKitGTK draws: read to say why a window is blank, set to work around it
    "WEBKIT_DISABLE_DMABUF_RENDERER", "GDK_BACKEND",
}  # fmt: skip


def _name(path: Path) -> str:
    return path.as_posix().split("/src/")[1]


def _is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"environ", "environb"}


def _names_read(tree: ast.AST) -> Iterator[str]:
    """Yield every variable read; "?" for one whose name is not a literal."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_environment(node.value):
            yield _literal(node.slice)
        elif isinstance(node, ast.Call) and _reads(node.func):
            yield _literal(node.args[0])


def _reads(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    of_mapping = function.attr in {"get", "pop", "setdefault"} and _is_environment(function.value)
    return of_mapping or function.attr in {"getenv", "getenvb"}


def _literal(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_reads_only_harmless_variables(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert set(_names_read(tree)) - HARMLESS == set()


def test_control_finds_each_way_to_read_a_variable() -> None:
    source = "os.environ['A']; os.environ.get('B'); os.getenv('C'); os.environ[name]"
    assert set(_names_read(ast.parse(source))) == {"A", "B", "C", "?"}
